// Which words are set apart: those that were typed, and those that were found.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toggled } from "../../pages/_ui/components/caption_table/leading_words.js";
import { meant } from "../../pages/_ui/components/caption_table/row.js";
import { optionsFor, stepped, typedWords } from "../../pages/_ui/components/query_bar/options.js";
import { markedPieces } from "../../pages/_ui/components/shared/marking.js";

/**
 * The words of a text that are set apart.
 *
 * @param {string} text
 * @param {((word: string) => boolean) | null} isMeant
 */
const marked = (text, isMeant) =>
  markedPieces(text, isMeant ?? (() => false)).flatMap(([piece, hit]) => (hit ? [piece] : []));

test("typed words are set apart, the last also as a beginning", () => {
  assert.deepEqual(marked("A STRASSE, a street: Straßen", typedWords("straße")), ["STRASSE", "Straßen"]);
  assert.deepEqual(marked("The red dog and a reddish doghouse", typedWords("red do")), ["red", "dog", "doghouse"]);
  assert.equal(typedWords("  "), null);
});

test("the pieces of a text are the text", () => {
  for (const text of ["", "one", " red-haired, don't! ", "cafe\u0301 au lait"]) {
    const pieces = markedPieces(text, () => true).map(([piece]) => piece);
    assert.equal(pieces.join(""), text);
  }
  assert.deepEqual(
    marked("cafe\u0301 au lait", (word) => word === "cafe"),
    ["cafe\u0301"],
  );
});

test("found words are whole words, beginnings or parts", () => {
  const text = "A Café dog beside two dogs and a hotdog";
  assert.deepEqual(marked(text, meant([{ word: "dog", how: "word" }])), ["dog"]);
  assert.deepEqual(marked(text, meant([{ word: "dog", how: "beginning" }])), ["dog", "dogs"]);
  assert.deepEqual(marked(text, meant([{ word: "dog", how: "part" }])), ["dog", "dogs", "hotdog"]);
  assert.deepEqual(marked(text, meant([{ word: "cafe", how: "word" }])), ["Café"]);
  assert.equal(meant([]), null);
});

test("a clicked word comes and goes, however it was typed", () => {
  assert.equal(toggled("dog", "snow", false), "dog snow");
  assert.equal(toggled("dog", "snow", true), "dog -snow");
  assert.equal(toggled("dog Straße", "strasse", false), "dog");
});

test("suggestions stay while the same words are typed on, and recent queries stand where nothing is", () => {
  const suggestions = { text: "Straß", items: ["a street", "Strasse im Regen"] };
  assert.deepEqual(
    optionsFor("STRASSE", suggestions, []).map((one) => one.text),
    suggestions.items,
  );
  assert.deepEqual(optionsFor("dog", suggestions, []), []);
  assert.deepEqual(optionsFor("a street", { text: "a street", items: ["a street"] }, []), []);
  const recent = { key: "1", kind: "text", label: "a mill", text: "a mill", thumb: "" };
  assert.deepEqual(
    optionsFor("", suggestions, [recent]).map((one) => [one.text, Boolean(one.forget)]),
    [
      ["a mill", false],
      ["Forget these queries", true],
    ],
  );
});

test("arrows go round through the field itself", () => {
  /** @type {number[]} */
  const down = [];
  for (let i = 0; i < 4; i += 1) down.push(stepped(down.at(-1) ?? -1, 1, 3));
  assert.deepEqual(down, [0, 1, 2, -1]);
  assert.equal(stepped(-1, -1, 3), 2);
  assert.equal(stepped(0, -1, 3), -1);
});
