// What comes after the pictures that were asked for: pages joined, and the lines between.

import assert from "node:assert/strict";
import { test } from "node:test";

import { joined, rulesFor } from "../../pages/_ui/components/picture_grid/further.js";
import { boxesBetween, boxesFor, RULE_HEIGHT } from "../../pages/_ui/components/picture_grid/layout.js";

/** @param {string[]} ids */
const pictures = (...ids) => ids.map((id) => ({ id }));
const ids = (/** @type {{ id: string }[]} */ all) => all.map((one) => one.id).join("");

test("a page comes after those before it, and nothing twice", () => {
  assert.equal(ids(joined(pictures("a", "b"), [], pictures("b", "c", "d"))), "cd");
  assert.equal(ids(joined(pictures("a"), pictures("b"), pictures("b", "c", "a"))), "bc");
});

test("lines stand where top k ends, and where the cutoff falls", () => {
  const faded = pictures("c", "d").map((one) => ({ ...one, faded: true }));
  assert.deepEqual(rulesFor(2, [], "end", "below"), []);
  assert.deepEqual(rulesFor(2, pictures("c"), "end", "below"), [{ at: 2, text: "end" }]);
  assert.deepEqual(rulesFor(2, faded, "end", "below"), [{ at: 2, text: "below" }]);
  assert.deepEqual(rulesFor(2, [...pictures("b"), ...faded], "end", "below"), [
    { at: 2, text: "end" },
    { at: 3, text: "below" },
  ]);
});

test("pictures before a line stay where they were, those after it begin below it", () => {
  const shapes = [1.5, 1, 0.7, 1.3, 1.8, 1, 1];
  for (const width of [390, 1200]) {
    const before = boxesFor(shapes.slice(0, 3), width, "M", 40);
    const { boxes, lines, bottom } = boxesBetween(shapes, [3, 5], width, "M", 40);
    assert.deepEqual(boxes.slice(0, 3), before);
    assert.equal(lines.length, 2);
    assert.equal(lines[0], Math.max(...before.map((box) => box.top + box.height + 40)));
    assert.equal(Math.min(...boxes.slice(3, 5).map((box) => box.top)), lines[0] + RULE_HEIGHT);
    assert.ok(lines[1] > lines[0] && bottom > lines[1]);
    assert.equal(boxes.length, shapes.length);
  }
  assert.deepEqual(boxesBetween(shapes, [], 1200, "M", 40).boxes, boxesFor(shapes, 1200, "M", 40));
});
