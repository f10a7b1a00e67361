// Stale answers, waiting until a person rests, and one question at a time.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Questions } from "../../pages/_ui/components/shared/questions.js";
import { Sequence } from "../../pages/_ui/components/shared/sequence.js";
import { Settling } from "../../pages/_ui/components/shared/settling.js";

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("an answer to an older message is not followed", () => {
  const sequence = new Sequence();
  assert.equal(sequence.next(), 1);
  assert.equal(sequence.next(), 2);
  assert.equal(sequence.follow(1), false);
  assert.equal(sequence.follow(2), true);
  assert.equal(sequence.follow(2), true); // told again, as when the theme changes
});

test("a number that the server gave is gone on from", () => {
  const sequence = new Sequence();
  assert.equal(sequence.follow(7), true);
  assert.equal(sequence.next(), 8);
  assert.equal(sequence.follow(7), false);
});

test("what is stirred happens once, when it rests", () => {
  let acts = 0;
  const settling = new Settling(100, () => {
    acts += 1;
  });
  for (let i = 0; i < 5; i += 1) {
    settling.stir();
    mock.timers.tick(90);
  }
  assert.equal(acts, 0);
  mock.timers.tick(10);
  assert.equal(acts, 1);
  settling.stir(20);
  settling.end();
  mock.timers.tick(500);
  assert.equal(acts, 1);
});

/** @returns {{ asked: string[], rests: () => number, questions: Questions<string> }} */
function asking() {
  /** @type {string[]} */
  const asked = [];
  let rests = 0;
  const rest = () => {
    rests += 1;
  };
  const questions = new Questions((/** @type {string} */ one) => asked.push(one), rest, 4000);
  return { asked, rests: () => rests, questions };
}

test("what is wanted meanwhile goes out with the answer, and only the newest of it", () => {
  const { asked, rests, questions } = asking();
  for (const words of ["d", "do", "dog"]) questions.want(words);
  assert.deepEqual(asked, ["d"]);
  questions.answered();
  assert.deepEqual(asked, ["d", "dog"]);
  questions.answered();
  assert.deepEqual(asked, ["d", "dog"]);
  assert.equal(rests(), 2);
});

test("an answer that is lost is not waited for for ever", () => {
  const { asked, questions } = asking();
  questions.want("d");
  questions.want("dog");
  mock.timers.tick(4000);
  assert.deepEqual(asked, ["d", "dog"]);
});

test("an end leaves nothing to happen", () => {
  const { asked, questions } = asking();
  questions.want("d");
  questions.want("dog");
  questions.end();
  mock.timers.tick(10_000);
  assert.deepEqual(asked, ["d"]);
});
