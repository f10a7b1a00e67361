// Words fold as in Python: the cases are Python's own, and tests/architecture/test_javascript.py holds Python to them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bare, fold, wordsOf } from "../../pages/_ui/components/shared/folding.js";

/** @type {Record<string, string[]>} */
const CASES = JSON.parse(readFileSync(new URL("folded_words.json", import.meta.url), "utf8"));

test("every case of Python's folds the same", () => {
  const told = Object.fromEntries(Object.keys(CASES).map((text) => [text, wordsOf(text)]));
  assert.ok(Object.keys(told).length > 900);
  assert.deepEqual(told, CASES);
});

test("a street is a street, however it is written", () => {
  assert.equal(fold("Straße"), fold("STRASSE"));
  assert.equal(bare("CAFÉ"), "cafe");
  assert.notEqual(fold("ı"), fold("i"));
});
