// What the runners print is what `npm test` counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countCargo, countNode, countPlaywright } from "../../../js/build/counts.mjs";

test("cargo's tests are counted over all binaries", () => {
  const output = `
running 3 tests
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

running 2 tests
test result: \x1b[31mFAILED\x1b[0m. 1 passed; 1 failed; 0 ignored; 0 filtered out; finished in 0.50s
`;
  assert.deepEqual(countCargo(output), { passed: 3, failed: 1 });
});

test("a test of cargo's that was announced and never told of has failed", () => {
  assert.deepEqual(countCargo("running 39 tests\ntest a ... ok\n"), { passed: 0, failed: 39 });
});

test("Node's tests are counted by the summary", () => {
  assert.deepEqual(countNode("ℹ tests 3\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\n"), { passed: 2, failed: 1 });
});

test("of Playwright's tests, all that did not pass at once have failed", () => {
  const output = `
  ✓   1 [chromium] › tests/browser/smoke.spec.mjs:11:3 › 7 passed (1.6s)
  2 failed
    [chromium] › tests/browser/smoke.spec.mjs:12:3 › a test ────
  1 interrupted
  1 flaky
\x1b[33m  4 skipped\x1b[39m
  3 did not run
\x1b[32m  12 passed\x1b[39m\x1b[2m (1.1m)\x1b[22m
`;
  assert.deepEqual(countPlaywright(output), { passed: 12, failed: 11 });
});

test("where nothing ran, nothing is counted", () => {
  for (const count of [countCargo, countNode, countPlaywright]) {
    assert.deepEqual(count("Error: No tests found\n"), { passed: 0, failed: 0 });
  }
});
