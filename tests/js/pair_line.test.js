// The line between two cards of lists side by side: from near side to near side, none where they stand below each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { areApart, shapeOf } from "../../pages/_ui/components/picture_grid/pair_line.js";

const ROOM = { width: 1000, height: 600 };
const box = (/** @type {number} */ left, /** @type {number} */ top) => ({
  left,
  right: left + 100,
  top,
  bottom: top + 80,
});

test("a line goes from one near side to the other, either way", () => {
  const there = shapeOf(box(50, 100), box(600, 300), ROOM);
  assert.deepEqual(there?.ends, [
    [150, 140],
    [600, 340],
  ]);
  assert.equal(there?.path, "M 150 140 C 375 140 375 340 600 340");
  assert.equal(there?.away, null);
  assert.deepEqual(shapeOf(box(600, 300), box(50, 100), ROOM)?.ends, [
    [600, 340],
    [150, 140],
  ]);
});

test("what is out of sight is pointed at from the edge of the window", () => {
  const below = shapeOf(box(50, 100), box(600, 4000), ROOM);
  assert.deepEqual(below?.ends, [[150, 140]]);
  assert.deepEqual(below?.away, { x: 650, y: 594, below: true });
  assert.deepEqual(shapeOf(box(600, 100), box(50, -200), ROOM)?.away, { x: 100, y: 6, below: false });
  assert.equal(shapeOf(box(50, 100), box(600, 590), ROOM)?.away, null); // an edge of it is seen
});

test("lists that stand below each other have no line", () => {
  assert.equal(shapeOf(box(50, 100), box(50, 900), ROOM), null);
  assert.equal(shapeOf(box(50, 100), box(120, 900), ROOM), null);
  assert.equal(
    areApart({ left: 0, right: 390, top: 0, bottom: 900 }, { left: 0, right: 390, top: 950, bottom: 1800 }),
    false,
  );
  assert.equal(
    areApart({ left: 0, right: 390, top: 0, bottom: 900 }, { left: 390, right: 700, top: 0, bottom: 90 }),
    true,
  );
});
