// A picture's tags, as dots.

import { make } from "../drawing.js";

/** Show a picture's tags. @param {HTMLElement} place @param {string[]} tags */
export function drawDots(place, tags) {
  place.title = tags.join(", ");
  place.replaceChildren(...tags.map(dot));
}

/** A dot in the tag's own colour. @param {string} tag */
function dot(tag) {
  const one = make("span", "dot");
  one.style.setProperty("--hue", String(hueOf(tag)));
  return one;
}

/** The same hue for the same tag everywhere. @param {string} tag */
export function hueOf(tag) {
  let sum = 7;
  for (const letter of tag) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 3607;
  return (sum * 47) % 360;
}
