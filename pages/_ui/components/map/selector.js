// Selecting: lasso and box on a canvas of our own. While it is drawn only its line is; what lies inside is found once,
// when the mouse is released, and travels as one bit or one number a point.

import { make, textButton } from "../shared/drawing.js";
import { brushOf, hueOf } from "./colours.js";
import { circle, cleared } from "./overlay.js";
import { pack, placesOf, unpack } from "./packing.js";
import { inside } from "./polygon.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Ink, Selected } from "./data.d.ts" */

/** @typedef {[number, number]} Corner from the left and the top of the map */
/** @typedef {"move" | "lasso" | "box"} Mode */
/** @typedef {"set" | "add" | "drop"} How what is drawn around changes the selection */

const FEWEST_PIXELS = 3;
const MOST_RINGS = 400; // with a gap between point and ring
const MOST_ROUND = 3000;
const MARGIN = 15; // a point this far outside of the map may still show its ring
const MORE = "Shift adds them to the selection, Alt takes them out of it";
/** @type {[Mode, string, string][]} */
const MODES = [
  ["move", "Move", "Drag to move, scroll to zoom, click a point to pin its picture"],
  ["lasso", "Lasso", `Draw around points to select their pictures; ${MORE}`],
  ["box", "Box", `Drag a box around points to select their pictures; ${MORE}`],
];

