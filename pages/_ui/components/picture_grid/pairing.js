// Two lists side by side: the card that is pointed at has a line to where its picture stands in the other list.
//
// Whoever points says which card it is; the other list marks its own card of that picture, and draws the line. Nothing is
// listened to, drawn or measured while nothing is pointed at.

import { SVG } from "../shared/drawing.js";
import { areApart, shapeOf } from "./pair_line.js";

/** @import { PictureGrid } from "./picture_grid.js" */
/** @import { Rect } from "./pair_line.js" */

const NAME = "t2i-paired";

/** @typedef {{ id: string, card: HTMLElement, by: object } | { id: null, by: object }} Told */

export class Pairing {
  #grid;
  #told = "";
  /** The two cards that belong together: that which is pointed at, and its like here. @type {[HTMLElement, HTMLElement] | null} */
  #pair = null;
  #frame = 0;
  #drawing = document.createElementNS(SVG, "svg");
  #stop = new AbortController();
  #moving = new AbortController();

  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    this.#drawing.setAttribute("class", "pair-line");
    this.#drawing.setAttribute("aria-hidden", "true");
    for (const kind of ["pointerover", "focusin"]) {
      grid.area.addEventListener(kind, ({ target }) => this.#say(cardOf(target)), { signal });
    }
    grid.area.addEventListener("pointerleave", () => this.#say(null), { signal });
    grid.area.addEventListener("focusout", () => this.#say(null), { signal });
    const hear = (/** @type {Event} */ event) => this.#hear(/** @type {CustomEvent<Told>} */ (event).detail);
    document.addEventListener(NAME, hear, { signal });
  }

  end() {
    this.#say(null);
    this.#show(null);
    this.#stop.abort();
  }

  /** Cards may be others now, or elsewhere. */
  refresh() {
    if (this.#told && !(this.#grid.data.paired && this.#grid.cards.has(this.#told))) this.#say(null);
    if (this.#pair) this.#later();
  }

  /** @param {HTMLElement | null} card pointed at here */
  #say(card) {
    const id = (this.#grid.data.paired && card?.dataset.id) || "";
    if (id === this.#told) return;
    this.#told = id;
    /** @type {Told} */
    const detail = id && card ? { id, card, by: this } : { id: null, by: this };
    document.dispatchEvent(new CustomEvent(NAME, { detail }));
  }

  /** @param {Told} told what is pointed at in the other list */
  #hear(told) {
    if (told.by === this) return;
    const own = told.id !== null && this.#grid.data.paired ? this.#grid.cards.get(told.id) : null;
    this.#show(told.id !== null && own ? [told.card, own.element] : null);
  }

  /** @param {[HTMLElement, HTMLElement] | null} pair */
  #show(pair) {
    this.#pair?.[1].classList.remove("pointed");
    this.#pair = pair;
    this.#moving.abort();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!pair) return this.#drawing.remove();
    pair[1].classList.add("pointed");
    this.#moving = new AbortController();
    const { signal } = this.#moving;
    const passive = { signal, passive: true, capture: true };
    document.addEventListener("scroll", () => this.#later(), passive);
    window.addEventListener("resize", () => this.#later(), { signal });
    this.#draw();
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    if (!this.#pair) return;
    const [from, to] = this.#pair;
    if (!from.isConnected || !to.isConnected) return this.#show(null);
    // Of lists below each other a line would run over everything between: then the mark alone says it.
    const beside = areApart(listOf(from), listOf(to));
    const shape = beside && shapeOf(rectOf(from), rectOf(to), { width: window.innerWidth, height: window.innerHeight });
    if (!shape) return this.#drawing.remove();
    const line = document.createElementNS(SVG, "path");
    const halo = document.createElementNS(SVG, "path");
    halo.setAttribute("class", "halo");
    for (const path of [halo, line]) path.setAttribute("d", shape.path);
    const ends = shape.ends.map(([x, y]) => {
      const end = document.createElementNS(SVG, "circle");
      end.setAttribute("cx", x.toFixed(1));
      end.setAttribute("cy", y.toFixed(1));
      end.setAttribute("r", "4");
      return end;
    });
    this.#drawing.replaceChildren(halo, line, ...ends, ...(shape.away ? [this.#sign(shape.away)] : []));
    if (!this.#drawing.isConnected) this.#grid.root.append(this.#drawing);
  }

  /** At which rank the picture stands here, where its card is out of sight. @param {NonNullable<NonNullable<ReturnType<typeof shapeOf>>["away"]>} away */
  #sign({ x, y, below }) {
    const rank = this.#grid.cards.get(this.#pair?.[1].dataset.id ?? "")?.picture?.rank;
    const sign = document.createElementNS(SVG, "text");
    sign.setAttribute("x", (x + 22).toFixed(1));
    sign.setAttribute("y", (y + (below ? -4 : 14)).toFixed(1));
    sign.textContent = `${below ? "\u2193" : "\u2191"} ${rank ?? ""}`.trim();
    return sign;
  }
}

/** The picture's box, which a line ends at. @param {HTMLElement} card @returns {Rect} */
function rectOf(card) {
  return (card.querySelector(".picture") ?? card).getBoundingClientRect();
}

/** The list that a card is in. @param {HTMLElement} card @returns {Rect} */
function listOf(card) {
  return (card.parentElement ?? card).getBoundingClientRect();
}

/** @param {EventTarget | null} target */
function cardOf(target) {
  const card = target instanceof Element ? target.closest(".card") : null;
  return card instanceof HTMLElement ? card : null;
}
