// The window on the map: its size, which part it shows, and how that follows Plotly, which moves the cloud by itself.

import { plotly } from "../shared/plotly.js";
import { Settling } from "../shared/settling.js";
import { alike, closeTo, resized, wholeOf, zoomed } from "./view.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Bounds, View } from "./data.d.ts" */

const LOWEST = 380;
const BELOW = 92;
const NARROW = 640;
const MOVING_MS = 500;
const MOVED_MS = 120;
const VIEW_AFTER_MS = 160;

export class Viewport {
  width = 50;
  height = LOWEST;
  /** @type {View | null} */
  view = null;
  #until = 0; // the overlay follows Plotly till then
  #following = false;
  #telling = new Settling(VIEW_AFTER_MS, () => this.#tell());
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }

  end() {
    this.#telling.end();
  }

  /** Take the room there is: to the lower end of the window. @param {HTMLCanvasElement[]} canvases of the same size */
  size(canvases) {
    const { root } = this.#map;
    if (!root.clientWidth) return; // it leaves the page, or waits hidden: what it shows there is no view that anybody chose
    this.height = this.#room();
    root.style.height = `${this.height}px`;
    this.width = Math.max(50, root.clientWidth);
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of canvases) {
      canvas.width = Math.round(this.width * ratio);
      canvas.height = Math.round(this.height * ratio);
    }
  }

  #room() {
    const { innerWidth, innerHeight, scrollY } = window;
    const top = this.#map.root.getBoundingClientRect().top + scrollY;
    return innerWidth < NARROW ? Math.round(innerHeight * 0.58) : Math.max(LOWEST, innerHeight - top - BELOW);
  }

  /** Take what became free above; for what came there the page scrolls, and the map stays as it is. @param {HTMLCanvasElement[]} canvases */
  grown(canvases) {
    if (this.#map.root.clientWidth && this.#room() > this.height) this.resized(canvases);
  }

  /** @param {HTMLCanvasElement[]} canvases */
  resized(canvases) {
    const [width, height] = [this.width, this.height];
    this.size(canvases);
    if (width === this.width && height === this.height) this.#map.draw();
    else if (this.#map.isDrawn && this.view) {
      // Who looks at all of it goes on doing so.
      const before = wholeOf(this.#map.data?.bounds ?? [0, 1, 0, 1], width, height);
      this.show(alike(this.view, before) ? this.whole() : resized(this.view, width, this.width, this.height), true);
    }
  }

  /** Show what was left, as large as it was; everything where nothing was. @param {{ view: View, width: number }} [left] */
  comeBack(left) {
    this.view = left ? resized(left.view, left.width, this.width, this.height) : null;
  }

  whole() {
    return wholeOf(this.#map.data?.bounds ?? [0, 1, 0, 1], this.width, this.height);
  }

  /** @param {Bounds} box */
  lookAt(box) {
    this.show(closeTo(box, this.whole(), this.width, this.height));
  }

  /** @param {number} factor */
  zoom(factor) {
    if (this.view) this.show(zoomed(this.view, factor));
  }

  /**
   * @param {View} view
   * @param {boolean} [resize]
   */
  show(view, resize = false) {
    this.view = view;
    const change = { "xaxis.range": [view.x0, view.x1], "yaxis.range": [view.y0, view.y1] };
    const size = resize ? { width: this.width, height: this.height } : {};
    if (this.#map.isDrawn) plotly()?.relayout(this.#map.plot, { ...change, ...size });
    this.#map.draw();
    this.#ask();
  }

  /** Something moves: the overlay follows each frame until it rests. */
  moving() {
    this.#until = performance.now() + MOVING_MS;
    if (this.#following) return;
    this.#following = true;
    requestAnimationFrame(() => this.#follow());
  }

  /** Pixels a unit of the map takes. */
  get scale() {
    return this.view ? this.width / (this.view.x1 - this.view.x0) : 1;
  }

  /** How many times larger than the whole map. */
  get zoomFactor() {
    const whole = this.whole();
    return this.view ? (whole.x1 - whole.x0) / (this.view.x1 - this.view.x0) : 1;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  toPixels(x, y) {
    const { x0, x1, y0, y1 } = this.view ?? this.whole();
    return [((x - x0) / (x1 - x0)) * this.width, ((y1 - y) / (y1 - y0)) * this.height];
  }

  /**
   * @param {number} left
   * @param {number} top
   * @returns {[number, number]}
   */
  toMap(left, top) {
    const { x0, x1, y0, y1 } = this.view ?? this.whole();
    return [x0 + (left / this.width) * (x1 - x0), y1 - (top / this.height) * (y1 - y0)];
  }

  #follow() {
    const drawn = this.#map.plot._fullLayout;
    if (this.#map.gone || !this.#map.isDrawn || !drawn) {
      this.#following = false;
      return;
    }
    const [x0, x1] = drawn.xaxis.range;
    const [y0, y1] = drawn.yaxis.range;
    const { view } = this;
    if (view && (view.x0 !== x0 || view.x1 !== x1 || view.y0 !== y0 || view.y1 !== y1)) {
      this.view = { x0, x1, y0, y1 };
      this.#map.draw();
      this.#ask();
      this.#until = Math.max(this.#until, performance.now() + MOVED_MS);
    }
    if (performance.now() < this.#until) requestAnimationFrame(() => this.#follow());
    else this.#following = false;
  }

  /** Of very many points the server says what is in view. */
  #ask() {
    if (this.#map.data?.view) this.#telling.stir();
  }

  #tell() {
    if (!this.view) return;
    const { x0, x1, y0, y1 } = this.view;
    this.#map.send({ type: "view", range: [x0, x1, y0, y1] });
  }
}
