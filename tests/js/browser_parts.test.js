// Smaller logic of the components: recent queries, ranges of the histogram, filters in words, addresses, history.

import assert from "node:assert/strict";
import { test } from "node:test";
import { filterText } from "../../pages/_ui/components/caption_table/filter_fields.js";
import { binsOf, isRange, rangeOf } from "../../pages/_ui/components/caption_table/similarity_range.js";
import { loud } from "../../pages/_ui/components/page_keys/history.js";
import { moveInWords, moveSign } from "../../pages/_ui/components/picture_grid/card.js";
import { checked } from "../../pages/_ui/components/query_bar/recent_entry.js";
import { readable } from "../../pages/_ui/components/shared/detail/facts.js";
import { clampShape, scoreText } from "../../pages/_ui/components/shared/drawing.js";
import { stepOf, verdictOf } from "../../pages/_ui/components/shared/keys.js";

test("a recent query is what can be asked again, and nothing else of what was kept", () => {
  const kept = { key: "k", kind: "text", text: "a mill", label: "x", extra: 1, thumb: "javascript:alert(1)" };
  assert.deepEqual(checked(kept), { key: "k", kind: "text", label: "a mill", text: "a mill", thumb: "" });
  assert.deepEqual(checked({ key: "k", kind: "alike", ids: ["1.jpg"] })?.label, "1.jpg");
  for (const bad of [null, 5, "text", {}, { key: "k", kind: "text" }, { key: "k", kind: "odd", text: "a" }]) {
    assert.equal(checked(bad), null);
  }
  assert.equal(checked({ key: "k", kind: "alike", ids: Array(21).fill("1.jpg") }), null);
  assert.equal(checked({ key: "k", kind: "together", texts: ["a", ""] }), null);
  assert.equal(checked({ key: "k", kind: "text", text: "a".repeat(2001) }), null);
});

test("a range of bins holds every caption of the bins, and comes back as those bins", () => {
  const bins = { low: 0.1, high: 0.4, everything: Array(30).fill(1), shown: Array(30).fill(1) };
  assert.equal(rangeOf(29, 0, bins), null);
  const range = rangeOf(12, 5, bins);
  assert.ok(range && range.low !== null && range.high !== null);
  const [from, to] = binsOf(range, bins);
  assert.ok(from < 5.001 && from > 4.98 && to > 12.999 && to < 13.02);
  assert.deepEqual(rangeOf(0, 5, bins)?.low, null);
  assert.equal(isRange({ low: null, high: null }), false);
  assert.equal(isRange({ low: 0 }), true);
  assert.equal(isRange(undefined), false);
});

test("filters in words", () => {
  assert.equal(filterText({ text: "dog" }), "contains dog");
  assert.equal(filterText({ choices: ["a", "", "c", "d"] }), "a, (empty), c and 1 more");
  assert.equal(filterText({ low: 1, high: null }), "from 1");
  assert.equal(filterText({ low: null, high: 2 }), "up to 2");
  assert.equal(filterText({ low: 1, high: 2 }), "1 to 2");
});

test("numbers, shapes and addresses as a person reads them", () => {
  assert.deepEqual([0.3124, -0.05].map(scoreText), ["0.312", "\u22120.050"]);
  assert.deepEqual([clampShape(100, 10), clampShape(10, 100), clampShape(0, 5)], [3, 0.5, 1.33]);
  assert.equal(readable("https://a.org/f%C3%BCr"), "a.org/für");
  assert.equal(readable("https://a.org/%E0%A4%A"), "a.org/%E0%A4%A");
});

test("what is picked is no step of its own", () => {
  const address = (/** @type {string} */ text) => loud(new URL(text, "http://localhost"));
  assert.equal(address("/captions?words=dog&picked=1"), address("/captions?words=dog&picked=2"));
  assert.notEqual(address("/captions?words=dog"), address("/captions?words=cat"));
});

test("keys that judge, and keys that go back", () => {
  const key = (/** @type {string} */ name, more = {}) => /** @type {KeyboardEvent} */ ({ key: name, ...more });
  assert.deepEqual(
    ["+", "l", "-", "\u2212", "d", "x"].map((one) => verdictOf(key(one))),
    ["liked", "liked", "disliked", "disliked", "disliked", null],
  );
  assert.equal(verdictOf(key("d", { ctrlKey: true })), null);
  assert.equal(verdictOf(key("l", { repeat: true })), null); // a held key is one like
  assert.equal(stepOf(key("z", { ctrlKey: true })), "undo");
  assert.equal(stepOf(key("Z", { metaKey: true, shiftKey: true })), "redo");
  assert.equal(stepOf(key("z")), null);
});

test("how far a picture moved, as a sign and in words", () => {
  /** @type {(number | "new" | null)[]} */
  const moves = [12, -3, "new", 0, null, 1200];
  assert.deepEqual(
    moves.map((move) => moveSign(move)),
    ["▲12", "▼3", "new", "", "", "▲1,200"],
  );
  assert.deepEqual(
    moves.map((move) => moveInWords(move)),
    [", up 12", ", down 3", ", new", "", "", ", up 1200"],
  );
});
