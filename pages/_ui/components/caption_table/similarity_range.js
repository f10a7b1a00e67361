// A range of similarity as bins of the histogram, and the other way round.

import { scoreText } from "../shared/drawing.js";

/** @import { Bins, Filter } from "./data.d.ts" */

/** The filter on similarity, where it is one. @param {Filter | undefined} filter */
export function isRange(filter) {
  return filter !== undefined && (typeof filter.low === "number" || typeof filter.high === "number");
}

/** A range in words. @param {Filter} range */
export function rangeText({ low, high }) {
  if (typeof low !== "number") return `Up to ${scoreText(high ?? 0)}`;
  return typeof high === "number" ? `${scoreText(low)} to ${scoreText(high)}` : `From ${scoreText(low)}`;
}

/**
 * Where a range begins and ends, in bins and parts of bins.
 *
 * @param {Filter} range
 * @param {Bins} bins
 * @returns {[number, number]}
 */
export function binsOf(range, { low, high, everything }) {
  const bin = (/** @type {number} */ value) => ((value - low) / (high - low || 1)) * everything.length;
  const from = typeof range.low === "number" ? bin(range.low) : 0;
  return [from, typeof range.high === "number" ? bin(range.high) : everything.length];
}

/**
 * The range of whole bins from one to another, whichever comes first; null for all of them. Rounded outwards, so that
 * short numbers stand in the link and no caption of the bins is lost.
 *
 * @param {number} one
 * @param {number} other
 * @param {Bins} bins
 * @returns {{ low: number | null, high: number | null } | null}
 */
export function rangeOf(one, other, { low, high, everything }) {
  const first = Math.min(one, other);
  const last = Math.max(one, other) + 1;
  if (first <= 0 && last >= everything.length) return null;
  const edge = (/** @type {number} */ bin) => low + ((high - low) * bin) / everything.length;
  return {
    low: first > 0 ? Math.floor(edge(first) * 1e4) / 1e4 : null,
    high: last < everything.length ? Math.ceil(edge(last) * 1e4) / 1e4 : null,
  };
}
