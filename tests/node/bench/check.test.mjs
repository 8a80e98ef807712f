// `npm run bench -- --check FILE`: what counts as worse.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../../../bench/check.mjs";
import { summarize } from "../../../bench/statistics.mjs";

/** The results of a run with one ratio. */
function run(rounds, { better = "higher", exact = false, name = "send" } = {}) {
  const ratio = { of: "theirs", to: "ours", metric: "time", better, ...summarize(rounds) };
  return { groups: [{ place: "node", name, exact, ratios: [ratio] }] };
}

const isWorse = (before, after, options) => compare(run(before, options), run(after, options)).worse.length === 1;

test("a ratio that should be high is worse when it fell below all of the noise", () => {
  assert.ok(isWorse([19, 20, 21], [14, 15, 16]));
  assert.ok(!isWorse([14, 15, 16], [19, 20, 21]), "better");
  assert.ok(!isWorse([19, 20, 21], [14, 15, 19.5]), "one round was as good as before");
  assert.ok(!isWorse([20, 20, 20], [18.5, 18.5, 18.5]), "too little");
});

test("a ratio that should be low is worse when it rose above all of the noise", () => {
  assert.ok(isWorse([1, 1.1, 1.2], [1.4, 1.5, 1.6], { better: "lower" }));
  assert.ok(!isWorse([1.4, 1.5, 1.6], [1, 1.1, 1.2], { better: "lower" }), "better");
  assert.ok(!isWorse([1, 1.1, 1.5], [1.4, 1.5, 1.6], { better: "lower" }), "one round was as bad before");
});

test("counts have no noise, single rounds much", () => {
  assert.ok(isWorse([100], [97], { exact: true }));
  assert.ok(!isWorse([100], [99], { exact: true }));
  assert.ok(!isWorse([100], [80]));
  assert.ok(isWorse([100], [70]));
});

test("it names what got worse and what is missing", () => {
  const { worse } = compare(run([20, 20, 20]), run([10, 10, 10]));
  assert.deepEqual(worse, ["send: theirs / ours, time, in node: 20 before, 10 now"]);
  const { compared, missing } = compare(run([20], { name: "send" }), run([20], { name: "receive" }));
  assert.deepEqual({ compared, missing }, { compared: 0, missing: ["send: theirs / ours, time, in node"] });
});
