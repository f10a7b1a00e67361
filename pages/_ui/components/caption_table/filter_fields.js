// The field of one column's filter: two numbers, some of its values, or a text.

import { whole } from "../shared/counting.js";
import { make, textButton } from "../shared/drawing.js";
import { focusedBeside } from "../shared/keys.js";

/** @import { Column, Filter } from "./data.d.ts" */

/** @typedef {(filter: Filter | null) => void} Set */
/** @typedef {(filter: Filter) => void} Show */

const FEW_CHOICES = 6; // as many are shown before the rest is asked for

/**
 * @param {Column} column
 * @param {Set} set takes what a person chose
 */
export function filterField(column, set) {
  const field = make("fieldset");
  const legend = make("legend", "", column.label);
  legend.title = column.help;
  field.append(legend);
  const fill = column.kind === "number" ? fillRange : column.kind === "choice" ? fillChoice : fillText;
  return { field, show: fill(field, column, set) };
}

/** A filter in words. @param {Filter} filter */
export function filterText({ text, choices, low, high }) {
  if (text) return `contains ${text}`;
  if (choices?.length) {
    const few = choices.slice(0, 3).map((one) => one || "(empty)");
    return choices.length > 3 ? `${few.join(", ")} and ${choices.length - 3} more` : few.join(", ");
  }
  if (typeof low !== "number") return `up to ${high}`;
  return typeof high === "number" ? `${low} to ${high}` : `from ${low}`;
}

/**
 * @param {HTMLElement} field
 * @param {Column} column
 * @param {Set} set
 * @returns {Show}
 */
function fillRange(field, column, set) {
  if (column.low === null || column.high === null) {
    field.append(make("p", "quiet", "Not known"));
    return () => {};
  }
  const low = numberField(`${column.label}, at least`, column.low);
  const high = numberField(`${column.label}, at most`, column.high);
  for (const input of [low, high]) {
    input.addEventListener("change", () => {
      const range = { low: numberIn(low), high: numberIn(high) };
      set(range.low === null && range.high === null ? null : range);
    });
  }
  const line = make("div", "range-line");
  line.append(low, make("span", "quiet", "to"), high);
  field.append(line);
  return (filter) => {
    const focused = focusedBeside(field);
    if (focused !== low) low.value = typeof filter.low === "number" ? short(filter.low) : "";
    if (focused !== high) high.value = typeof filter.high === "number" ? short(filter.high) : "";
  };
}

/**
 * @param {string} label
 * @param {number} least
 */
function numberField(label, least) {
  const input = make("input");
  input.type = "number";
  input.step = "any";
  input.placeholder = short(least);
  input.setAttribute("aria-label", label);
  return input;
}

/** @param {HTMLInputElement} input */
function numberIn(input) {
  return input.value.trim() === "" || !Number.isFinite(Number(input.value)) ? null : Number(input.value);
}

/** @param {number} number */
function short(number) {
  return String(Math.round(number * 1e4) / 1e4);
}

/**
 * @param {HTMLElement} field
 * @param {Column} column
 * @param {Set} set
 * @returns {Show}
 */
function fillChoice(field, column, set) {
  const list = make("div", "choices");
  const boxes = column.choices.map(([text, count]) => choiceBox(text, count));
  for (const { box } of boxes) {
    box.addEventListener("change", () => {
      const choices = boxes.filter((one) => one.box.checked).map((one) => one.text);
      set(choices.length ? { choices } : null);
    });
  }
  list.append(...boxes.map(({ label }) => label));
  field.append(list);
  let open = boxes.length <= FEW_CHOICES + 1; // "and 1 more" would take the place of that one
  const show = () => {
    boxes.forEach(({ box, label }, place) => {
      label.hidden = !open && place >= FEW_CHOICES && !box.checked;
    });
    const more = boxes.filter(({ label }) => label.hidden).length;
    rest.textContent = open ? "Show fewer" : `and ${whole(more)} more`;
    rest.title = open ? "Show only those with the most captions" : `Show all ${whole(boxes.length)}`;
    rest.setAttribute("aria-expanded", String(open));
    rest.hidden = !open && !more;
  };
  const rest = textButton("text-button rest", "", "", () => {
    open = !open;
    show();
    if (open) boxes.find(({ label }, place) => place >= FEW_CHOICES && !label.hidden)?.box.focus();
  });
  if (!open) field.append(rest);
  return ({ choices = [] }) => {
    for (const { text, box } of boxes) box.checked = choices.includes(text);
    show();
  };
}

/**
 * @param {string} text
 * @param {number} count
 */
function choiceBox(text, count) {
  const label = make("label");
  const box = make("input");
  box.type = "checkbox";
  label.append(box, make("span", "name-of", text || "(empty)"), make("span", "times", whole(count)));
  return { text, box, label };
}

/**
 * @param {HTMLElement} field
 * @param {Column} column
 * @param {Set} set
 * @returns {Show}
 */
function fillText(field, column, set) {
  const input = make("input");
  input.type = "search";
  input.placeholder = "contains";
  input.setAttribute("aria-label", `${column.label} contains`);
  input.addEventListener("change", () => set(input.value.trim() ? { text: input.value.trim() } : null));
  field.append(input);
  return (filter) => {
    if (focusedBeside(field) !== input) input.value = filter.text || "";
  };
}
