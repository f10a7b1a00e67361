// Nothing that a component reports is lost, and nothing is said twice once it was heard of.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../pages/_ui/components/shared/outbox.js";

function filled() {
  /** @type {[number, string][][]} */
  const sent = [];
  /** @type {Outbox<string>} */
  const outbox = new Outbox();
  outbox.put = ({ reports }) => sent.push(reports);
  return { outbox, sent };
}

test("a message holds what was not heard of yet", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, sent } = filled();
  outbox.say("a");
  outbox.say("b");
  assert.deepEqual(sent.at(-1), [
    [1, "a"],
    [2, "b"],
  ]);
  outbox.hear(1);
  outbox.say("c");
  assert.deepEqual(sent.at(-1), [
    [2, "b"],
    [3, "c"],
  ]);
});

test("what gets no answer goes out again, ever less often, and no more once it was heard of", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, sent } = filled();
  outbox.say("a");
  context.mock.timers.tick(8_000);
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[1], [[1, "a"]]);
  context.mock.timers.tick(31_999);
  assert.equal(sent.length, 2);
  context.mock.timers.tick(1);
  assert.equal(sent.length, 3);
  outbox.hear(1);
  context.mock.timers.tick(1_000_000);
  assert.equal(sent.length, 3);
});

test("numbers go on from those the server knows of an earlier object", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, sent } = filled();
  outbox.hear(57);
  outbox.say("a");
  assert.deepEqual(sent, [[[58, "a"]]]);
});

test("a server that numbers nothing has heard of everything", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, sent } = filled();
  outbox.say("a");
  outbox.hear(undefined);
  outbox.say("b");
  assert.deepEqual(sent.at(-1), [[2, "b"]]);
});

test("of a component that is gone the last words go out once", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, sent } = filled();
  outbox.say("a");
  outbox.close();
  outbox.say("b");
  context.mock.timers.tick(1_000_000);
  assert.deepEqual(sent.at(-1), [
    [1, "a"],
    [2, "b"],
  ]);
  assert.equal(sent.length, 2);
});
