// What Plotly is told of the lab's plots.

import assert from "node:assert/strict";
import test from "node:test";
import { faded, figureOf, meantBy, plainText } from "../../pages/_ui/components/lab_plot/figures.js";

const INK = {
  text: "rgb(0,0,0)",
  quiet: "rgb(80,80,80)",
  hair: "rgb(200,200,200)",
  one: "#2f6f8f",
  two: "#b4570f",
  back: "rgb(255,255,255)",
  family: "sans-serif",
};
const COMMON = { plotly: "p.js", label: "l", height: 300 };

/** @param {object} more @returns {import("../../pages/_ui/components/lab_plot/data.d.ts").PlotData} */
const curve = (more = {}) =>
  /** @type {any} */ ({
    ...COMMON,
    kind: "curve",
    hits: [0.5, 0.75, 0.9],
    low: [0.4, 0.7, 0.85],
    high: [0.6, 0.8, 0.95],
    precision: [0.5, 0.375, 0.3],
    chosen: 2,
    ...more,
  });

test("a curve has its band, its precision, and the k that Search shows", () => {
  const { traces, legend } = figureOf(curve(), INK, false);
  const [band, precision, hits, chosen] = /** @type {any[]} */ (traces);
  assert.deepEqual(band.y, [0.6, 0.8, 0.95, 0.85, 0.7, 0.4]);
  assert.deepEqual(precision.y, [0.5, 0.375, 0.3]);
  assert.deepEqual(hits.x, [1, 2, 3]);
  assert.deepEqual([chosen.x, chosen.y, chosen.text[1]], [[2, 2], [0, 0.75], "k = 2"]);
  assert.equal(legend.length, 2);
});

test("a curve without intervals has no band, and one of a single picture is a point", () => {
  const alone = curve({ hits: [1], low: [null], high: [null], precision: [1], chosen: 24 });
  const { traces, layout } = figureOf(alone, INK, false);
  const drawn = /** @type {any[]} */ (traces);
  assert.equal(drawn.length, 3);
  assert.equal(drawn[1].mode, "markers");
  assert.deepEqual(drawn[2].x, [1, 1]);
  const axis = /** @type {any} */ (layout.xaxis);
  assert.ok(axis.range[1] > axis.range[0]);
});

test("names of parts are text, whatever they hold, and cut where the window is narrow", () => {
  const bars = /** @type {any} */ ({
    ...COMMON,
    kind: "bars",
    names: ["<b>bold</b>", "a very long name of a part of the captions"],
    values: [0.5, 0.6],
    low: [0.4, null],
    high: [0.7, null],
  });
  const { traces, layout } = figureOf(bars, INK, true);
  const ticks = /** @type {any} */ (layout.yaxis).ticktext;
  assert.equal(ticks[0], "&lt;b&gt;bold&lt;/b&gt;");
  assert.equal(ticks[1].length, 14);
  const { array, arrayminus } = /** @type {any} */ (traces[0]).error_x;
  assert.deepEqual(
    [array, arrayminus].map((ends) => ends.map((/** @type {number} */ end) => end.toFixed(2))),
    [
      ["0.20", "0.00"],
      ["0.10", "0.00"],
    ],
  );
});

test("where the window is narrow, names that have lines are told in lines, and on hover whole", () => {
  const long = "a value that is longer than a line";
  const bars = /** @type {any} */ ({
    ...COMMON,
    kind: "bars",
    names: ["“dog”", `folder: ${long}`],
    lines: [["“dog”"], ["folder", long]],
    values: [0.5, 0.6],
    low: [0.4, null],
    high: [0.7, null],
  });
  const ticks = (/** @type {boolean} */ narrow) =>
    /** @type {any} */ (figureOf(bars, INK, narrow).layout.yaxis).ticktext;
  assert.deepEqual(ticks(true), ["“dog”", "folder<br>a value that is lon…"]);
  assert.deepEqual(ticks(false), ["“dog”", "folder: a value that is lon…"]);
  assert.deepEqual(/** @type {any} */ (figureOf(bars, INK, true).traces[0]).customdata, bars.names);
});

test("scores of right and wrong pairs stand over the middles of their steps", () => {
  const scores = /** @type {any} */ ({
    ...COMMON,
    kind: "scores",
    edges: [0, 0.2, 0.4],
    right: [0, 1],
    wrong: [1, 0.5],
  });
  const { traces } = figureOf(scores, INK, false);
  const [wrong, right] = /** @type {any[]} */ (traces);
  assert.deepEqual(
    right.x.map((/** @type {number} */ x) => x.toFixed(1)),
    ["0.1", "0.3"],
  );
  assert.deepEqual(
    [wrong.y, right.y],
    [
      [1, 0.5],
      [0, 1],
    ],
  );
});

test("colours are made thinner, and tags become text", () => {
  assert.equal(faded("#ff8000", 0.5), "rgba(255,128,0,0.5)");
  assert.equal(plainText("a < b & c > d"), "a &lt; b &amp; c &gt; d");
});

test("a click means a k, the part of its bar, or the scores between two edges", () => {
  const point = (/** @type {number} */ x, /** @type {number} */ y) => ({ curveNumber: 0, pointIndex: 0, x, y });
  assert.deepEqual(meantBy(curve(), point(2.2, 0.7)), { type: "k", k: 2 });
  const bars = /** @type {any} */ ({ ...COMMON, kind: "bars", names: ["“dog”", "folder: a"], values: [0.5, 0.6] });
  assert.deepEqual(meantBy(bars, point(0.6, 1)), { type: "part", name: "folder: a" });
  assert.equal(meantBy(bars, point(0.6, 2)), null);
  const scores = /** @type {any} */ ({
    ...COMMON,
    kind: "scores",
    edges: [-0.1, 0, 0.1],
    right: [1, 0],
    wrong: [0, 1],
  });
  assert.deepEqual(meantBy(scores, point(0.05, 1)), { type: "scores", low: 0, high: 0.1 });
  assert.equal(meantBy(scores, point(0.15, 1)), null);
});
