// The switch that asks for the contrary of what is chosen in a facet.

import { textButton } from "../shared/drawing.js";

/** @import { Condition } from "./data.d.ts" */

/**
 * Put the switch into a facet; what is returned draws it.
 *
 * @param {HTMLElement} field
 * @param {string} title of the facet
 * @param {(negated: boolean) => void} turn
 */
export function contrary(field, title, turn) {
  let on = false;
  const button = textButton("not", "not", "Pictures that have none of these", () => turn(!on));
  button.setAttribute("aria-label", `not: ${title}`);
  button.hidden = true;
  field.firstElementChild?.after(button); // behind the legend, which names the part
  return (/** @type {Condition | undefined} */ condition) => {
    on = Boolean(condition?.negated);
    button.hidden = !condition;
    button.setAttribute("aria-pressed", String(on));
  };
}
