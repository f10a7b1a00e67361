// What is known of a picture's file, as pairs of a name and a value.

import { make } from "../drawing.js";

/** @import { Known } from "./data.d.ts" */

/**
 * @param {string} id
 * @param {Known | undefined} known
 * @returns {HTMLElement[]}
 */
export function factsOf(id, known) {
  /** @type {[string, string][]} */
  const facts = known ? known.facts : [["File", id]];
  return facts.flatMap(([name, value]) => [make("dt", "", name), factValue(value)]);
}

/** @param {string} value */
function factValue(value) {
  const cell = make("dd");
  if (/^https:\/\//.test(value)) {
    const link = make("a", "", readable(value));
    link.href = value;
    link.target = "_blank";
    link.rel = "noreferrer noopener";
    cell.append(link);
  } else cell.textContent = value;
  return cell;
}

/** A web address as a person reads it. @param {string} address */
export function readable(address) {
  const short = address.replace(/^https:\/\//, "");
  try {
    return decodeURIComponent(short);
  } catch {
    return short;
  }
}
