// Where several terms were asked: a score bar made of what each did for a picture, and the same in numbers.

import { make } from "./drawing.js";
import { hueOf } from "./term_colours.js";

/**
 * Parts of a bar, as long as what each term gave counts among all.
 *
 * @param {HTMLElement} fill the filled part of the score bar
 * @param {number[]} gave what each term gave beside what it gives a picture on average, in the query's order
 */
export function drawParts(fill, gave) {
  const whole = gave.reduce((sum, one) => sum + Math.abs(one), 0);
  const parts = gave.map((one, place) => {
    const part = make("span", `part ${hueOf(place)}`);
    part.classList.toggle("against", one < 0);
    part.style.flexGrow = String(whole ? Math.abs(one) / whole : 0);
    return part;
  });
  fill.replaceChildren(...parts);
}

/**
 * The same as a list.
 *
 * @param {number[]} gave
 * @param {string[]} terms
 */
export function partsList(gave, terms) {
  const list = make("ul", "parts");
  list.setAttribute("aria-label", "What each term gave, beside an average picture here");
  list.append(
    ...gave.map((one, place) => {
      const row = make("li", hueOf(place));
      row.append(make("span", "swatch"), make("span", "of", terms[place]), make("span", "number", signed(one)));
      return row;
    }),
  );
  return list;
}

/**
 * The same in words.
 *
 * @param {number[]} gave
 * @param {string[]} terms what each is called
 */
export function partsText(gave, terms) {
  const told = gave.map((one, place) => `${terms[place] ?? ""} ${signed(one)}`);
  return `What each term gave, beside an average picture here:\n${told.join("\n")}`;
}

/** @param {number} number */
function signed(number) {
  return `${number < 0 ? "\u2212" : "+"}${Math.abs(number).toFixed(3)}`;
}
