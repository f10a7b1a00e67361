// Numbers of things in sentences, as `count_of` in t2i_core/errors.py writes them.

/**
 * @param {number} number
 * @param {string} noun
 */
export function countOf(number, noun) {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** A whole number with its thousands set apart. @param {number} number */
export function whole(number) {
  return Math.round(number).toLocaleString("en-US");
}
