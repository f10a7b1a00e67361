// Pictures in place of points, once somebody has zoomed in so far that each has room for one.

import { textButton } from "../shared/drawing.js";
import { Settling } from "../shared/settling.js";
import { hueOf } from "./colours.js";
import { PictureStore } from "./picture_store.js";
import { LARGEST, LEAST, roomFor } from "./room.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Ink, Points, Spot } from "./data.d.ts" */

/** @typedef {{ row: number, x: number, y: number, side: number }} Place where a picture is, and how large it may be */
/** @typedef {{ row: number, left: number, top: number, width: number, height: number }} Drawn */

const FROM_ZOOM = 1.3; // the whole map is points
const SLACK = 1.25; // a little more in view than at first: pictures do not come and go while the map is moved
const AROUND = 1; // windows on each side whose pictures have their places as well
const REST_MS = 160;
const EDGE = 1.5;
const FRAMES = 6; // what frames may take of a side
const STEPPED_BACK = 0.25;

let on = true; // for as long as the page is open, also when it is left and come back to

export class Thumbnails {
  button = textButton("thumbnails", "Pictures", "Show pictures where there is room for each, or points", () =>
    this.turn(),
  );
  /** What is drawn now: rows in view whose picture is there. @type {Map<number, Drawn>} */
  drawn = new Map();
  /** @type {Place[]} */
  #places = [];
  /** @type {{ x0: number, x1: number, y0: number, y1: number, key: string } | null} what the places are of */
  #region = null;
  /** @type {Points | null} */
  #points = null;
  #frame = 0;
  #map;
  #asking = new Settling(REST_MS, () => this.#ask());

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.button.hidden = true;
    this.store = new PictureStore(
      (question) => map.send({ type: "thumbnails", ...question }),
      () => this.#arrived(),
      LARGEST,
    );
  }

  end() {
    this.#asking.end();
    cancelAnimationFrame(this.#frame);
    this.store.end();
  }

  forget() {
    this.#region = null;
    this.store.forget();
  }

  /** Points in place of pictures, or pictures again. */
  turn() {
    on = !on;
    this.#map.draw();
  }

  /** The picture that stands at a place of the window. @param {number} left @param {number} top @returns {Spot | null} */
  at(left, top) {
    for (const one of this.drawn.values()) {
      const within = Math.abs(one.left - left) <= one.width / 2 && Math.abs(one.top - top) <= one.height / 2;
      if (within) return this.#spotOf(one.row);
    }
    return null;
  }

  /** @param {CanvasRenderingContext2D} brush @param {Ink} ink */
  draw(brush, ink) {
    this.drawn.clear();
    const fit = this.#fit();
    this.button.hidden = !fit;
    this.button.setAttribute("aria-pressed", String(on));
    if (fit && on) {
      const { rows } = this.#map.selector;
      const chosen = rows && new Set(rows);
      for (const place of this.#inView()) this.#drawOne(brush, ink, place, chosen);
      this.#asking.stir();
    }
    this.#map.root.dataset.thumbnails = String(this.drawn.size);
  }

  /** Whether there is room; what has it is known then. */
  #fit() {
    const { points, view, viewport, width, height } = this.#map;
    if (!points || !view || points.density || viewport.zoomFactor < FROM_ZOOM) {
      this.#region = null;
      return false;
    }
    const most = (width * height) / LEAST ** 2;
    const count = countWithin(points, view);
    if (count > most * (this.#region ? SLACK : 1)) {
      this.#region = null;
      return false;
    }
    const key = `${viewport.scale} ${[...this.#map.hits.keys()].join(" ")}`;
    const known = this.#region;
    const inside = known && known.x0 <= view.x0 && known.x1 >= view.x1 && known.y0 <= view.y0 && known.y1 >= view.y1;
    if (known && inside && known.key === key && this.#points === points) return true;
    const [across, up] = [AROUND * (view.x1 - view.x0), AROUND * (view.y1 - view.y0)];
    const region = { x0: view.x0 - across, x1: view.x1 + across, y0: view.y0 - up, y1: view.y1 + up };
    this.#region = { ...region, key };
    this.#points = points;
    this.#place(points, region);
    return true;
  }

  /** @param {Points} points @param {{ x0: number, x1: number, y0: number, y1: number }} region */
  #place(points, region) {
    const { hits, viewport } = this.#map;
    /** @type {Place[]} */
    const found = [];
    for (let i = 0; i < points.x.length; i += 1) {
      const [x, y] = [points.x[i], points.y[i]];
      if (x >= region.x0 && x <= region.x1 && y >= region.y0 && y <= region.y1) {
        found.push({ row: this.#map.rowOf(i), x, y, side: LEAST });
      }
    }
    const rank = (/** @type {Place} */ { row }) => hits.get(row)?.rank ?? Number.POSITIVE_INFINITY;
    if (hits.size) found.sort((one, other) => (rank(one) < rank(other) ? -1 : Number(rank(one) > rank(other))));
    const room = roomFor({
      left: found.map(({ x }) => x * viewport.scale),
      top: found.map(({ y }) => y * viewport.scale),
    });
    this.#places = [...room].map(([at, side]) => ({ ...found[at], side }));
  }

  #inView() {
    const { viewport, width, height } = this.#map;
    return this.#places.filter(({ x, y, side }) => {
      const edge = side / 2;
      const [left, top] = viewport.toPixels(x, y);
      return left > -edge && top > -edge && left < width + edge && top < height + edge;
    });
  }

  /** @param {CanvasRenderingContext2D} brush @param {Ink} ink @param {Place} place @param {Set<number> | null} chosen */
  #drawOne(brush, ink, { row, x, y, side }, chosen) {
    const picture = this.store.get(row);
    if (!picture) return;
    const map = this.#map;
    const [left, top] = map.toPixels(x, y);
    const scale = (side - FRAMES) / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    this.drawn.set(row, { row, left, top, width, height });
    const frame = (/** @type {number} */ out, /** @type {string} */ colour, /** @type {number} */ line) => {
      brush.lineWidth = line;
      brush.strokeStyle = colour;
      brush.strokeRect(left - width / 2 - out, top - height / 2 - out, width + 2 * out, height + 2 * out);
    };
    brush.globalAlpha = (chosen && !chosen.has(row)) || !map.legend.shows(row) ? STEPPED_BACK : 1;
    brush.drawImage(picture, left - width / 2, top - height / 2, width, height);
    if (map.colours && map.colours.kind !== "one") frame(EDGE / 2, hueOf(map.colours, row, ink), 2 * EDGE);
    else frame(0, ink.back, 1);
    if (map.hits.has(row)) {
      frame(2 * EDGE + 1, ink.back, 4);
      frame(2 * EDGE, ink.text, 2);
    }
    if (chosen?.has(row)) frame(2 * EDGE + 2.5, ink.ring, 2.5);
    brush.globalAlpha = 1;
  }

  #ask() {
    if (this.#region && on) this.store.want(this.#inView().map(({ row }) => row));
  }

  #arrived() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#map.draw();
    });
  }

  /** @param {number} row @returns {Spot | null} */
  #spotOf(row) {
    const place = this.#places.find((one) => one.row === row);
    return place ? { row, x: place.x, y: place.y, text: null } : null;
  }
}

/** @param {Points} points @param {{ x0: number, x1: number, y0: number, y1: number }} view */
function countWithin({ x, y }, { x0, x1, y0, y1 }) {
  let count = 0;
  for (let i = 0; i < x.length; i += 1) if (x[i] >= x0 && x[i] <= x1 && y[i] >= y0 && y[i] <= y1) count += 1;
  return count;
}
