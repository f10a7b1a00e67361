// Selecting a range, and tags as they are shown before the server has answered.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hueOf } from "../../pages/_ui/components/picture_grid/card.js";
import { between, tagsWith } from "../../pages/_ui/components/picture_grid/selection.js";

const ORDER = ["a", "b", "c", "d"];

test("a range goes both ways, and is one picture where it begins nowhere", () => {
  assert.deepEqual(between(ORDER, "b", "d"), ["b", "c", "d"]);
  assert.deepEqual(between(ORDER, "d", "b"), ["b", "c", "d"]);
  assert.deepEqual(between(ORDER, "b", "b"), ["b"]);
  assert.deepEqual(between(ORDER, null, "c"), ["c"]);
  assert.deepEqual(between(ORDER, "gone", "c"), ["c"]);
});

test("tags are those of the server, and what was wished since, in order", () => {
  const of = "dataset";
  const give = { number: 1, of, ids: ["a", "b"], tag: "keep" };
  const take = { number: 2, of, ids: ["a"], tag: "keep", taken: true };
  assert.deepEqual(tagsWith(["cover"], [give], "a"), ["cover", "keep"]);
  assert.deepEqual(tagsWith(["cover"], [give, take], "a"), ["cover"]);
  assert.deepEqual(tagsWith(["keep"], [take], "b"), ["keep"]);
  assert.deepEqual(tagsWith([], [{ number: 3, of, undo: true }], "a"), []);
});

test("a tag has one colour everywhere, and tags differ", () => {
  assert.equal(hueOf("keep"), hueOf("keep"));
  const hues = ["keep", "cover", "no", "boats", "for the cover"].map(hueOf);
  assert.equal(new Set(hues).size, hues.length);
  for (const hue of hues) assert.ok(hue >= 0 && hue < 360);
});
