// The order in which Streamlit may call a component and run its clean-ups; tests/browser/test_mounting.py replays it with real ones.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

// The window, whose events tell how a press goes on.
const page = new EventTarget();
for (const name of /** @type {const} */ (["addEventListener", "dispatchEvent"])) {
  Object.assign(globalThis, { [name]: page[name].bind(page) });
}
const { mounting } = await import("../../pages/_ui/components/shared/mounting.js");

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
  const parentElement = /** @type {HTMLElement} */ (new EventTarget());
  const call = (/** @type {string} */ data) =>
    draw({
      parentElement,
      data,
      setTriggerValue: (name, { reports }) =>
        sent.push([name, /** @type {any} */ (reports[reports.length - 1][1]).type]),
    });
  return { notes, sent, call, parentElement };
}

const DRAWN = ["open 1", "1 shows a", "1 shows b"];

// What gets no answer is said again later, which would keep the tests waiting.
beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

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

test("call 2, call 1, clean-up 1: the object stays, and shows what is newer", () => {
  const { notes, sent, call, parentElement } = noted();
  Object.assign(parentElement, { isConnected: true });
  const end2 = call("b");
  const end1 = call("a");
  end1();
  assert.deepEqual(notes, ["open 1", "1 shows b", "1 shows a", "1 shows b"]);
  assert.deepEqual(sent.at(-1), ["event", "b"]);
  Object.assign(parentElement, { isConnected: false });
  end2();
  assert.deepEqual(notes.slice(4), ["end 1"]);
});

test("calls in any order, each late one ended at once: what the last one said is shown", () => {
  for (const order of ["123", "132", "213", "231", "312", "321"]) {
    const { notes, call, parentElement } = noted();
    Object.assign(parentElement, { isConnected: true });
    for (const number of order) {
      const end = call(number);
      if (number !== "3") end();
    }
    const last = notes.filter((note) => note.includes("shows")).at(-1);
    assert.match(last ?? "", / shows 3$/, order);
    assert.equal(
      notes.filter((note) => note.startsWith("open")).length,
      notes.filter((note) => note.startsWith("end")).length + 1,
    );
  }
});

test("an element that is left ends with the last clean-up, though calls before were never ended", () => {
  const { notes, call, parentElement } = noted();
  Object.assign(parentElement, { isConnected: true });
  call("a");
  const end = call("b");
  Object.assign(parentElement, { isConnected: false });
  end();
  assert.deepEqual(notes, [...DRAWN, "end 1"]);
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

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {number} [clientX]
 */
function point(target, type, clientX = 50) {
  target.dispatchEvent(Object.assign(new Event(type), { clientX, clientY: 50 }));
}

test("data that comes in the middle of a click is drawn after it, and only the last of it", () => {
  const { notes, call, parentElement } = noted();
  call("a");
  point(parentElement, "pointerdown");
  call("b");
  call("c");
  point(page, "pointermove", 53);
  point(page, "pointerup");
  assert.deepEqual(notes, ["open 1", "1 shows a"]);
  mock.timers.tick(1);
  assert.deepEqual(notes, ["open 1", "1 shows a", "1 shows c"]);
  call("d");
  assert.equal(notes.at(-1), "1 shows d");
});

test("a drag, a press that is held, and a press elsewhere keep nothing waiting", () => {
  const { notes, call, parentElement } = noted();
  call("a");
  point(parentElement, "pointerdown");
  call("b");
  point(page, "pointermove", 60);
  assert.equal(notes.at(-1), "1 shows b");
  call("c");
  assert.equal(notes.at(-1), "1 shows c");
  point(page, "pointerup", 60);
  point(parentElement, "pointerdown");
  call("d");
  assert.equal(notes.at(-1), "1 shows c");
  mock.timers.tick(3000);
  assert.equal(notes.at(-1), "1 shows d");
  point(page, "pointerdown");
  call("e");
  assert.equal(notes.at(-1), "1 shows e");
});

test("a component that is left in the middle of a click draws no more", () => {
  const { notes, call, parentElement } = noted();
  call("a");
  point(parentElement, "pointerdown");
  const end = call("b");
  end();
  mock.timers.tick(5000);
  assert.deepEqual(notes, ["open 1", "1 shows a", "end 1"]);
});
