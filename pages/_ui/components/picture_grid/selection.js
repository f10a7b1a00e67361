// Which cards are selected, and tagging them: shown at once, told to the server until it has answered.

import { choose, chosenOf, onChosen } from "../shared/chosen.js";
import { make } from "../shared/drawing.js";
import { isTaken, stepOf, withModifier } from "../shared/keys.js";
import { Tray } from "./tray.js";

/** @import { Message } from "../shared/types.d.ts" */
/** @import { Exported, Tagging, Wish } from "./data.d.ts" */
/** @import { PictureGrid } from "./picture_grid.js" */

export class Selection {
  /** @type {Tagging | null} */
  data = null;
  /** @type {Wish[]} that no answer has confirmed: of two messages close together the earlier may be lost */
  wishes = [];
  tray = new Tray(this);
  /** @type {string | null} where a range begins */
  #anchor = null;
  #number = 0;
  /** Number of the file that is waited for; 0 where none is. */
  #awaited = 0;
  #stop = new AbortController();
  #grid;

  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    onChosen(() => this.draw(), signal);
    // Shift would mark the text between two clicks.
    grid.area.addEventListener("mousedown", (event) => {
      if (event.shiftKey && this.data) event.preventDefault();
    });
  }

  end() {
    this.#stop.abort();
  }

  /** What the server says. @param {Tagging | null} data */
  take(data) {
    const before = this.data?.of;
    this.data = data;
    if (!data || (before !== undefined && before !== data.of)) this.wishes = [];
    this.wishes = this.wishes.filter((wish) => wish.number > (data?.done ?? 0));
    this.#number = Math.max(this.#number, data?.done ?? 0);
  }

  /** What is selected of this dataset, here and on other pages, in the order in which it was selected. */
  get ids() {
    return chosenOf(this.data?.of);
  }

  /** How many of the selected pictures are no cards here. */
  get elsewhere() {
    const shown = new Set(this.#grid.order);
    return [...this.ids].filter((id) => !shown.has(id)).length;
  }

  /** A picture's tags, with those that the server does not know of yet. @param {string} id */
  tagsOf(id) {
    return tagsWith(this.data?.tags[id] ?? [], this.wishes, id);
  }

  /**
   * Follow a click on a card; false where it selects nothing.
   *
   * @param {MouseEvent} event
   * @param {string} id
   */
  click(event, id) {
    if (!this.data || event.altKey || !(event.shiftKey || event.ctrlKey || event.metaKey)) return false;
    if (event.shiftKey) this.extend(id);
    else this.turn(id);
    return true;
  }

  /** Select a card, or no longer. @param {string} id */
  turn(id) {
    const { ids } = this;
    if (!ids.delete(id)) ids.add(id);
    this.#anchor = id;
    this.#choose(ids);
  }

  /** Select all from the card that was turned last to this one. @param {string} id */
  extend(id) {
    const { ids } = this;
    for (const one of between(this.#grid.order, this.#anchor, id)) ids.add(one);
    this.#anchor ??= id;
    this.#choose(ids);
  }

  clear() {
    this.#anchor = null;
    this.#choose([]);
  }

  /** @param {Iterable<string>} ids */
  #choose(ids) {
    if (this.data) choose(this.data.of, ids); // which draws
  }

  /** Search for what they have in common. */
  ask() {
    this.#grid.verdicts.say("examples", { ids: [...this.ids] });
    this.clear();
  }

  like() {
    this.#grid.verdicts.likeAll(this.ids);
  }

  /** Give a tag to what is selected; where all of it has the tag, take it. @param {string} text */
  tag(text) {
    const tag = text.normalize("NFC").trim().replace(/\s+/g, " ");
    if (!tag || !this.ids.size || !this.data || this.data.refused) return;
    const ids = [...this.ids];
    // The tags of pictures that are not here are known to the server alone, so it decides.
    const turn = this.elsewhere > 0;
    this.#wish({ ids, tag, turn, taken: !turn && ids.every((id) => this.tagsOf(id).includes(tag)) });
  }

  /** Ask for a file of what is selected. @param {string} ending */
  exportAs(ending) {
    this.#awaited = Date.now(); // another one than any before, also of a page that was left
    const wish = { number: this.#awaited, of: this.data?.of ?? "", ids: [...this.ids], tag: "", ending };
    this.#grid.verdicts.say("export", { export: wish });
  }

  /** Save the file that was asked for, once it is there. @param {Exported | null} exported */
  receive(exported) {
    this.tray.exportProblem = exported?.problem ?? "";
    if (!exported?.url || exported.number !== this.#awaited) return;
    this.#awaited = 0;
    const link = make("a");
    link.href = exported.url;
    link.download = exported.name;
    link.click();
  }

  undo() {
    if (this.data?.undo || this.wishes.length) this.#wish({ undo: true });
  }

  /** A message with all that was done, as long as the server may not know it. @param {Message} said */
  complete(said) {
    return this.wishes.length ? { ...said, tags: this.wishes } : said;
  }

  draw() {
    this.tray.draw();
    this.#grid.markAll();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.data || event.defaultPrevented || isTaken(event)) return;
    const step = stepOf(event);
    if (step === "undo" && this.ids.size && this.data.undo) this.undo();
    else if (withModifier(event) || event.repeat || !this.#plain(event)) return;
    event.preventDefault();
  }

  /** Keys without Ctrl or Alt; false for a key that is not ours. @param {KeyboardEvent} event */
  #plain({ key, shiftKey }) {
    const { meant } = this.#grid.verdicts;
    if (key.toLowerCase() === "x" && meant !== null) {
      if (shiftKey) this.extend(meant);
      else this.turn(meant);
    } else if (key === "Escape" && this.ids.size) this.clear();
    else if (/^[1-9]$/.test(key) && this.ids.size) this.tag(this.data?.last[Number(key) - 1] ?? "");
    else return false;
    return true;
  }

  /** @param {Omit<Wish, "number" | "of">} what */
  #wish(what) {
    this.#number += 1;
    this.wishes.push({ number: this.#number, of: this.data?.of ?? "", ...what });
    this.draw();
    this.#grid.verdicts.say("tag");
  }
}

/**
 * The tags of a picture after what was wished.
 *
 * @param {string[]} tags
 * @param {Wish[]} wishes
 * @param {string} id
 */
export function tagsWith(tags, wishes, id) {
  const all = new Set(tags);
  for (const { ids, tag, taken } of wishes) {
    if (!tag || !ids?.includes(id)) continue;
    if (taken) all.delete(tag);
    else all.add(tag);
  }
  return [...all];
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
