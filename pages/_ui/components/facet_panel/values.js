// A facet of values: a box to tick for each, with how many pictures have it.

import { whole } from "../shared/counting.js";
import { make, textButton, textField } from "../shared/drawing.js";
import { fieldOf } from "./field.js";

/** @import { Condition, Facet, Part, Set, Value, ValuesFacet } from "./data.d.ts" */

const FEW = 6; // as many are shown before the rest is asked for

/**
 * @param {ValuesFacet} facet
 * @param {Set} set
 * @returns {Part}
 */
export function valuesPart(facet, set) {
  const field = fieldOf(facet.title);
  const list = make("div", "values");
  /** @type {Map<string, ReturnType<typeof valueRow>>} */
  const rows = new Map();
  let open = false;
  const rest = textButton("rest", "", "", () => {
    open = !open;
    fold();
    const first = [...rows.values()].find(({ label }, place) => open && place >= FEW && !label.hidden);
    first?.box.focus();
  });
  const tell = () => {
    const values = [...rows].filter(([, { box }]) => box.checked).map(([value]) => value);
    set(values.length ? { field: facet.field, values } : null);
  };
  const fold = () => {
    const all = [...rows.values()];
    const foldable = all.length > FEW + 1; // "and 1 more" would take the place of that one
    all.forEach(({ label, box }, place) => {
      label.hidden = foldable && !open && place >= FEW && !box.checked;
    });
    const more = all.filter(({ label }) => label.hidden).length;
    rest.textContent = open ? "Show fewer" : `and ${whole(more)} more`;
    rest.setAttribute("aria-expanded", String(open));
    rest.hidden = !foldable || (!open && !more);
  };
  const other = otherValue(facet, (value) => {
    add({ value, gallery: 0, hits: 0 }).box.checked = true;
    tell();
  });
  const add = (/** @type {Value} */ value) => {
    const row = rows.get(value.value) ?? valueRow(value.value, tell);
    if (!rows.has(value.value)) list.append(row.label);
    rows.set(value.value, row);
    return row;
  };
  field.append(list, rest, other);
  /** @type {Part["show"]} */
  const show = (now, condition, shown) => {
    const { values, more } = /** @type {ValuesFacet} */ (now);
    const most = Math.max(1, ...values.map(({ gallery }) => gallery));
    for (const value of values) add(value).count(value, shown, most);
    for (const value of condition?.values ?? []) if (!rows.has(value)) add({ value, gallery: 0, hits: 0 });
    for (const [value, { box }] of rows) box.checked = condition?.values?.includes(value) ?? false;
    other.hidden = !more;
    fold();
  };
  return { field, show };
}

/**
 * @param {string} value
 * @param {() => void} tell
 */
function valueRow(value, tell) {
  const label = make("label");
  const box = make("input");
  const name = make("span", "name-of", value || "(empty)");
  const hits = make("span", "hits");
  const times = make("span", "times");
  box.type = "checkbox";
  name.title = value;
  box.addEventListener("change", tell);
  for (const one of [hits, times]) one.setAttribute("aria-hidden", "true");
  label.append(box, name, hits, times);
  /** @param {Value} value @param {number | null} shown @param {number} most */
  const count = ({ gallery, hits: found }, shown, most) => {
    hits.textContent = shown === null ? "" : whole(found);
    hits.classList.toggle("some", found > 0);
    times.textContent = whole(gallery);
    label.style.setProperty("--share", `${(100 * gallery) / most}%`);
    const of = shown === null ? "" : `${whole(found)} of those shown, `;
    label.title = `${of}${whole(gallery)} in the gallery`;
    box.setAttribute("aria-label", `${value || "(empty)"}, ${label.title}`);
  };
  return { label, box, count };
}

/**
 * A field for a value that is not among those offered.
 *
 * @param {Facet} facet
 * @param {(value: string) => void} take
 */
function otherValue({ title }, take) {
  const input = textField();
  input.placeholder = "another value";
  input.setAttribute("aria-label", `${title}, another value`);
  input.addEventListener("change", () => {
    const value = input.value.trim();
    input.value = "";
    if (value) take(value);
  });
  return input;
}
