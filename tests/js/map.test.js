// The map's logic: what lies inside a lasso, rows as text, coordinates, the view, and names that give way.

import assert from "node:assert/strict";
import { test } from "node:test";
import { plotlyScale } from "../../pages/_ui/components/map/colours.js";
import { gridOf } from "../../pages/_ui/components/map/density.js";
import { freeMiddle } from "../../pages/_ui/components/map/labels.js";
import { pack, placesOf, unpack } from "../../pages/_ui/components/map/packing.js";
import { near, places } from "../../pages/_ui/components/map/points.js";
import { inside } from "../../pages/_ui/components/map/polygon.js";
import { roomFor, SIDES } from "../../pages/_ui/components/map/room.js";
import { combined, cornersOfBox } from "../../pages/_ui/components/map/selector.js";
import { alike, closeTo, resized, wholeOf, zoomed } from "../../pages/_ui/components/map/view.js";

const SQUARE = /** @type {[number, number][]} */ ([
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
]);

test("points inside a polygon are found by the even-odd rule", () => {
  const points = { x: [2, 5, 2, -1, 3.9], y: [2, 2, 5, 2, 0.1] };
  assert.deepEqual([...inside(points, SQUARE)], [0, 4]);
  const dart = /** @type {[number, number][]} */ ([
    [0, 0],
    [4, 2],
    [0, 4],
    [1, 2],
  ]);
  assert.deepEqual([...inside({ x: [0.5, 2], y: [2, 2] }, dart)], [1]);
  const crossed = /** @type {[number, number][]} */ ([...SQUARE, ...SQUARE]); // drawn round twice: even
  assert.deepEqual([...inside(points, crossed)], []);
});

test("a box that is too thin is none", () => {
  assert.deepEqual(cornersOfBox([[0, 0], [1, 50]]), []); // biome-ignore format: a pair of corners
  assert.equal(cornersOfBox([[0, 0], [50, 50]]).length, 4); // biome-ignore format: a pair of corners
});

test("what is drawn is added with Shift, taken out with Alt, and else takes the place of what was selected", () => {
  const [before, drawn] = [Uint32Array.of(2, 10, 30), Uint32Array.of(9, 10)];
  assert.deepEqual([...combined(before, drawn, "set")], [9, 10]);
  assert.deepEqual([...combined(before, drawn, "add")], [2, 9, 10, 30]);
  assert.deepEqual([...combined(before, drawn, "drop")], [2, 30]);
});

test("rows travel as numbers where they are few and as bits where they are many", () => {
  const few = Uint32Array.from([0, 7, 8, 99_999]);
  assert.equal(pack(few, 100_000).as, "rows");
  assert.deepEqual(unpack(pack(few, 100_000)), few);
  const many = Uint32Array.from({ length: 500 }, (_, i) => 2 * i);
  assert.equal(pack(many, 1000).as, "bits");
  assert.deepEqual(unpack(pack(many, 1000)), many);
  assert.deepEqual(unpack(pack(Uint32Array.from([]), 10)), Uint32Array.from([]));
  // As Python packs the same rows: numpy.packbits(..., bitorder="little").
  assert.deepEqual(pack(Uint32Array.from([0, 9]), 10), { as: "bits", content: "AQI=" });
  assert.deepEqual(pack(few.subarray(1, 2), 1000), { as: "rows", content: "BwAAAA==" });
});

test("chosen rows are found among those in view", () => {
  assert.deepEqual(placesOf([2, 4, 6, 9], [1, 4, 9, 12]), [1, 3]);
  assert.deepEqual(placesOf([], [1]), []);
});

test("steps between bounds are coordinates", () => {
  const { x, y } = places(Uint16Array.from([0, 65535, 65535, 0]).buffer, [-1, 1, 10, 20]);
  assert.deepEqual([...x], [-1, 1]);
  assert.deepEqual([...y], [20, 10]);
});

test("the nearest rows come first, each once", () => {
  const x = Float32Array.from([0, 1, 5, 2]);
  const points = { x, y: new Float32Array(4), rows: null, count: 4, texts: null, density: null, side: 0 };
  assert.deepEqual(near(points, 0, 3), [0, 1, 3]);
  const part = { ...points, rows: Uint32Array.from([10, 11, 12, 13]) };
  assert.deepEqual(near(part, 12, 2), [12, 13]);
  assert.deepEqual(near(part, 99, 2), [99]);
});

