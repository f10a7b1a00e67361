// Selecting a range, what all pages have selected, and tags as they are shown before the server has answered.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Sharing } from "../../pages/_ui/components/map/sharing.js";
import { between } from "../../pages/_ui/components/picture_grid/selection.js";
import { choose, chosenOf, MOST_CHOSEN, onChosen, toldOf } from "../../pages/_ui/components/shared/chosen.js";
import { hueOf } from "../../pages/_ui/components/shared/tray/dots.js";
import { tagsWith } from "../../pages/_ui/components/shared/tray/marks.js";

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

test("what is selected is that of one dataset, and everybody hears of it", () => {
  const stop = new AbortController();
  let heard = 0;
  onChosen(() => {
    heard += 1;
  }, stop.signal);
  assert.equal(toldOf("a"), undefined);
  choose("a", ["1", "2", "1"]);
  assert.deepEqual([[...chosenOf("a")], [...chosenOf("b")], [...chosenOf(undefined)]], [["1", "2"], [], []]);
  assert.deepEqual([toldOf("a"), toldOf("b")], [null, undefined]); // the server does not know of it yet
  chosenOf("a").add("3"); // a copy
  assert.equal(chosenOf("a").size, 2);
  choose("b", ["1"], 7);
  assert.deepEqual([[...chosenOf("a")], [...chosenOf("b")], toldOf("b")], [[], ["1"], 7]);
  assert.equal(heard, 2);
  stop.abort();
  const many = Array.from({ length: MOST_CHOSEN + 5 }, (_, i) => String(i));
  choose("b", many);
  assert.equal(chosenOf("b").size, MOST_CHOSEN);
  assert.equal(heard, 2);
});

test("the map tells the server once of what was selected elsewhere, and takes over what the server says", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {Record<string, unknown>[]} */
  const sent = [];
  /** @type {(number: number, seq: number, ids: string[]) => any} */
  const said = (number, seq, ids) => ({ selected: number ? { number } : null, chosen: { of: "c", seq, ids } });
  const map = { data: said(0, 0, []), send: (/** @type {Record<string, unknown>} */ one) => sent.push(one) };
  const sharing = new Sharing(/** @type {any} */ (map));
  const hear = (/** @type {any} */ data) => {
    map.data = data;
    sharing.receive(data);
    mock.timers.tick(1000);
  };
  hear(said(0, 0, []));
  choose("c", ["1"]);
  choose("c", ["1", "2"]);
  mock.timers.tick(1000);
  assert.deepEqual(sent, [{ type: "chosen", seq: 1, ids: ["1", "2"] }]);
  hear(said(0, 0, [])); // of before
  assert.deepEqual([...chosenOf("c")], ["1", "2"]);
  hear(said(4, 1, ["1", "2"]));
  hear(said(5, 1, ["1", "2", "3"])); // a lasso
  assert.deepEqual([[...chosenOf("c")], sent.length], [["1", "2", "3"], 1]);
  choose("c", []);
  hear(said(5, 1, ["1", "2", "3"])); // comes before it was told
  assert.deepEqual([[...chosenOf("c")], sent.length], [[], 2]);
  hear(said(0, 2, []));
  assert.deepEqual([toldOf("c"), sent.length], [0, 2]);
  sharing.end();
  choose("c", ["1"]);
  mock.timers.tick(1000);
  assert.equal(sent.length, 2);
  mock.timers.reset();
});
