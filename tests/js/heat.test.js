// Heat maps: values between the places, and what colours become of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURS, colourOf, placesOf, smooth } from "../../pages/_ui/components/shared/detail/heat.js";

test("places come one byte each", () => {
  const heat = Buffer.from([0, 51, 255, 102]).toString("base64");
  const map = { label: "", share: null, heat, shape: /** @type {[number, number]} */ ([2, 2]), where: "" };
  const places = placesOf({ ...map, seen: [0, 0, 1, 1] });
  assert.deepEqual(
    [...places].map((value) => Number(value.toFixed(3))),
    [0, 0.2, 1, 0.4],
  );
});

test("between the places values go smoothly, through the middle of each place, and never leave 0 to 1", () => {
  const places = Float32Array.from([0, 0, 0, 1, 0, 0]);
  const [down, across] = [30, 45]; // fifteen steps a place: the eighth is its middle
  const made = smooth(places, 2, 3, down, across);
  assert.equal(made.length, down * across);
  assert.ok(Math.abs(made[(15 + 7) * across + 7] - 1) < 1e-6);
  assert.ok(Math.abs(made[7 * across + 7]) < 1e-6);
  assert.ok(made.every((value) => value >= 0 && value <= 1));
  let steepest = 0;
  for (let x = 1; x < across; x += 1)
    steepest = Math.max(steepest, Math.abs(made[22 * across + x] - made[22 * across + x - 1]));
  assert.ok(steepest < 0.15);
});

test("one place fills all there is", () => {
  assert.ok(smooth(Float32Array.from([0.25]), 1, 1, 3, 5).every((value) => Math.abs(value - 0.25) < 1e-6));
});

test("where there is nothing the picture shows through, and more is never darker", () => {
  assert.equal(colourOf(0)[3], 0);
  assert.deepEqual(colourOf(1).slice(0, 3), COLOURS.at(-1));
  const lightness = COLOURS.map(([red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue);
  assert.deepEqual(
    lightness,
    [...lightness].sort((a, b) => a - b),
  );
  const hidden = Array.from({ length: 101 }, (_, at) => colourOf(at / 100)[3]);
  assert.deepEqual(
    hidden,
    [...hidden].sort((a, b) => a - b),
  );
  assert.ok(Math.max(...hidden) < 0.75 * 255);
});
