// The band: bars of all scores, the median, a tick for each picture that is shown, and the handle of the cutoff.

import { countOf } from "../shared/counting.js";
import { make, scoreText } from "../shared/drawing.js";
import { barsDrawing, drawBars, lineAt } from "../shared/score_bars.js";
import { pictureCount, placeOf, scoreAt, stepOf } from "./places.js";

/** @import { StripData } from "./data.d.ts" */

const HEIGHT = 56;
const TICK = 9;
const FAR = 10; // steps of Page Up and Page Down

export class Band {
  root = make("div", "band");
  svg = barsDrawing(HEIGHT);
  below = make("div", "below");
  handle = make("div", "handle");
  label = make("span", "at");
  /** @type {StripData | null} */
  data = null;
  /** The cutoff that is shown: dragged, or the server's; null for none. @type {number | null} */
  score = null;
  dragging = false;
  #moved;
  #left;

  /**
   * @param {(score: number) => void} moved while it is being moved
   * @param {() => void} left when the pointer lets go
   */
  constructor(moved, left) {
    this.#moved = moved;
    this.#left = left;
    this.handle.tabIndex = 0;
    this.handle.setAttribute("role", "slider");
    this.handle.setAttribute("aria-label", "Cutoff: pictures with lower scores are left out");
    this.handle.append(this.label);
    this.root.append(this.svg, this.below, this.handle);
    this.root.addEventListener("pointerdown", (event) => this.down(event));
    this.root.addEventListener("pointermove", (event) => this.drag(event));
    this.root.addEventListener("pointerup", () => this.up());
    this.root.addEventListener("pointercancel", () => this.up());
    this.handle.addEventListener("keydown", (event) => this.onKey(event));
  }

  /**
   * @param {StripData} data
   * @param {number | null} score where the handle stands
   */
  draw(data, score) {
    this.data = data;
    const { histogram, median, hits } = data;
    this.svg.setAttribute("aria-label", told(data));
    drawBars(this.svg, histogram, TICK + 3, [
      lineAt("median", median, histogram, TICK + 2, HEIGHT),
      ...hits.map((hit) => lineAt("tick", hit, histogram, 0, TICK)),
    ]);
    this.place(score);
  }

  /** Let the handle stand at a score. @param {number | null} score */
  place(score) {
    if (!this.data) return;
    const { histogram, best } = this.data;
    this.score = score;
    const share = score === null ? 0 : placeOf(score, histogram);
    this.handle.style.left = this.below.style.width = `${(100 * share).toFixed(2)}%`;
    this.handle.classList.toggle("none", score === null);
    this.handle.classList.toggle("late", share > 0.7);
    const belong =
      score === null ? "" : `${countOf(pictureCount(score, this.data), "picture")} from ${scoreText(score)}`;
    this.label.textContent = belong;
    this.handle.setAttribute("aria-valuemin", histogram.low.toFixed(3));
    this.handle.setAttribute("aria-valuemax", best.toFixed(3));
    this.handle.setAttribute("aria-valuenow", (score ?? histogram.low).toFixed(3));
    this.handle.setAttribute("aria-valuetext", belong || "No cutoff");
  }

  /** Move the cutoff by steps. @param {number} steps */
  step(steps) {
    if (!this.data) return;
    const { histogram, best } = this.data;
    // Without a cutoff the handle comes in just below the hits that are shown, where it would first change something.
    const from = this.score ?? Math.min(...this.data.hits, best);
    this.move(Math.min(best, Math.max(histogram.low, from + steps * stepOf(histogram))));
  }

  /** @param {number} score */
  move(score) {
    this.place(score);
    this.#moved(score);
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.data) return;
    event.preventDefault();
    this.root.setPointerCapture(event.pointerId);
    this.handle.focus({ preventScroll: true });
    this.dragging = true;
    this.drag(event);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.dragging || !this.data) return;
    const box = this.root.getBoundingClientRect();
    const score = scoreAt((event.clientX - box.left) / box.width, this.data.histogram);
    this.move(Math.min(score, this.data.best));
  }

  up() {
    if (!this.dragging) return;
    this.dragging = false;
    this.#left();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -FAR, PageUp: FAR }[event.key];
    if (!this.data || (steps === undefined && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    if (steps !== undefined) this.step(steps);
    else this.move(event.key === "Home" ? this.data.histogram.low : this.data.best);
  }
}

/** The drawing for those who do not see it. @param {StripData} data */
function told({ histogram: { low, high }, median: middle, hits }) {
  const ends = `${scoreText(low)} to ${scoreText(high)}`;
  return `Scores of all pictures, ${ends}, median ${scoreText(middle)}; ${countOf(hits.length, "picture")} shown`;
}
