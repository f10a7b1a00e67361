// The histogram of how well captions fit their pictures, with a range to drag.

import { countOf, whole } from "../shared/counting.js";
import { make, SVG, scoreText } from "../shared/drawing.js";
import { binsOf, isRange, rangeOf, rangeText } from "./similarity_range.js";

/** @import { CaptionTable } from "./caption_table.js" */
/** @import { Bins, TableData, View } from "./data.d.ts" */

const HEIGHT = 72;
const TITLE_HELP =
  "Cosine similarity of each caption to its own picture. The worst, at the left, may be labelling errors.";
const SCALE_HELP =
  "Four times the captions make a bar twice as tall, so that the few at the ends can be seen beside the many in the middle.";

export class Histogram {
  root = make("section", "chart");
  scale = make("p", "scale");
  plot = make("div", "plot");
  svg = document.createElementNS(SVG, "svg");
  cover = make("div", "cover");
  tip = make("div", "tip");
  axis = make("div", "axis");
  unknown = make("div", "unknown-fit");
  /** @type {Bins | null} */
  bins = null;
  /** @type {View["filters"]} */
  filters = {};
  /** @type {{ from: number, to: number, moved: boolean } | null} */
  drag = null;
  #table;

  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    const title = make("h2", "", "How well captions fit their pictures");
    title.title = TITLE_HELP;
    this.scale.title = SCALE_HELP;
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    this.tip.hidden = true;
    this.plot.append(this.svg, this.cover, this.tip);
    this.root.append(title, this.scale, this.plot, this.axis, this.unknown);
    this.plot.addEventListener("pointerdown", (event) => this.down(event));
    this.plot.addEventListener("pointermove", (event) => this.move(event));
    this.plot.addEventListener("pointerup", () => this.up());
    this.plot.addEventListener("pointercancel", () => this.cancel());
    this.plot.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
  }

  /** The range that is kept, if one is. */
  get range() {
    return isRange(this.filters.similarity) ? this.filters.similarity : null;
  }

  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw({ histogram, unknown }, { filters }) {
    this.bins = histogram;
    this.filters = filters;
    this.root.hidden = !histogram && !unknown;
    this.plot.hidden = this.axis.hidden = this.scale.hidden = !histogram;
    this.unknown.hidden = !unknown;
    this.unknown.replaceChildren();
    if (unknown) this.unknown.append(make("p", "", unknown.message));
    if (unknown?.fix) this.unknown.append(make("p", "fix", unknown.fix));
    if (!histogram) return;
    const { everything, low, high } = histogram;
    this.scale.textContent = `Square-root scale, tallest bar ${countOf(tallest(histogram), "caption")}`;
    this.svg.setAttribute("viewBox", `0 0 ${everything.length} ${HEIGHT}`);
    this.svg.setAttribute("aria-label", `Histogram of similarity, ${low.toFixed(3)} to ${high.toFixed(3)}`);
    const hint = this.range ? `${rangeText(this.range)}. Click to take it off` : "Drag across to keep a range";
    const ends = [make("span", "", scoreText(low)), make("span", "", scoreText(high))];
    this.axis.replaceChildren(ends[0], make("span", "hint", hint), ends[1]);
    this.drawRange(histogram);
  }

  /**
   * From which bin to which: what is being dragged, also when new data comes meanwhile, else what is kept.
   *
   * @param {Bins} bins
   */
  binsInRange(bins) {
    if (!this.drag?.moved) return this.range && binsOf(this.range, bins);
    const { from, to } = this.drag;
    return [Math.min(from, to), Math.max(from, to) + 1];
  }

  /**
   * The bars, in colour within the range and grey outside of it, and the frame around the range.
   *
   * @param {Bins} histogram
   */
  drawRange(histogram) {
    const range = this.binsInRange(histogram);
    const { everything, shown } = histogram;
    const [from, to] = range ?? [0, everything.length];
    const most = tallest(histogram);
    const bars = everything.flatMap((count, bin) => bar("all", bin, count / most));
    shown.forEach((count, bin) => {
      bars.push(...bar("outside", bin, count / most, 0, from - bin));
      bars.push(...bar("these", bin, count / most, from - bin, to - bin));
      bars.push(...bar("outside", bin, count / most, to - bin, 1));
    });
    this.svg.replaceChildren(...bars);
    this.cover.hidden = !range;
    if (!range) return;
    const part = (/** @type {number} */ bin) => Math.min(1, Math.max(0, bin / everything.length)) * 100;
    this.cover.style.left = `${part(from)}%`;
    this.cover.style.width = `${Math.max(0.4, part(to) - part(from))}%`;
  }

  /**
   * @param {PointerEvent} event
   * @param {Bins} bins
   */
  binAt(event, { everything: { length } }) {
    const box = this.plot.getBoundingClientRect();
    return Math.min(length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * length)));
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.bins) return;
    event.preventDefault();
    this.plot.setPointerCapture(event.pointerId);
    const bin = this.binAt(event, this.bins);
    this.drag = { from: bin, to: bin, moved: false };
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.bins) return;
    const bin = this.binAt(event, this.bins);
    this.showTip(bin, this.bins);
    if (!this.drag) return;
    this.drag.to = bin;
    this.drag.moved = true;
    this.drawRange(this.bins);
  }

  up() {
    if (!this.drag || !this.bins) return;
    const { from, to } = this.drag;
    this.drag = null;
    const { similarity: _, ...filters } = this.filters;
    const clickedOff = from === to && this.range;
    const range = clickedOff ? null : rangeOf(from, to, this.bins);
    this.#table.ask({ filters: range ? { ...filters, similarity: range } : filters, page: 1 });
  }

  cancel() {
    this.drag = null;
    if (this.bins) this.drawRange(this.bins);
  }

  /**
   * @param {number} bin
   * @param {Bins} bins
   */
  showTip(bin, { low, high, everything, shown }) {
    const width = (high - low) / everything.length;
    const all = everything[bin];
    const of = shown[bin] === all ? "" : `${whole(shown[bin])} of `;
    const range = `${scoreText(low + bin * width)} to ${scoreText(low + (bin + 1) * width)}`;
    this.tip.textContent = `${range}: ${of}${countOf(all, "caption")}`;
    this.tip.hidden = false;
    this.tip.style.left = `${Math.min(78, Math.max(22, ((bin + 0.5) / everything.length) * 100))}%`;
  }
}

/** @param {Bins} bins */
function tallest({ everything }) {
  return Math.max(1, ...everything);
}

/**
 * A bar of one bin, or the part of it between two edges; none where nothing is to be seen.
 *
 * @param {string} name
 * @param {number} bin
 * @param {number} share of the tallest bar's count
 * @param {number} [left]
 * @param {number} [right]
 */
function bar(name, bin, share, left = 0, right = 1) {
  const [start, end] = [Math.max(0.06, left), Math.min(0.94, right)];
  if (!share || end <= start) return [];
  const height = Math.max(1.5, Math.sqrt(share) * HEIGHT);
  const one = document.createElementNS(SVG, "rect");
  const places = { x: bin + start, width: end - start, y: HEIGHT - height, height };
  one.setAttribute("class", name);
  for (const [attribute, value] of Object.entries(places)) one.setAttribute(attribute, String(value));
  return [one];
}
