// The parts that the room is made of, each by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importRoom } from "../support/room.mjs";

const { stream } = await importRoom("random.js");
const { Schedule } = await importRoom("schedule.js");
const { Log } = await importRoom("log.js");
const { PlainLog } = await importRoom("plain.js");
const { Chart } = await importRoom("chart.js");
const { Network } = await importRoom("network.js");
const { Traffic } = await importRoom("traffic.js");
const { DEFAULTS } = await importRoom("settings.js");

test("dice are even, and those of other seeds, names and places are others", () => {
  const roll = stream(1, "network");
  const rolls = Array.from({ length: 10_000 }, (_, index) => roll(index));
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = rolls.filter((value) => Math.floor(value * 10) === tenth).length / rolls.length;
    assert.ok(Math.abs(share - 0.1) < 0.015, `${tenth}: ${share}`);
  }
  assert.equal(new Set([roll(0), roll(1), roll(2 ** 32), stream(2, "network")(0), stream(1, "traffic")(0)]).size, 5);
  assert.equal(stream(1, "network")(5), rolls[5]);
});

test("a schedule gives what is due by time, then by the order of adding", () => {
  const schedule = new Schedule();
  const roll = stream(3, "test");
  const added = Array.from({ length: 500 }, (_, index) => ({ at: Math.floor(roll(index) * 50), index }));
  for (const event of added) schedule.add(event.at, event);
  const taken = [];
  for (let time = 0; time < 50; time += 7) {
    for (let due = schedule.takeDue(time); due; due = schedule.takeDue(time)) taken.push(due);
    assert.ok(taken.every(({ at }) => at <= time));
  }
  for (let due = schedule.takeDue(50); due; due = schedule.takeDue(50)) taken.push(due);
  assert.deepEqual(taken, added.toSorted((a, b) => a.at - b.at || a.index - b.index));
  assert.equal(schedule.size, 0);
});

test("a log stays in order whatever is put into it, moved and removed", () => {
  const log = new Log();
  const roll = stream(4, "test");
  const kept = new Map();
  for (let step = 0; step < 3000; step += 1) {
    const id = `m${Math.floor(roll(3 * step) * 400)}`;
    const clock = BigInt(Math.floor(roll(3 * step + 1) * 100));
    const entry = { id, clock, state: roll(3 * step + 2) < 0.3 ? "hole" : "received" };
    if (step % 5 === 0) {
      kept.delete(id);
      log.remove(id);
    } else {
      kept.set(id, entry);
      log.put(entry);
    }
  }
  const order = (a, b) => Number(a.clock - b.clock) || a.state.localeCompare(b.state) || (a.id < b.id ? -1 : 1);
  assert.deepEqual(log.entries, [...kept.values()].sort(order));
  assert.equal(log.entries, log.entries);
});

const message = (id, sender, number, knows) => ({ id, sender, number, text: id, knows });

test("without the library: what comes late, twice or never", () => {
  const log = new PlainLog();
  const [question, answer, other] = [message("a1", 0, 1, [1, 0]), message("b1", 1, 1, [1, 1]), message("a2", 0, 2, [2, 1])];
  for (const each of [question, answer, other]) log.expect(each);
  assert.equal(log.missing, 3);
  log.arrive(answer);
  log.arrive(question);
  log.arrive(question);
  const lines = log.log.map(({ id, arrived, disorder }) => [id, arrived, disorder]);
  assert.deepEqual(lines, [["a2", false, undefined], ["b1", true, undefined], ["a1", true, "late"], ["a1", true, "twice"]]);
  assert.deepEqual([log.missing, log.late, log.twice], [1, 1, 1]);
  const copy = new PlainLog();
  copy.restore(JSON.parse(JSON.stringify(log)), (id) => [question, answer, other].find((each) => each.id === id));
  assert.deepEqual([copy.log, copy.missing, copy.late, copy.twice], [log.log, 1, 1, 1]);
  copy.arrive(other);
  assert.deepEqual([copy.missing, copy.log.at(-1).arrived], [0, true]);
});

test("a chart keeps at most 600 points, evenly spaced", () => {
  const chart = new Chart(0);
  for (let now = 0; now < 2_000_000; now += 20) chart.pass(now, () => ({ behind: 0, plainMissing: 0 }));
  const gaps = chart.samples.slice(1).map(({ at }, index) => at - chart.samples[index].at);
  assert.ok(chart.samples.length <= 600 && chart.samples.length >= 300, `${chart.samples.length}`);
  assert.equal(new Set(gaps).size, 1);
});

test("a network loses, doubles and holds back as much as it is told to, and not what nothing is said about", () => {
  const settings = { ...DEFAULTS, peers: 5, loss: 0.3, duplication: 0.4, reordering: 0.25, latency: 200 };
  const network = new Network(settings);
  const all = [];
  for (let number = 1; number <= 2000; number += 1) {
    all.push(...network.deliveries({ number, at: 0, from: number % 5 }, settings, [false, false, false, false, false]));
  }
  const first = all.filter(({ copy }) => !copy);
  const share = (list, condition) => list.filter(condition).length / list.length;
  const near = (value, expected) => assert.ok(Math.abs(value - expected) < 0.02, `${value}, not ${expected}`);
  near(share(first, ({ fate }) => fate === "lost"), 0.3);
  near((all.length - first.length) / first.length, 0.7 * 0.4);
  const held = first.filter(({ at }) => at > 1 + 200 * 1.5);
  near(held.length / first.length, 0.25);
  assert.ok(all.every(({ to, at }, index) => at > 0 && to !== undefined && index >= 0));
});

test("without reordering nothing overtakes on a link, however the latency changes", () => {
  const network = new Network(DEFAULTS);
  const roll = stream(5, "test");
  let last = 0;
  for (let number = 1; number < 500; number += 1) {
    const settings = { ...DEFAULTS, loss: 0, duplication: 0, reordering: 0, latency: roll(number) * 3000 };
    const [{ at }] = network.deliveries({ number, at: number * 20, from: 0 }, settings, [false, false, false, false]);
    assert.ok(at >= last);
    last = at;
  }
});

test("traffic comes at its rate, in varied words, and goes on where it was", () => {
  const settings = { ...DEFAULTS, seed: 9 };
  const traffic = new Traffic(settings);
  const all = [];
  for (let now = 0; now < 200_000; now += 20) all.push(...traffic.pass(20, 5));
  assert.ok(Math.abs(all.length - 1000) < 100, `${all.length}`);
  assert.ok(new Set(all.map(({ line }) => line(undefined))).size > 100);
  assert.deepEqual(new Set(all.map(({ peer }) => peer)), new Set([0, 1, 2, 3]));
  const next = new Traffic(settings, traffic.position);
  const said = (source) => source.pass(10_000, 5).map(({ peer, line }) => [peer, line(undefined)]);
  assert.deepEqual(said(next), said(traffic));
});

test("questions are answered", () => {
  const traffic = new Traffic({ ...DEFAULTS, seed: 2 });
  const heard = { text: "Who has the ladder?", sender: 1 };
  const answers = traffic.pass(60_000, 20).map(({ line }) => line(heard));
  const matching = answers.filter((text) => /^(I do|Not me|It was in the shed|I can bring it|Ask Hugo)/.test(text));
  assert.ok(matching.length > answers.length / 2, answers.slice(0, 5).join("; "));
});
