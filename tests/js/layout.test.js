// Where cards go: rows that fill the width, columns, and what an arrow leads to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesFor, GAP, rowsFor, vertically } from "../../pages/_ui/components/picture_grid/layout.js";

const SHAPES = [1.5, 0.75, 1.33, 1.33, 1.78, 1, 0.7, 1.5, 1.4, 3, 0.5, 1.2, 1.1];
const WIDTH = 1000;

test("rows fill the width, hold every picture once, and only the last may be short", () => {
  for (const wished of [130, 210, 330]) {
    const rows = rowsFor(SHAPES, WIDTH, wished);
    assert.equal(
      rows.reduce((sum, row) => sum + row.count, 0),
      SHAPES.length,
    );
    let at = 0;
    rows.forEach(({ count, height }, place) => {
      const shapes = SHAPES.slice(at, at + count);
      at += count;
      const filled = shapes.reduce((sum, shape) => sum + shape * height, 0) + GAP * (count - 1);
      if (place < rows.length - 1) assert.ok(Math.abs(filled - WIDTH) < 1e-6, `row ${place} is ${filled} wide`);
      else assert.ok(filled <= WIDTH + 1e-6 && height <= wished);
    });
  }
});

test("a row ends where its height is nearest to the wished one", () => {
  assert.deepEqual(
    rowsFor([2, 2, 2], 610, 200).map(({ count }) => count),
    [2, 1],
  );
  assert.deepEqual(
    rowsFor([2, 2, 2], 440, 200).map(({ count }) => count),
    [1, 1, 1],
  );
  assert.deepEqual(rowsFor([], WIDTH, 200), []);
});

test("boxes keep their shapes and never meet", () => {
  for (const [width, size] of /** @type {[number, "S" | "M" | "L"][]} */ ([
    [WIDTH, "S"],
    [WIDTH, "L"],
    [390, "M"],
    [390, "L"],
  ])) {
    const boxes = boxesFor(SHAPES, width, size, 60);
    assert.equal(boxes.length, SHAPES.length);
    boxes.forEach((box, at) => {
      assert.ok(Math.abs(box.width / box.height - SHAPES[at]) < 1e-9);
      assert.ok(box.left >= 0 && box.left + box.width <= width + 1e-6);
      for (const other of boxes.slice(0, at)) {
        const beside = box.left >= other.left + other.width - 1e-6 || other.left >= box.left + box.width - 1e-6;
        assert.ok(beside || box.top >= other.top + other.height + 60 - 1e-6);
      }
    });
  }
});

test("a narrow window has two columns, or one of large pictures", () => {
  const lefts = (/** @type {"S" | "M" | "L"} */ size) =>
    new Set(boxesFor(SHAPES, 390, size, 60).map((box) => box.left));
  assert.equal(lefts("M").size, 2);
  assert.equal(lefts("L").size, 1);
});

test("an arrow leads to the nearest card of the next row, and stays at the edge", () => {
  const box = (/** @type {number} */ left, /** @type {number} */ top) => ({ left, top, width: 100, height: 100 });
  const boxes = [box(0, 0), box(110, 0), box(220, 0), box(0, 110), box(190, 110)];
  assert.equal(vertically(boxes, 2, 1), 4);
  assert.equal(vertically(boxes, 3, -1), 0);
  assert.equal(vertically(boxes, 0, -1), 0);
  assert.equal(vertically(boxes, 4, 1), 4);
});
