// Scores as places on the strip and the other way round, and how many pictures lie above one.

export { placeOf } from "../shared/score_bars.js";

/** @import { Bins, StripData } from "./data.d.ts" */

const STEPS = 200;
const ROUNDED = 1e-6; // as the server rounds scores
const FINEST = 0.001; // of a score: links and labels have three places

/** The score at a place. @param {number} place @param {Bins} bins */
export function scoreAt(place, { low, high }) {
  return low + Math.min(1, Math.max(0, place)) * (high - low);
}

/** How far a key moves a cutoff. @param {Bins} bins */
export function stepOf({ low, high }) {
  return Math.max(FINEST, (high - low) / STEPS);
}

/**
 * A cutoff so far below the best as a person dragged it, as links hold it; empty at the lower end, where nothing is cut.
 *
 * @param {number} score
 * @param {StripData} data
 */
export function cutBelowBest(score, { best, histogram }) {
  if (score <= histogram.low + FINEST / 2) return "";
  return `best-${Math.max(FINEST, best - score).toFixed(3)}`;
}

/**
 * About how many pictures of the gallery score as much: hits are counted, the rest told by the bins.
 *
 * @param {number} score
 * @param {StripData} data
 */
export function pictureCount(score, { hits, histogram }) {
  const shown = hits.filter((one) => one >= score - ROUNDED).length;
  if (shown < hits.length) return shown;
  const { low, high, counts, pictures, of } = histogram;
  const width = (high - low) / counts.length || 1;
  const above = counts.reduce((sum, count, bin) => {
    const part = (low + (bin + 1) * width - score) / width;
    return sum + count * Math.min(1, Math.max(0, part));
  }, 0);
  return Math.max(shown, Math.round((above * of) / Math.max(1, pictures)));
}