test("a view has one unit as long across as up", () => {
  const even = (/** @type {import("../../pages/_ui/components/map/data.d.ts").View} */ { x0, x1, y0, y1 }) =>
    assert.ok(Math.abs((x1 - x0) / 800 - (y1 - y0) / 400) < 1e-9);
  const whole = wholeOf([0, 10, 0, 10], 800, 400);
  even(whole);
  assert.ok(whole.x0 < 0 && whole.x1 > 10 && whole.y0 < 0 && whole.y1 > 10);
  const close = closeTo([4, 4, 4, 4], whole, 800, 400);
  even(close);
  assert.ok(Math.abs((close.x1 - close.x0) / (whole.x1 - whole.x0) - 0.2) < 1e-9);
  even(zoomed(whole, 0.5));
  const wider = resized(whole, 800, 1600, 400);
  assert.ok(Math.abs(wider.x1 - wider.x0 - 2 * (whole.x1 - whole.x0)) < 1e-9);
  assert.ok(alike({ ...whole, x0: whole.x0 + 1e-6 }, whole));
  assert.ok(!alike(wider, whole) && !alike(close, whole) && !alike({ ...whole, y1: whole.y1 + 1 }, whole));
});

test("the whole map lies clear of the tools above and the lines below", () => {
  for (const [width, height] of [
    [1080, 648],
    [390, 500],
    [1600, 300],
    [300, 120],
  ]) {
    const { y0, y1 } = wholeOf([0, 10, 0, 10], width, height);
    const above = ((y1 - 10) / (y1 - y0)) * height;
    const below = ((0 - y0) / (y1 - y0)) * height;
    const share = Math.min(1, height / 2 / 120);
    assert.ok(above > 48 * share && below > 72 * share, `${width} × ${height}: ${above}, ${below}`);
  }
});

test("names give way to each other and stay inside", () => {
  const room = { width: 200, height: 100 };
  /** @type {[number, number, number, number][]} */
  const taken = [];
  assert.equal(freeMiddle(100, 50, [60, 20], taken, room), 50);
  assert.equal(freeMiddle(100, 50, [60, 20], taken, room), 24);
  assert.equal(freeMiddle(100, 50, [60, 20], taken, room), 76);
  assert.equal(freeMiddle(100, 50, [60, 20], taken, room), undefined);
  assert.equal(freeMiddle(10, 50, [60, 20], taken, room), undefined);
});

test("density counts every point, the top row first", () => {
  const points = { x: Float32Array.from([0.1, 0.1, 0.9, 5]), y: Float32Array.from([0.9, 0.9, 0.1, 5]) };
  const grid = gridOf(points, [0, 1, 0, 1], 2);
  assert.equal(grid[0], 255);
  assert.ok(grid[3] > 0 && grid[3] < 255);
  assert.deepEqual([grid[1], grid[2]], [0, 0]);
});

test("Plotly's scales go from 0 to 1 and end grey", () => {
  const ink = {
    key: "",
    rgb: [],
    text: "",
    back: "",
    ring: "",
    second: "",
    scale: ["#000000", "#ffffff"],
    point: "",
    grey: "g",
    caption: "",
  };
  for (const kind of /** @type {("scale" | "groups")[]} */ (["scale", "groups"])) {
    const stops = plotlyScale({ kind, key: "", values: new Uint8Array() }, ink);
    const at = stops.map(([place]) => place);
    assert.deepEqual(
      at,
      [...at].sort((a, b) => a - b),
    );
    assert.deepEqual([at[0], stops.at(-1)], [0, [1, "g"]]);
  }
});

test("pictures find room where none covers another, the first before others", () => {
  const found = (/** @type {number[]} */ left, /** @type {number[]} */ top) => [...roomFor({ left, top }).keys()];
  assert.deepEqual(found([0, 31, 32, 200, -40], [0, 0, 0, 0, -200]), [0, 2, 3, 4]);
  assert.deepEqual(found([31, 0, 32], [0, 0, 0]), [0]);
  assert.deepEqual(found([5, 5], [5, 38]), [0, 1]);
  assert.deepEqual(found([], []), []);
});

test("a picture grows until it would meet another, or cover a point that has none", () => {
  const sides = (/** @type {number[]} */ left) => [...roomFor({ left, top: left.map(() => 0) }).entries()];
  const [largest, least] = [SIDES[0], SIDES[SIDES.length - 1]];
  assert.deepEqual(sides([0, 500]), [
    [0, largest],
    [1, largest],
  ]);
  assert.deepEqual(sides([0, 33]), [
    [0, least],
    [1, least],
  ]);
  assert.deepEqual(sides([0, 80]), [
    [0, largest], // and leaves the other as much as there is
    [1, 64],
  ]);
  assert.deepEqual(sides([0, 25]), [[0, 48]]);
  assert.deepEqual(sides([0, 15]), [[0, largest]]); // that point is covered in any case
});
