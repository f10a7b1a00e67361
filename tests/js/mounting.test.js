// The order in which Streamlit may call a component and run its clean-ups; tests/browser/test_mounting.py replays it with real ones.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mounting } from "../../pages/_ui/components/shared/mounting.js";

/** A component that notes what happens to it, and its default export. */
function noted() {
  /** @type {string[]} */
  const notes = [];
  let made = 0;
  const open = () => {
    made += 1;
    const name = made;
    notes.push(`open ${name}`);
    return {
      /** @param {unknown} _said */
      send(_said) {},
      /** @param {string} data */
      update(data) {
        if (data === "broken") throw new Error("broken");
        notes.push(`${name} shows ${data}`);
        this.send({ type: data });
      },
      destroy() {
        notes.push(`end ${name}`);
      },
    };
  };
  /** @type {any[]} */
  const sent = [];
  const draw = mounting(open);
  const parentElement = /** @type {HTMLElement} */ ({});
  const call = (/** @type {string} */ data) =>
    draw({ parentElement, data, setTriggerValue: (name, said) => sent.push([name, /** @type {any} */ (said).type]) });
  return { notes, sent, call };
}

const DRAWN = ["open 1", "1 shows a", "1 shows b"];

test("one object is told of every call, and sends under the name Python reads", () => {
  const { notes, sent, call } = noted();
  call("a");
  call("b");
  assert.deepEqual(notes, DRAWN);
  assert.deepEqual(sent, [
    ["event", "a"],
    ["event", "b"],
  ]);
});

test("call 1, call 2, clean-up 1: the object stays", () => {
  const { notes, call } = noted();
  const end1 = call("a");
  const end2 = call("b");
  end1();
  assert.deepEqual(notes, DRAWN);
  end2();
  assert.deepEqual(notes, [...DRAWN, "end 1"]);
  end1();
  end2();
  assert.deepEqual(notes, [...DRAWN, "end 1"]);
});

test("call 1, clean-up 1, call 2: a new object is made", () => {
  const { notes, call } = noted();
  call("a")();
  call("b");
  assert.deepEqual(notes, ["open 1", "1 shows a", "end 1", "open 2", "2 shows b"]);
});

test("a call that fails leaves its turn to the one before", () => {
  const { notes, call } = noted();
  const end1 = call("a");
  assert.throws(() => call("broken"), /broken/);
  end1();
  assert.deepEqual(notes, ["open 1", "1 shows a", "end 1"]);
});

test("a first call that fails ends what it began", () => {
  const { notes, call } = noted();
  assert.throws(() => call("broken"), /broken/);
  assert.deepEqual(notes, ["open 1", "end 1"]);
});
