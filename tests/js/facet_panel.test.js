// Ends of ranges in the filters: days as fields of dates have them and as conditions do, and what stands in a field.

import assert from "node:assert/strict";
import { test } from "node:test";

const { dayOf, dayText, endOf, shareOf } = await import("../../pages/_ui/components/facet_panel/ends.js");

test("a day is the same in a field and in a condition", () => {
  assert.equal(dayText(20210523), "2021-05-23");
  assert.equal(endOf(dayText(20210523), true), 20210523);
  assert.equal(dayText(9991231), "0999-12-31");
});

test("days grow evenly from month to month and from year to year", () => {
  const days = [20201231, 20210101, 20210131, 20210201].map(dayOf);
  assert.deepEqual(
    days.slice(1).map((day, at) => day - days[at]),
    [1, 30, 1],
  );
});

test("an empty field and one that holds no number ask for nothing", () => {
  for (const text of ["", "  ", "many"]) assert.equal(endOf(text, false), null);
  assert.equal(endOf("", true), null);
  assert.equal(endOf(" -2.5 ", false), -2.5);
  assert.equal(endOf("0", false), 0);
});

test("a number has its place between the ends, and none beyond them", () => {
  assert.equal(shareOf(15, 10, 20), 0.5);
  assert.deepEqual([shareOf(0, 10, 20), shareOf(30, 10, 20), shareOf(10, 10, 10)], [0, 1, 0]);
});
