// The card that is pointed at, here or on the map beside: each marks what the other points at.

import { onPointed, point } from "../shared/pointed.js";

/** @import { PictureGrid } from "./picture_grid.js" */

export class Pointed {
  /** @type {number | null} */
  #row = null;
  #stop = new AbortController();
  #grid;

  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    for (const kind of ["pointerover", "focusin"]) {
      grid.area.addEventListener(kind, ({ target }) => this.#say(this.#rowOf(target)), { signal });
    }
    for (const kind of ["pointerleave", "focusout"]) {
      grid.area.addEventListener(kind, () => this.#say(null), { signal });
    }
    onPointed(this, (row) => this.#mark(row), signal);
  }

  end() {
    this.#say(null);
    this.#stop.abort();
  }

  /** Rows are those of one gallery: two lists that are compared, perhaps of two, go by names (`pairing.js`). @param {number | null} row */
  #say(row) {
    if (row === this.#row || this.#grid.data.paired) return;
    this.#row = row;
    point(row, this);
  }

  /** @param {number | null} row pointed at elsewhere */
  #mark(row) {
    if (this.#grid.data.paired) return;
    for (const card of this.#grid.cards.values()) {
      card.element.classList.toggle("pointed", row !== null && card.picture?.row === row);
    }
  }

  /** @param {EventTarget | null} target */
  #rowOf(target) {
    const card = target instanceof Element ? target.closest(".card") : null;
    const id = card instanceof HTMLElement ? card.dataset.id : undefined;
    return this.#grid.cards.get(id ?? "")?.picture?.row ?? null;
  }
}
