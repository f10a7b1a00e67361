// Words of captions as a filter.

import { make, textField } from "../shared/drawing.js";
import { focusedBeside } from "../shared/keys.js";
import { fieldOf } from "./field.js";

/** @import { Condition, Set } from "./data.d.ts" */

/** @param {Set} set */
export function wordsPart(set) {
  const field = fieldOf("Words in captions");
  const input = textField();
  input.type = "search";
  input.placeholder = 'dog "red hat" -snow';
  input.setAttribute("aria-label", "Words in captions");
  input.addEventListener("change", () => {
    const said = input.value.trim();
    set(said ? { field: "words", values: [said] } : null);
  });
  field.append(input, make("span", "unseen", "As on the Captions page"));
  const show = (/** @type {Condition | undefined} */ condition) => {
    if (focusedBeside(field) !== input) input.value = condition?.values?.[0] ?? "";
  };
  return { field, show };
}