export class Selector {
  canvas = make("canvas", "draw");
  tools = make("div", "tools");
  /** @type {Map<Mode, HTMLButtonElement>} */
  buttons = new Map();
  /** @type {Mode} */
  mode = "move";
  /** @type {Uint32Array | null} */
  rows = null;
  /** @type {number | null} which selection of the server's this is */
  number = null;
  /** @type {Corner[] | null} what is being drawn */
  path = null;
  /** @type {[number, number][]} what was drawn last, in the map's coordinates */
  polygon = [];
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.canvas.setAttribute("aria-hidden", "true");
    for (const [mode, label, title] of MODES)
      this.buttons.set(
        mode,
        this.#tool(label, title, () => this.choose(mode)),
      );
    this.#tool("\u2212", "Zoom out", () => map.zoom(1.6));
    this.#tool("+", "Zoom in", () => map.zoom(1 / 1.6));
    this.#tool("Whole map", "Show the whole map (double click)", () => map.fit());
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    this.canvas.addEventListener("pointerup", (event) => this.end(event));
    this.canvas.addEventListener("pointercancel", () => this.cancel());
    this.choose("move");
  }

  /** @param {Mode} mode */
  choose(mode) {
    this.mode = mode;
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(name === mode));
    this.canvas.classList.toggle("on", mode !== "move");
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0 || !this.#map.view) return;
    this.path = [this.#cornerOf(event)];
    this.canvas.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  go(event) {
    if (!this.path) return;
    const corner = this.#cornerOf(event);
    const last = this.path[this.path.length - 1];
    if (this.mode === "box") this.path[1] = corner;
    else if (Math.hypot(corner[0] - last[0], corner[1] - last[1]) >= FEWEST_PIXELS) this.path.push(corner);
    this.drawPath(this.path);
  }

  /** @param {PointerEvent} event */
  end(event) {
    if (!this.path) return;
    if (this.mode === "box") this.path[1] = this.#cornerOf(event);
    const corners = this.mode === "box" ? cornersOfBox(this.path) : this.path;
    this.cancel();
    if (corners.length >= 3) this.select(corners, howOf(event));
  }

  /**
   * @param {Corner[]} corners
   * @param {How} [how]
   */
  select(corners, how = "set") {
    const { data, points } = this.#map;
    if (!data || !points) return;
    this.polygon = corners.map(([left, top]) => this.#map.toMap(left, top));
    if (data.view) {
      // Not every point is here: the server, which has them all, finds those inside.
      this.#map.send({ type: "polygon", corners: this.polygon, how });
      return;
    }
    this.rows = combined(this.rows ?? new Uint32Array(0), inside(points, this.polygon), how);
    this.#map.send({ type: "select", ...pack(this.rows, data.count) });
    this.#map.showSelection();
    if (how === "set") this.choose("move"); // more is likely to follow
  }

  cancel() {
    this.path = null;
    const brush = brushOf(this.canvas);
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {Corner[]} path */
  drawPath(path) {
    const brush = cleared(this.canvas, this.#map.width, this.#map.height);
    const { ring } = this.#map.ink();
    brush.beginPath();
    if (this.mode === "box" && path.length === 2) {
      const [[a, b], [c, d]] = path;
      brush.rect(Math.min(a, c), Math.min(b, d), Math.abs(a - c), Math.abs(b - d));
    } else {
      for (const [left, top] of path) brush.lineTo(left, top); // of an empty path the first only goes there
      brush.closePath();
    }
    brush.fillStyle = ring;
    brush.globalAlpha = 0.12;
    brush.fill();
    brush.globalAlpha = 1;
    brush.strokeStyle = ring;
    brush.lineWidth = 1.5;
    brush.setLineDash([5, 4]);
    brush.stroke();
    brush.setLineDash([]);
  }

  /** What the server holds selected. @param {Selected | null} selected */
  take(selected) {
    if (selected && selected.number === this.number) return;
    this.number = selected ? selected.number : null;
    this.rows = selected ? unpack(selected) : null;
  }

  /**
   * The chosen points again in their own colours, above the cloud that steps back, each with a ring around it.
   *
   * @param {CanvasRenderingContext2D} brush
   * @param {Ink} ink
   */
  drawChosen(brush, ink) {
    const map = this.#map;
    if (!this.rows || !map.points || map.points.density) return;
    const size = map.pointSize() + 1;
    const seen = this.#chosenInView(this.rows).filter(({ row }) => !map.thumbnails.drawn.has(row));
    // Of very many only the outline of all together can be told from the points themselves.
    const many = seen.length > MOST_ROUND;
    const gap = many ? 1.2 : seen.length > MOST_RINGS ? 1.5 : 3;
    const disc = many ? square : circle;
    brush.lineWidth = many ? 1 : 2;
    brush.strokeStyle = ink.ring;
    for (const { left, top, row } of seen) {
      const hit = map.hits.get(row);
      disc(brush, left, top, (hit ? map.hitRadius(hit) + 1 : size / 2) + gap);
      brush.stroke();
    }
    for (const { left, top, row } of seen) {
      brush.fillStyle = hueOf(map.colours, row, ink);
      disc(brush, left, top, size / 2);
      brush.fill();
    }
  }

  /** @param {Uint32Array} chosen */
  #chosenInView(chosen) {
    const { points, width, height } = this.#map;
    const seen = [];
    for (const index of points?.rows ? placesOf(points.rows, chosen) : chosen) {
      const [left, top] = this.#map.toPixels(points?.x[index] ?? 0, points?.y[index] ?? 0);
      const inView = left > -MARGIN && top > -MARGIN && left < width + MARGIN && top < height + MARGIN;
      if (inView) seen.push({ left, top, row: this.#map.rowOf(index) });
    }
    return seen;
  }

  /**
   * @param {string} label
   * @param {string} title
   * @param {() => void} act
   */
  #tool(label, title, act) {
    const button = textButton("tool", label, title, act);
    if (label.length < 2) button.setAttribute("aria-label", title);
    this.tools.append(button);
    return button;
  }

  /**
   * @param {PointerEvent} event
   * @returns {Corner}
   */
  #cornerOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}

/** @param {MouseEvent} event @returns {How} */
function howOf({ shiftKey, altKey }) {
  if (shiftKey) return "add";
  return altKey ? "drop" : "set";
}

/**
 * Rows after something was drawn, ascending.
 *
 * @param {Uint32Array} before
 * @param {Uint32Array} drawn
 * @param {How} how
 */
export function combined(before, drawn, how) {
  if (how === "set") return drawn;
  const rows = new Set(before);
  for (const row of drawn) how === "add" ? rows.add(row) : rows.delete(row);
  return Uint32Array.from(rows).sort();
}

/**
 * The four corners of a box between two; none where it is too thin to be meant.
 *
 * @param {Corner[]} path
 * @returns {Corner[]}
 */
export function cornersOfBox([[a, b], [c, d]]) {
  const thin = Math.abs(a - c) < FEWEST_PIXELS || Math.abs(b - d) < FEWEST_PIXELS;
  if (thin) return [];
  return [
    [a, b],
    [c, b],
    [c, d],
    [a, d],
  ];
}

/**
 * The path of a square in place of a circle: quicker where there are thousands.
 *
 * @param {CanvasRenderingContext2D} brush
 * @param {number} left
 * @param {number} top
 * @param {number} radius
 */
function square(brush, left, top, radius) {
  brush.beginPath();
  brush.rect(left - radius, top - radius, 2 * radius, 2 * radius);
}
