// The point of the picture that is pointed at in the list beside: an element of its own, so that nothing is drawn again.

import { make } from "../shared/drawing.js";
import { onPointed, point } from "../shared/pointed.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */

const EDGE = 10;

export class PointedMark {
  element = make("div", "pointed-mark");
  /** @type {number | null} */
  row = null;
  /** @type {number | null} what is pointed at on the map itself */
  #told = null;
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
    onPointed(this, (row) => this.show(row), map.stop.signal);
  }

  /** A picture is pointed at on the map; null when none is any more. @param {number | null} row */
  tell(row) {
    if (row === this.#told) return;
    this.#told = row;
    point(row, this);
  }

  /** @param {number | null} row */
  show(row) {
    this.row = row;
    this.place();
  }

  /** Around the picture's point; at the edge that is nearest to it where it is not in view. */
  place() {
    const at = this.row === null ? null : this.#placeOf(this.row);
    this.element.hidden = !at;
    if (!at) return;
    const { width, height } = this.#map;
    const [left, top] = this.#map.toPixels(at.x, at.y);
    const [x, y] = [inside(left, width), inside(top, height)];
    this.element.classList.toggle("away", x !== left || y !== top);
    this.element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }

  /** @param {number} row */
  #placeOf(row) {
    const { hits, points } = this.#map;
    const hit = hits.get(row);
    if (hit || !points) return hit;
    const at = points.rows ? points.rows.indexOf(row) : row;
    return at >= 0 && at < points.x.length ? { x: points.x[at], y: points.y[at] } : undefined;
  }
}

/** @param {number} at @param {number} room */
function inside(at, room) {
  return Math.max(EDGE, Math.min(room - EDGE, at));
}
