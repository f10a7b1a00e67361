// A heat map as the browser draws it: smooth over a picture, in the colours of t2i_core/pictures/heat.py.

/** @import { HeatMap } from "./data.d.ts" */

/** From dark violet to light yellow, ever lighter; a test compares them with Python's. */
export const COLOURS = [
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
];
const STRONGEST = 0.72; // how much of the picture the brightest place hides
const DRAWN_SIDE = 192; // pixels; the browser smooths the rest

/** The places of a map, 0 to 1, row by row. @param {HeatMap} map */
export function placesOf({ heat }) {
  return Float32Array.from(atob(heat), (sign) => sign.charCodeAt(0) / 255);
}

/**
 * Values between the places, by cubic curves through four of them in each direction; beyond the edge the last place goes on.
 *
 * @param {Float32Array} places row by row
 * @param {number} rows
 * @param {number} columns
 * @param {number} down how many rows to make
 * @param {number} across
 */
export function smooth(places, rows, columns, down, across) {
  const wide = new Float32Array(rows * across);
  for (let row = 0; row < rows; row += 1) {
    const from = places.subarray(row * columns, (row + 1) * columns);
    for (let x = 0; x < across; x += 1) wide[row * across + x] = between((at) => from[at], columns, x, across);
  }
  const made = new Float32Array(down * across);
  for (let x = 0; x < across; x += 1) {
    for (let y = 0; y < down; y += 1) {
      const value = between((at) => wide[at * across + x], rows, y, down);
      made[y * across + x] = Math.min(1, Math.max(0, value));
    }
  }
  return made;
}

/**
 * @param {(at: number) => number} known
 * @param {number} count of what is known
 * @param {number} step of ``steps``
 * @param {number} steps
 */
function between(known, count, step, steps) {
  const at = ((step + 0.5) * count) / steps - 0.5;
  const first = Math.floor(at);
  const t = at - first;
  const [a, b, c, d] = [-1, 0, 1, 2].map((by) => known(Math.min(count - 1, Math.max(0, first + by))));
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Red, green, blue and how much is hidden of what lies below, each 0 to 255. @param {number} value 0 to 1 */
export function colourOf(value) {
  const at = value * (COLOURS.length - 1);
  const low = Math.min(COLOURS.length - 2, Math.floor(at));
  const part = at - low;
  const hidden = STRONGEST * Math.sqrt(value) * Math.min(1, 4 * value);
  const mixed = COLOURS[low].map((tone, which) => tone + part * (COLOURS[low + 1][which] - tone));
  return [...mixed, 255 * hidden].map(Math.round);
}

/**
 * Draw a map on a canvas that lies over its picture.
 *
 * @param {HTMLCanvasElement} canvas of the picture's shape
 * @param {HeatMap} map
 */
export function drawHeat(canvas, map) {
  const [rows, columns] = map.shape;
  const values = smooth(placesOf(map), rows, columns, DRAWN_SIDE, DRAWN_SIDE);
  const pixels = new ImageData(DRAWN_SIDE, DRAWN_SIDE);
  values.forEach((value, at) => {
    pixels.data.set(colourOf(value), 4 * at);
  });
  const square = document.createElement("canvas");
  square.width = square.height = DRAWN_SIDE;
  square.getContext("2d")?.putImageData(pixels, 0, 0);
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  const [left, top, right, bottom] = map.seen;
  context.clearRect(0, 0, width, height);
  context.drawImage(square, left * width, top * height, (right - left) * width, (bottom - top) * height);
}
