// Which point the mouse is on, and which is clicked.

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { PlotEvent } from "../shared/types.d.ts" */
/** @import { Spot } from "./data.d.ts" */

const REACH = 12;
const CLICK_WITHIN = 4; // pixels the mouse may move between press and release

export class Pointing {
  /** @type {{ x: number, y: number, at: Spot | null } | null} */
  pressed = null;
  #onPicture = false;
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const capture = { signal, capture: true };
    this.#map.root.addEventListener("pointerdown", (event) => this.press(event), capture);
    window.addEventListener("pointerup", (event) => this.release(event), capture);
    this.#map.root.addEventListener("pointermove", (event) => this.moved(event), { signal });
  }

  /** The point that Plotly says the mouse is on. @param {PlotEvent} event */
  hovered(event) {
    const at = this.#spotOf(event);
    if (at && !this.#onPicture) this.#map.card.show(at);
  }

  /** Plotly says that the mouse is on no point; it knows nothing of the pictures above them. */
  left() {
    if (!this.#onPicture) this.#map.card.leave();
  }

  /** A picture in place of a point is pointed at anywhere on it. @param {PointerEvent} event */
  moved(event) {
    const { thumbnails, card, plot, root } = this.#map;
    if (!thumbnails.drawn.size && !this.#onPicture) return;
    const box = root.getBoundingClientRect();
    const above = event.target instanceof Node && plot.contains(event.target) && !event.buttons;
    const at = above ? thumbnails.at(event.clientX - box.left, event.clientY - box.top) : null;
    const was = this.#onPicture;
    this.#onPicture = at !== null;
    if (at && card.at?.row !== at.row) card.show(at);
    else if (was && !at) card.leave();
  }

  /** A click is told from a drag here: Plotly forgets which point the mouse is on when it draws in between. @param {PointerEvent} event */
  press(event) {
    const map = this.#map;
    const onPlot = event.target instanceof Node && map.plot.contains(event.target);
    const starts = event.button === 0 && map.selector.mode === "move" && onPlot;
    this.pressed = starts ? { x: event.clientX, y: event.clientY, at: map.card.at } : null;
  }

  /** @param {PointerEvent} event */
  release(event) {
    const from = this.pressed;
    this.pressed = null;
    if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) > CLICK_WITHIN) return;
    const at = from.at ?? this.nearest(event);
    if (at) this.#map.card.pin(at);
  }

  /**
   * The picture whose point is nearest to the mouse, within reach; null when there is none.
   *
   * @param {PointerEvent} event
   * @returns {Spot | null}
   */
  nearest(event) {
    const { points, root, gl } = this.#map;
    if (!gl || !points || points.density) return null;
    const box = root.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const { x, y } = points;
    let [best, index] = [REACH ** 2, -1];
    for (let i = 0; i < x.length; i += 1) {
      const [a, b] = this.#map.toPixels(x[i], y[i]);
      const far = (a - left) ** 2 + (b - top) ** 2;
      if (far < best) [best, index] = [far, i];
    }
    return index < 0 ? null : { row: this.#map.rowOf(index), x: x[index], y: y[index], text: null };
  }

  /**
   * @param {PlotEvent} event
   * @returns {Spot | null}
   */
  #spotOf(event) {
    const point = event.points?.[0];
    if (!point) return null;
    const { x, y, pointIndex, customdata } = point;
    const owners = this.#map.points?.texts?.owners;
    if (point.curveNumber === 1 && owners) return { row: owners[pointIndex], x, y, text: pointIndex };
    return { row: customdata ?? this.#map.rowOf(pointIndex), x, y, text: null };
  }
}
