// Which colour stands for which term of a query, on its chip and on cards (term_colours.css).

const COLOURS = 6;

/** The class that gives a term its colour. @param {number} place of the term in the query */
export function hueOf(place) {
  return `hue-${place % COLOURS}`;
}
