// Words as searches compare them: without case, accents, and differences of how letters are composed. The same as
// t2i_core/captions/words.py, so that what is marked is what was found; tests/js/folded_words.json holds both to it.

const WORD = /[\p{L}\p{N}_]+/gu;

/** Words and what is between them, by turns. A mark after a letter belongs to its word. */
const PIECES = /([\p{L}\p{N}\p{M}_]+)/u;

/**
 * One letter without its case. JavaScript knows no case folding, but what a letter is small again after it was large, it is
 * folded as well, except for these.
 *
 * @param {string} letter
 */
function caseless(letter) {
  if (letter === "\u0131") return letter; // ı: its large letter is that of i
  if (letter === "\u1e9e") return "ss"; // ẞ: large already, and so never "SS"
  if (/\p{Script=Cherokee}/u.test(letter)) return letter.toUpperCase(); // whose small letters came later
  // Letter by letter, because a Σ at the end of a word would become another small letter than elsewhere.
  return Array.from(letter.toUpperCase(), (one) => one.toLowerCase()).join("");
}

/** Text without differences of case and of how letters are composed. @param {string} text */
export function fold(text) {
  return Array.from(text.normalize("NFKC"), caseless).join("").normalize("NFKC");
}

/** Folded text without accents, because people leave them out when they type. @param {string} text */
export function bare(text) {
  return fold(text).normalize("NFKD").replace(/\p{M}/gu, "");
}

/**
 * The words of a text, folded and bare, in order.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function wordsOf(text) {
  return bare(text).match(WORD) ?? [];
}

/** A text in pieces that are words, at odd places, and what is between them. @param {string} text */
export function piecesOf(text) {
  return text.split(PIECES);
}
