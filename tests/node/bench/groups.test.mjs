// The benchmark's measurements are described without a mistake, are taken in turn, and come to the right numbers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { allGroups } from "../../../bench/cases/index.js";
import { openNode } from "../../../bench/places/node.mjs";
import { measureGroup } from "../../../bench/rounds.mjs";
import { countTargets, judge } from "../../../bench/targets.mjs";

const groups = await allGroups();

test("every group has a name of its own at each place", () => {
  const names = groups.flatMap(({ name, places = ["node", "browser"] }) => places.map((place) => `${place}: ${name}`));
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
});

test("ratios, limits and units speak of what is measured", () => {
  for (const { name, subjects, ratios, limits = [], units } of groups) {
    for (const { of, to, metric, better } of ratios) {
      assert.ok(subjects[of] && subjects[to], `${name}: ${of} / ${to}`);
      assert.ok(metric in units, `${name}: ${metric}`);
      assert.match(better, /^(higher|lower)$/);
    }
    for (const { subject, metric } of limits) assert.ok(subjects[subject] && metric in units, `${name}: ${subject}`);
  }
});

test("the subjects take turns, and a ratio is that of the median round", async () => {
  const results = { ours: [1, 2, 4], theirs: [10, 40, 120] };
  const order = [];
  const place = {
    name: "here",
    measure: async (file, name) => {
      order.push(name);
      return { time: results[name].shift() };
    },
  };
  const group = {
    name: "a group",
    file: "a file",
    units: { time: "ms" },
    subjects: { ours: "ours", theirs: "theirs" },
    ratios: [{ of: "theirs", to: "ours", metric: "time", better: "higher", target: { atLeast: 20 } }],
    limits: [{ subject: "ours", metric: "time", atMost: 1 }],
  };
  const measured = await measureGroup(place, group, 3, () => {});
  assert.deepEqual(order, ["ours", "theirs", "ours", "theirs", "ours", "theirs"]);
  const [{ median, low, high }] = measured.ratios;
  assert.deepEqual({ median, low, high }, { median: 20, low: 10, high: 30 });
  assert.equal(measured.subjects.theirs.time.median, 40);
  assert.deepEqual(countTargets([measured]), { met: 1, all: 2 });
});

test("a measurement that fails is named", async () => {
  const place = {
    name: "here",
    measure: async () => {
      throw new Error("nothing was delivered");
    },
  };
  const group = { name: "a group", file: "a file", subjects: { ours: {} }, ratios: [], units: {} };
  await assert.rejects(measureGroup(place, group, 1, () => {}), { message: "a group, ours, in here: nothing was delivered" });
});

test("targets are bounds", () => {
  assert.deepEqual(judge(20, { atLeast: 20 }), { text: "≥ 20", met: true });
  assert.equal(judge(19.9, { atLeast: 20 }).met, false);
  assert.equal(judge(1, { above: 1 }).met, false);
  assert.deepEqual(judge(61, { atMost: 60 }, "kB"), { text: "≤ 60 kB", met: false });
  assert.equal(judge(1, undefined), undefined);
});

test("a measurement of each library in a process of its own", async () => {
  const place = await openNode();
  const [group] = groups.filter(({ name }) => name === "bytes on the wire, alike");
  const { subjects, ratios } = await measureGroup(place, group, 1, () => {});
  // Filters alone are 18 kB; both name ten others by ids of 64 characters.
  for (const { bytes } of Object.values(subjects)) assert.ok(bytes.median > 18_000 && bytes.median < 25_000);
  assert.equal(ratios.length, 1);
});
