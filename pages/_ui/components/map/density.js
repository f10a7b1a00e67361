// How densely points lie, as a picture: where there are too many, or no WebGL to draw them with.

import { brushOf } from "./colours.js";

/** @import { Bounds } from "./data.d.ts" */

/**
 * How many points fall into each cell, on a logarithmic scale of 0..255, the top row first.
 *
 * @param {{ x: Float32Array, y: Float32Array }} points
 * @param {Bounds} bounds
 * @param {number} side cells across and up
 */
export function gridOf(points, [left, right, bottom, top], side) {
  const counts = new Uint32Array(side * side);
  let most = 0;
  for (let i = 0; i < points.x.length; i += 1) {
    const column = Math.min(side - 1, Math.floor(((points.x[i] - left) / (right - left)) * side));
    const line = Math.min(side - 1, Math.floor(((top - points.y[i]) / (top - bottom)) * side));
    if (column < 0 || line < 0) continue;
    counts[line * side + column] += 1;
    most = Math.max(most, counts[line * side + column]);
  }
  const grid = new Uint8Array(side * side);
  const scale = 255 / Math.log1p(most || 1);
  for (let i = 0; i < grid.length; i += 1) grid[i] = Math.round(Math.log1p(counts[i]) * scale);
  return grid;
}

/**
 * @param {Uint8Array} grid
 * @param {number} side
 * @param {number[]} rgb
 */
export function densityPicture(grid, side, rgb) {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const brush = brushOf(canvas);
  const image = brush.createImageData(side, side);
  for (let i = 0; i < grid.length; i += 1) {
    image.data.set(rgb, i * 4);
    // Even a single point must be seen.
    image.data[i * 4 + 3] = grid[i] ? 50 + grid[i] * 0.6 : 0;
  }
  brush.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
