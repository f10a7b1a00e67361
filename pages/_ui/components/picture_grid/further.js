// What comes after the pictures that were asked for: it is fetched a page at a time, by scrolling on or by a button.

import { make, textButton } from "../shared/drawing.js";
import { isTaken } from "../shared/keys.js";

/** @import { FurtherData, Picture } from "./data.d.ts" */
/** @import { PictureGrid } from "./picture_grid.js" */

const AHEAD = 500; // pixels below the window
const ANSWER_MS = 8000; // an answer can be lost with its connection
// Somebody goes on: a page that scrolls by itself, or to what is clicked, fetches nothing.
const GOING_ON = ["wheel", "touchmove", "keyup"];
const KEYS = new Set(["ArrowDown", "PageDown", "End"]);

export class Further {
  root = make("div", "further");
  /** @type {Picture[]} all that came so far */
  pictures = [];
  #line = make("span", "line");
  #said = make("span", "unseen");
  /** @type {FurtherData | null} */
  #data = null;
  #of = "";
  #asked = 0;
  #stop = new AbortController();
  #grid;

  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    this.root.hidden = true;
    this.#said.setAttribute("role", "status");
    this.button = textButton("plain", "Show more", "", () => this.ask());
    this.root.append(this.#line, this.button, this.#said);
    const { signal } = this.#stop;
    for (const type of GOING_ON) {
      document.addEventListener(type, (event) => this.#goOn(event), { signal, passive: true });
    }
  }

  end() {
    this.#stop.abort();
  }

  /** What the server says, below these pictures. @param {FurtherData | null} data @param {Picture[]} shown */
  take(data, shown) {
    this.#data = data;
    if (!data || data.of !== this.#of) {
      this.pictures = [];
      this.#asked = 0;
    }
    this.#of = data?.of ?? "";
    if (data?.problem) this.#asked = 0;
    const before = this.pictures.length;
    if (data && data.start === before && data.pictures.length) {
      this.#asked = 0;
      this.pictures = joined(shown, this.pictures, data.pictures);
    }
    this.#draw(this.pictures.length - before);
  }

  /** Where a line stands before a picture, and what it says. @param {number} shown how many pictures come before all of these */
  rules(shown) {
    const { end = "", below = "" } = this.#data ?? {};
    return rulesFor(shown, this.pictures, end, below);
  }

  /** Ask for the next page, unless it is on its way. */
  ask() {
    const now = performance.now();
    if (!this.#data?.more || (this.#asked && now - this.#asked < ANSWER_MS)) return;
    this.#asked = now;
    this.#draw(0);
    this.#grid.verdicts.say("further", { of: this.#of, start: this.pictures.length });
  }

  /** Ask for it where somebody who goes on comes near the end. */
  near() {
    if (!this.#data?.more || this.#data.problem) return;
    if (!this.#data.by_scrolling && !this.pictures.length) return;
    if (this.root.getBoundingClientRect().top < innerHeight + AHEAD) this.ask();
  }

  /** @param {Event} event */
  #goOn(event) {
    const { dialog, standing } = this.#grid.detail;
    if (dialog.open && (!standing.beside || event.composedPath().includes(dialog))) return;
    if (event instanceof WheelEvent && event.deltaY <= 0) return;
    if (event instanceof KeyboardEvent && (isTaken(event) || !KEYS.has(event.key))) return;
    this.near();
  }

  /** @param {number} came */
  #draw(came) {
    const { more = false, line = "", problem = "" } = this.#data ?? {};
    const any = this.pictures.length > 0;
    this.root.hidden = !more;
    this.#line.textContent = problem || (any ? "" : line);
    this.button.textContent = this.#asked ? "Coming" : "Show more";
    this.button.setAttribute("aria-busy", String(this.#asked > 0));
    if (came > 0) this.#said.textContent = `${came} more pictures, to rank ${this.pictures.at(-1)?.rank}`;
    else if (!any) this.#said.textContent = "";
  }
}

/**
 * Pictures with those of a new page; none twice, for a deeper ranking may repeat one.
 *
 * @param {Picture[]} shown
 * @param {Picture[]} before
 * @param {Picture[]} page
 */
export function joined(shown, before, page) {
  const known = new Set([...shown, ...before].map((one) => one.id));
  return [...before, ...page.filter((one) => !known.has(one.id))];
}

/**
 * Lines that stand before a picture: where the pictures that were asked for end, and where those begin that a cutoff left out.
 *
 * @param {number} shown
 * @param {Picture[]} pictures that come after
 * @param {string} end
 * @param {string} below
 */
export function rulesFor(shown, pictures, end, below) {
  if (!pictures.length) return [];
  const faded = pictures.findIndex((one) => one.faded);
  const rules = faded === 0 ? [] : [{ at: shown, text: end }];
  return faded < 0 ? rules : [...rules, { at: shown + faded, text: below }];
}
