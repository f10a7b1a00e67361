// The lines below the field: recent queries as long as nothing is typed, else captions that hold what is.

import { CROSS, LENS, lines, make } from "../shared/drawing.js";
import { fold, wordsOf } from "../shared/folding.js";

/** @import { Option, Recent, Suggestions } from "./data.d.ts" */

const CLOCK = ["M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z", "M12 8v4.5l3 1.5"];

/**
 * @param {string} text what is typed, without space around it
 * @param {Suggestions | undefined} suggestions the newest that came
 * @param {Recent[]} recent
 * @returns {Option[]}
 */
export function optionsFor(text, suggestions, recent) {
  if (!text) {
    const asked = recent.map((one) => ({ text: one.label, recent: one }));
    return asked.length ? [...asked, { text: "Forget these queries", forget: true }] : [];
  }
  const { text: of, items } = suggestions || { text: "", items: [] };
  // Suggestions for the words typed a moment ago stay until the next ones come.
  const near = of && fold(text).startsWith(fold(of));
  if (!near && of !== text) return [];
  return items.filter((one) => one !== text).map((one) => ({ text: one }));
}

/**
 * Which line is picked out after an arrow; -1 is the field itself, which lies between the last line and the first.
 *
 * @param {number} active
 * @param {1 | -1} step
 * @param {number} count
 */
export function stepped(active, step, count) {
  const to = active < 0 && step < 0 ? count - 1 : (active + step + count + 1) % (count + 1);
  return to === count ? -1 : to;
}

/**
 * Which words of a suggestion are those that are typed; the last may be half a word still.
 *
 * @param {string} typed
 * @returns {((word: string) => boolean) | null}
 */
export function typedWords(typed) {
  const words = wordsOf(typed);
  const last = words.at(-1);
  return last === undefined ? null : (word) => words.includes(word) || word.startsWith(last);
}

/** What stands before a line of the list: a query's own picture, else what kind of line it is. @param {Option} option */
export function optionSign(option) {
  if (!option.recent?.thumb) return lines(option.forget ? CROSS : option.recent ? CLOCK : LENS);
  const image = make("img");
  image.alt = "";
  image.src = option.recent.thumb;
  return image;
}
