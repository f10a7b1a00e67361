// What every part of the panel stands in.

import { make } from "../shared/drawing.js";

/** @param {string} title */
export function fieldOf(title) {
  const field = make("fieldset");
  field.append(make("legend", "", title));
  return field;
}
