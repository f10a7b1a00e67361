// Weights of terms: what keys, drags and typing make of them, and how they are told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checked } from "../../pages/_ui/components/query_bar/recent_entry.js";
import {
  beginsWeight,
  dragged,
  pushed,
  spokenWeight,
  typedWeight,
  weightText,
} from "../../pages/_ui/components/query_bar/weights.js";
import { partsText } from "../../pages/_ui/components/shared/term_bar.js";

test("keys push a weight and stop at two", () => {
  assert.equal(pushed(1, "ArrowRight"), 1.25);
  assert.equal(pushed(0.25, "ArrowDown"), 0);
  assert.equal(pushed(0, "ArrowLeft"), -0.25);
  assert.equal(pushed(2, "ArrowUp"), 2);
  assert.equal(pushed(-1.5, "PageDown"), -2);
  assert.deepEqual([pushed(1, "Home"), pushed(-1, "End")], [-2, 2]);
  assert.deepEqual([pushed(1, "a"), pushed(1, "Tab")], [null, null]);
});

test("a drag goes both ways in steps and stops at two", () => {
  assert.deepEqual(
    [dragged(1, 0), dragged(1, 14), dragged(1, -70), dragged(1, 900), dragged(1, -900)],
    [1, 1.25, -0.25, 2, -2],
  );
});

test("what is typed is a number from minus two to two, or nothing", () => {
  assert.deepEqual(
    ["1.5", ".5", "-0.75", "\u22121", "0,3", "×2", "9", "-9"].map(typedWeight),
    [1.5, 0.5, -0.75, -1, 0.3, 2, 2, -2],
  );
  assert.deepEqual(["", "-", "dog", "1e9", "--1", "Infinity"].map(typedWeight), Array(6).fill(null));
  assert.ok(Object.is(typedWeight("-0"), 0));
  assert.deepEqual(["1", "-", ".", "x", "Enter", "10"].map(beginsWeight), [true, true, true, false, false, false]);
});

test("weights as they are seen and heard", () => {
  assert.deepEqual([1, 0.5, -0.5, 0].map(weightText), ["×1", "×0.5", "\u22120.5", "off"]);
  assert.deepEqual([2, -1, 0].map(spokenWeight), ["weight 2", "less of it, weight minus 1", "muted"]);
});

test("recent terms are kept by their typed form", () => {
  const kept = { key: "k", kind: "terms", text: "dog - cat", label: "dog - cat", thumb: "" };
  assert.deepEqual(checked(kept), kept);
  assert.equal(checked({ key: "k", kind: "terms", text: 3 }), null);
});

test("what each term gave, in words", () => {
  assert.match(partsText([0.0341, -0.012], ["dog", "cat"]), /\ndog \+0\.034\ncat \u22120\.012$/);
});
