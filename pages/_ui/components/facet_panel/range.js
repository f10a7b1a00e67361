// A facet of numbers or days: how they lie, and two fields for the ends of a range.

import { make, SVG } from "../shared/drawing.js";
import { focusedBeside } from "../shared/keys.js";
import { dayOf, dayText, endOf, shareOf } from "./ends.js";
import { fieldOf } from "./field.js";

/** @import { Condition, Part, RangeFacet, Set } from "./data.d.ts" */

const HEIGHT = 28;

/**
 * @param {RangeFacet} facet
 * @param {Set} set
 * @returns {Part}
 */
export function rangePart(facet, set) {
  const field = fieldOf(facet.title);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const [low, high] = [endField(facet, "at least"), endField(facet, "at most")];
  for (const input of [low, high]) {
    input.addEventListener("change", () => {
      const [at_least, at_most] = [endOf(low.value, facet.day), endOf(high.value, facet.day)];
      const ends = { ...(at_least === null ? {} : { at_least }), ...(at_most === null ? {} : { at_most }) };
      set(at_least === null && at_most === null ? null : { field: facet.field, ...ends });
    });
  }
  const line = make("div", "range-line");
  line.append(low, make("span", "to", "to"), high);
  field.append(svg, line);
  /** @type {Part["show"]} */
  const show = (now, condition) => {
    const range = /** @type {RangeFacet} */ (now);
    drawBars(svg, range, condition);
    const focused = focusedBeside(field);
    const text = (/** @type {number | undefined} */ end) =>
      end === undefined ? "" : facet.day ? dayText(end) : String(end);
    if (focused !== low) low.value = text(condition?.at_least);
    if (focused !== high) high.value = text(condition?.at_most);
  };
  return { field, show };
}

/**
 * @param {RangeFacet} facet
 * @param {"at least" | "at most"} which
 */
function endField({ title, day, low, high, whole }, which) {
  const input = make("input");
  const end = which === "at least" ? low : high;
  input.type = day ? "date" : "number";
  if (day) [input.min, input.max] = [dayText(low), dayText(high)];
  else input.step = whole ? "1" : "any";
  input.placeholder = String(Math.round(end * 1e3) / 1e3);
  if (day) input.title = `${which} ${dayText(end)}`;
  input.setAttribute("aria-label", `${title}, ${which}`);
  return input;
}

/**
 * The gallery in grey, the hits over it in colour on a scale of their own, and what is left out faded.
 *
 * @param {SVGElement} svg
 * @param {RangeFacet} facet
 * @param {Condition | undefined} condition
 */
function drawBars(svg, { low, high, day, gallery, hits }, condition) {
  svg.setAttribute("viewBox", `0 0 ${gallery.length} ${HEIGHT}`);
  const place = (/** @type {number} */ end) =>
    gallery.length * (day ? shareOf(dayOf(end), dayOf(low), dayOf(high)) : shareOf(end, low, high));
  const from = condition?.at_least === undefined ? 0 : place(condition.at_least);
  const to = condition?.at_most === undefined ? gallery.length : place(condition.at_most);
  const bars = [];
  for (const [name, counts] of /** @type {const} */ ([
    ["all", gallery],
    ["these", hits],
  ])) {
    const most = Math.max(1, ...counts);
    for (const [at, count] of counts.entries()) {
      const within = at + 1 > from && at < to;
      if (count) bars.push(bar(within === !condition?.negated || !condition ? name : `${name} out`, at, count / most));
    }
  }
  svg.replaceChildren(...bars);
}

/**
 * @param {string} name
 * @param {number} at
 * @param {number} share of the tallest
 */
function bar(name, at, share) {
  const height = Math.max(1.5, Math.sqrt(share) * HEIGHT * (name.startsWith("these") ? 0.6 : 1));
  const one = document.createElementNS(SVG, "rect");
  one.setAttribute("class", name);
  const places = { x: at + 0.08, width: 0.84, y: HEIGHT - height, height };
  for (const [attribute, value] of Object.entries(places)) one.setAttribute(attribute, String(value));
  return one;
}
