// All scores of a ranking as bars, and lines at scores among them: for the strip on Search and for one picture's reasons.

import { SVG } from "./drawing.js";

/** @typedef {{ low: number, high: number, counts: number[] }} Bins how many pictures lie in each of many equal ranges of scores */

/** Where a score lies between the ends, 0 to 1. @param {number} score @param {Bins} bins */
export function placeOf(score, { low, high }) {
  return Math.min(1, Math.max(0, (score - low) / (high - low || 1)));
}

/** An empty drawing that is stretched to its room, one unit a bin wide. @param {number} height */
export function barsDrawing(height) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.dataset.height = String(height);
  return svg;
}

/**
 * Draw the bars, and whatever else stands among them.
 *
 * @param {SVGSVGElement} svg of `barsDrawing`
 * @param {Bins} bins
 * @param {number} above how much room is left above the tallest
 * @param {SVGElement[]} others
 */
export function drawBars(svg, { counts }, above, others) {
  const height = Number(svg.dataset.height);
  const most = Math.max(1, ...counts);
  const bars = counts.flatMap((count, bin) => {
    // Square roots, so that a few pictures at the upper end are seen beside the many in the middle.
    const tall = Math.max(2, Math.sqrt(count / most) * (height - above));
    return count ? [shape("rect", "pile", { x: bin + 0.08, width: 0.84, y: height - tall, height: tall })] : [];
  });
  svg.setAttribute("viewBox", `0 0 ${counts.length} ${height}`);
  svg.replaceChildren(...bars, ...others);
}

/**
 * An upright line at a score.
 *
 * @param {string} name its class
 * @param {number} score
 * @param {Bins} bins
 * @param {number} from
 * @param {number} to
 */
export function lineAt(name, score, bins, from, to) {
  const x = placeOf(score, bins) * bins.counts.length;
  return shape("line", name, { x1: x, x2: x, y1: from, y2: to });
}

/**
 * @param {"rect" | "line"} kind
 * @param {string} name
 * @param {Record<string, number>} places
 */
function shape(kind, name, places) {
  const one = document.createElementNS(SVG, kind);
  one.setAttribute("class", name);
  for (const [attribute, value] of Object.entries(places)) one.setAttribute(attribute, value.toFixed(3));
  return one;
}
