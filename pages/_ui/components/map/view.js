// Which part of the map is in view: one unit is as long across as up, and a window shows as much as it has room for.

/** @import { Bounds, View } from "./data.d.ts" */

const PADDING = 0.05;
// What stands over the map's edges, in pixels: its tools, and the lines that say what is drawn. Fixed, so that nothing moves
// when a line comes or goes; in a very low window at most half is left to them.
const TOOLS = 48;
const LINES = 72;
const CLOSEST = 0.2; // share of the whole map that is shown of a small group

/**
 * A view around a middle.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} across half of what is shown across
 * @param {number} up
 * @returns {View}
 */
function around(x, y, across, up) {
  return { x0: x - across, x1: x + across, y0: y - up, y1: y + up };
}

/** @param {View} view */
function middle({ x0, x1, y0, y1 }) {
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
}

/**
 * Everything in view, and nothing of it below what stands over the edges.
 *
 * @param {Bounds} bounds
 * @param {number} width of the window
 * @param {number} height
 */
export function wholeOf([left, right, bottom, top], width, height) {
  const share = Math.min(1, height / 2 / (TOOLS + LINES));
  const free = height - share * (TOOLS + LINES);
  const scale = (1 + 2 * PADDING) * Math.max((right - left) / width, (top - bottom) / free);
  const y = (bottom + top) / 2 - (scale * share * (LINES - TOOLS)) / 2;
  return around((left + right) / 2, y, (scale * width) / 2, (scale * height) / 2);
}

/**
 * A box with some room around it; a small one is not blown up beyond what is near it.
 *
 * @param {Bounds} box
 * @param {View} whole
 * @param {number} width
 * @param {number} height
 */
export function closeTo([left, right, bottom, top], whole, width, height) {
  const closest = (whole.x1 - whole.x0) * CLOSEST;
  const across = Math.max(closest, 1.5 * (right - left), (1.5 * (top - bottom) * width) / height);
  return around((left + right) / 2, (bottom + top) / 2, across / 2, (across * height) / width / 2);
}

/**
 * @param {View} view
 * @param {number} factor
 */
export function zoomed(view, factor) {
  const { x, y } = middle(view);
  return around(x, y, ((view.x1 - view.x0) / 2) * factor, ((view.y1 - view.y0) / 2) * factor);
}

/** Whether two views show the same. @param {View} one @param {View} other */
export function alike(one, other) {
  const little = (other.x1 - other.x0) / 1000;
  const edges = /** @type {const} */ (["x0", "x1", "y0", "y1"]);
  return edges.every((edge) => Math.abs(one[edge] - other[edge]) < little);
}

/**
 * The same middle at the same scale in a window of another size.
 *
 * @param {View} view
 * @param {number} widthBefore
 * @param {number} width
 * @param {number} height
 */
export function resized(view, widthBefore, width, height) {
  const scale = (view.x1 - view.x0) / widthBefore;
  const { x, y } = middle(view);
  return around(x, y, (scale * width) / 2, (scale * height) / 2);
}
