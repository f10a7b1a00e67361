// Which cards are selected, by click and keys; what can be done with them is told by `marks`.

import { onChosen } from "../shared/chosen.js";
import { isTaken, withModifier } from "../shared/keys.js";
import { Marks } from "../shared/tray/marks.js";

/** @import { Marked } from "../shared/tray/data.d.ts" */
/** @import { PictureGrid } from "./picture_grid.js" */

/** @implements {Marked} */
export class Selection {
  /** @type {string | null} where a range begins */
  #anchor = null;
  #stop = new AbortController();
  #grid;
  marks = new Marks(this, this.#stop.signal);

  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    onChosen(() => {
      if (!this.marks.ids.size) this.#anchor = null;
    }, signal);
    // Shift would mark the text between two clicks.
    grid.area.addEventListener("mousedown", (event) => {
      if (event.shiftKey && this.marks.data) event.preventDefault();
    });
  }

  end() {
    this.#stop.abort();
  }

  get order() {
    return this.#grid.order;
  }

  /** @param {string} type @param {Record<string, unknown>} [more] */
  say(type, more) {
    this.#grid.verdicts.say(type, more);
  }

  mark() {
    this.#grid.markAll();
  }

  /** @param {Iterable<string>} ids */
  like(ids) {
    this.#grid.verdicts.likeAll(ids);
  }

  /**
   * Follow a click on a card; false where it selects nothing.
   *
   * @param {MouseEvent} event
   * @param {string} id
   */
  click(event, id) {
    if (!this.marks.data || event.altKey || !(event.shiftKey || event.ctrlKey || event.metaKey)) return false;
    if (event.shiftKey) this.extend(id);
    else this.turn(id);
    return true;
  }

  /** Select a card, or no longer. @param {string} id */
  turn(id) {
    const { ids } = this.marks;
    if (!ids.delete(id)) ids.add(id);
    this.marks.choose(ids);
    this.#anchor = id;
  }

  /** Select all from the card that was turned last to this one. @param {string} id */
  extend(id) {
    const { ids } = this.marks;
    for (const one of between(this.order, this.#anchor, id)) ids.add(one);
    this.#anchor ??= id;
    this.marks.choose(ids);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.marks.data || event.defaultPrevented || isTaken(event)) return;
    if (this.marks.press(event) || this.#press(event)) event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { meant } = this.#grid.verdicts;
    if (meant === null || withModifier(event) || event.repeat) return false;
    if (event.key === "t") {
      this.turn(meant); // nothing is selected, or the tray would have taken the key
      this.marks.goToTag();
      return true;
    }
    if (event.key.toLowerCase() !== "x") return false;
    if (event.shiftKey) this.extend(meant);
    else this.turn(meant);
    return true;
  }
}

/**
 * All from one to another, whichever comes first; the other alone where the one is not there.
 *
 * @param {string[]} order
 * @param {string | null} from
 * @param {string} to
 */
export function between(order, from, to) {
  const [start, end] = [order.indexOf(from ?? to), order.indexOf(to)];
  if (start < 0) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}
