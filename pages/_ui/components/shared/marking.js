// A text with some of its words set apart.

import { make } from "./drawing.js";
import { bare, piecesOf } from "./folding.js";

/**
 * The pieces of a text, each with whether its word is one of those that are meant.
 *
 * @param {string} text
 * @param {(word: string) => boolean} isMeant asked of each word, folded and bare
 * @returns {[string, boolean][]}
 */
export function markedPieces(text, isMeant) {
  return piecesOf(text).map((piece, place) => [piece, place % 2 === 1 && isMeant(bare(piece))]);
}

/**
 * The text as an element, built from text nodes.
 *
 * @param {string} className
 * @param {string} text
 * @param {((word: string) => boolean) | null} isMeant null where no word is
 */
export function markedLine(className, text, isMeant) {
  const line = make("span", className);
  if (isMeant === null) line.textContent = text;
  else for (const [piece, hit] of markedPieces(text, isMeant)) line.append(hit ? make("b", "", piece) : piece);
  return line;
}
