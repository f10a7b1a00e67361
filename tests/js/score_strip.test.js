// Places on the score strip: scores and back, a dragged cutoff as links hold it, and how many pictures lie above one.

import assert from "node:assert/strict";
import { test } from "node:test";

const { cutBelowBest, pictureCount, placeOf, scoreAt, stepOf } = await import(
  "../../pages/_ui/components/score_strip/places.js"
);

const histogram = { low: 0.1, high: 0.5, counts: [40, 30, 20, 10], pictures: 100, of: 1000 };
const data = /** @type {any} */ ({ histogram, best: 0.5, hits: [0.5, 0.48, 0.45] });

test("a score and its place are one", () => {
  for (const score of [0.1, 0.234, 0.5])
    assert.ok(Math.abs(scoreAt(placeOf(score, histogram), histogram) - score) < 1e-12);
  assert.equal(placeOf(0, histogram), 0);
  assert.equal(placeOf(1, histogram), 1);
  assert.equal(scoreAt(2, histogram), 0.5);
  assert.equal(placeOf(0.2, { ...histogram, low: 0.2, high: 0.2 }), 0);
});

test("a dragged cutoff says how far below the best it lies", () => {
  assert.equal(cutBelowBest(0.457, data), "best-0.043");
  assert.equal(cutBelowBest(0.5, data), "best-0.001");
  assert.equal(cutBelowBest(0.1, data), "");
});

test("pictures that are shown are counted, others told by the bars", () => {
  assert.equal(pictureCount(0.46, data), 2);
  assert.equal(pictureCount(0.4, data), 100);
  assert.equal(pictureCount(0.35, data), 200);
  assert.equal(pictureCount(0.1, data), 1000);
  assert.equal(pictureCount(0.451, { ...data, hits: [] }), 49);
});

test("a key moves by a visible step, and never by less than links can hold", () => {
  assert.equal(stepOf(histogram), 0.002);
  assert.equal(stepOf({ ...histogram, low: 0.499 }), 0.001);
});
