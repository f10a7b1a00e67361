// The captions' histogram: the range that is dragged stays drawn when new data comes in the middle of the drag.

import assert from "node:assert/strict";
import { test } from "node:test";

/** As much of an element as the histogram needs. */
class Element {
  /** @type {Record<string, string>} */
  attributes = {};
  /** @type {Record<string, string>} */
  style = {};
  /** @type {Element[]} */
  children = [];
  hidden = false;
  textContent = "";
  title = "";
  className = "";
  addEventListener() {}
  setPointerCapture() {}
  append(/** @type {Element[]} */ ...children) {
    this.children.push(...children);
  }
  replaceChildren(/** @type {Element[]} */ ...children) {
    this.children = children;
  }
  setAttribute(/** @type {string} */ name, /** @type {string} */ value) {
    this.attributes[name] = value;
  }
  getBoundingClientRect() {
    return { left: 0, width: 100 };
  }
}

const made = () => new Element();
Object.assign(globalThis, { document: { createElement: made, createElementNS: made } });
const { Histogram } = await import("../../pages/_ui/components/caption_table/histogram.js");

const counts = Array(10).fill(4);
const data = { histogram: { low: 0, high: 1, everything: counts, shown: counts }, unknown: null };
const at = (/** @type {number} */ clientX) => ({ button: 0, clientX, pointerId: 1, preventDefault() {} });

function drawn() {
  /** @type {any[]} */
  const asked = [];
  const histogram = new Histogram(/** @type {any} */ ({ ask: (/** @type {any} */ view) => asked.push(view) }));
  histogram.draw(/** @type {any} */ (data), /** @type {any} */ ({ filters: {} }));
  return { histogram: /** @type {any} */ (histogram), asked };
}

const outside = (/** @type {any} */ histogram) =>
  histogram.svg.children.filter((/** @type {Element} */ one) => one.attributes.class === "outside").length;

test("new data in the middle of a drag leaves what is outside of it grey", () => {
  const { histogram, asked } = drawn();
  assert.equal(outside(histogram), 0);
  histogram.down(at(35));
  histogram.move(at(65));
  assert.equal(outside(histogram), 6);
  histogram.draw(data, { filters: {} });
  assert.equal(outside(histogram), 6);
  histogram.up();
  assert.deepEqual(Object.keys(asked[0].filters), ["similarity"]);
  histogram.draw(data, { filters: {} });
  assert.equal(outside(histogram), 0);
});

test("a drag that is given up, and a press that has not moved, leave the bars as they were", () => {
  const { histogram } = drawn();
  histogram.down(at(35));
  histogram.draw(data, { filters: {} });
  assert.equal(outside(histogram), 0);
  histogram.move(at(65));
  histogram.cancel();
  assert.equal(outside(histogram), 0);
});
