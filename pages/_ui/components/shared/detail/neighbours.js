// The strip of the closest pictures below.

import { clampShape, make, textButton } from "../drawing.js";

/** @import { Known, Neighbour } from "./data.d.ts" */

export class Neighbours {
  root = make("div", "neighbours");
  #key = "";
  #open;

  /** @param {(id: string) => void} open */
  constructor(open) {
    this.#open = open;
  }

  /**
   * @param {Known | undefined} known
   * @param {string} token
   */
  draw(known, token) {
    const problem = known ? known.neighbours_problem : "";
    const key = known ? JSON.stringify([token, problem, ...known.neighbours.map((one) => one.id)]) : "";
    if (key === this.#key && this.root.childElementCount) return; // its pictures stay where they are
    this.#key = key;
    this.root.replaceChildren();
    if (!known || !(known.neighbours.length || problem)) return;
    this.root.append(make("h2", "", "Closest pictures"));
    if (problem) {
      this.root.append(make("p", "problem", problem));
      return;
    }
    const strip = make("div", "strip");
    strip.append(...known.neighbours.map((one) => thumb(one, this.#open)));
    this.root.append(strip);
  }
}

/**
 * A small picture that opens.
 *
 * @param {Neighbour} one
 * @param {(id: string) => void} open
 */
export function thumb(one, open) {
  const button = textButton("thumb", "", one.caption || one.id, () => open(one.id));
  button.setAttribute("aria-label", `Open ${one.caption || one.id}`);
  const image = make("img");
  image.alt = "";
  image.loading = "lazy";
  if (one.src) image.src = one.src;
  button.style.aspectRatio = `${clampShape(one.width, one.height)}`;
  button.append(image);
  return button;
}
