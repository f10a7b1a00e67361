// Likes and dislikes as this page has them: marked at once, told to the server all together, with keys for each.

import { focusedBeside, isTaken, stepOf, verdictOf, withModifier } from "../shared/keys.js";

/** @import { Verdict, Verdicts as Told } from "../shared/detail/data.d.ts" */
/** @import { Message } from "../shared/types.d.ts" */
/** @import { Judging } from "./data.d.ts" */
/** @import { PictureGrid } from "./picture_grid.js" */

/** @implements {Told} */
export class Verdicts {
  /** @type {Judging | null} */
  data = null;
  /** @type {Map<string, Verdict>} in the order in which they were given */
  given = new Map();
  /** @type {string | null} the picture that the mouse is on */
  hovered = null;
  /** Whether the mouse was used last, and not the keys that move the focus. */
  #pointing = false;
  #stop = new AbortController();
  /** Whether a verdict was told that no answer has confirmed: of two messages close together the earlier may be lost. */
  #unconfirmed = false;
  #grid;

  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    // Space goes on to the next screen: it must not open the card as well, which some browsers do when it is released.
    grid.area.addEventListener("keyup", (event) => {
      if (this.data && event.key === " " && event.target instanceof Element && event.target.closest(".card")) {
        event.preventDefault();
      }
    });
    grid.area.addEventListener("pointermove", ({ target, movementX, movementY }) => {
      if (movementX || movementY) this.#pointing = true; // else cards moved below a mouse that rests
      this.hovered = target instanceof Element ? idOf(target) : null;
    });
    grid.area.addEventListener("pointerleave", () => {
      this.hovered = null;
    });
  }

  end() {
    this.#stop.abort();
  }

  get open() {
    return this.data !== null;
  }

  /** What the server says; an answer to an older message than our last one says nothing of what was judged since. @param {Judging | null} data @param {boolean} current */
  take(data, current) {
    this.data = data;
    if (!current && data) return;
    this.#unconfirmed = false;
    this.given.clear();
    for (const { id } of data?.liked ?? []) this.given.set(id, "liked");
    for (const { id } of data?.disliked ?? []) this.given.set(id, "disliked");
  }

  /** @param {string} id */
  of(id) {
    return this.given.get(id) ?? null;
  }

  /**
   * @param {string} id
   * @param {Verdict} verdict
   */
  turn(id, verdict) {
    if (!this.open) return;
    const taken = this.of(id) === verdict;
    this.given.delete(id);
    if (!taken) this.given.set(id, verdict);
    this.#unconfirmed = true;
    this.#grid.mark(id);
    this.say("judge");
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} [more]
   */
  say(type, more = {}) {
    const { detail, sequence } = this.#grid;
    detail.asking.end(); // a picture that was opened just now is told of here, not after this
    this.#grid.say({ type, seq: sequence.next(), open: detail.id, ...more });
    if (type !== "judge") this.#unconfirmed = false; // it may change what is judged, and is told with all that was
  }

  /** A message with all that is judged, as long as the server may not know it. @param {Message} said */
  complete(said) {
    return this.#unconfirmed ? { ...said, liked: this.#all("liked"), disliked: this.#all("disliked") } : said;
  }

  /** The next screen: what is shown was seen. */
  goOn() {
    if (this.data?.more) this.say("unseen", { ids: this.#grid.order });
  }

  get focused() {
    return idOf(focusedBeside(this.#grid.area));
  }

  /** The picture that the mouse or the focus was put on last; where keys go to the one that is open, that one. */
  get meant() {
    const { id, standing } = this.#grid.detail;
    if (id !== null && standing.beside && standing.hasFocus) return id;
    return this.#pointing ? (this.hovered ?? this.focused) : (this.focused ?? this.hovered);
  }

  /** Like several pictures at once. @param {Iterable<string>} ids */
  likeAll(ids) {
    if (!this.open) return;
    for (const id of ids) {
      this.given.delete(id);
      this.given.set(id, "liked");
      this.#grid.mark(id);
    }
    this.#unconfirmed = true;
    this.say("judge");
  }

  /** Keys of the page, for the picture that the mouse or the focus was put on last. @param {KeyboardEvent} event */
  onKey(event) {
    if (/^(Arrow|Tab|Home|End)/.test(event.key)) this.#pointing = false;
    if (!this.data || event.defaultPrevented || isTaken(event)) return;
    const step = stepOf(event);
    const verdict = verdictOf(event);
    const focused = this.focused;
    const meant = this.meant;
    if (step && this.data[step]) this.say(step);
    else if (verdict && meant !== null) this.turn(meant, verdict);
    else if (event.key === " " && focused && !withModifier(event)) {
      if (!event.repeat) this.goOn();
    } else return;
    event.preventDefault();
  }

  /** @param {Verdict} verdict */
  #all(verdict) {
    return [...this.given].filter(([, one]) => one === verdict).map(([id]) => id);
  }
}

/** The picture whose card something stands in. @param {Element | null} element */
function idOf(element) {
  const card = element?.closest(".card");
  return card instanceof HTMLElement ? (card.dataset.id ?? null) : null;
}
