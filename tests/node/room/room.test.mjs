// The controls of a room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BAD, importRoom, roomFor } from "../support/room.mjs";

const { LIMITS } = await importRoom("settings.js");
const QUIET = { ...BAD, seed: 1, rate: 0 };

test("time passes by advance alone, in steps of 20; the rest is kept for the next call", async (t) => {
  const room = await roomFor(t, QUIET);
  await room.advance(50);
  assert.equal(room.now, 40);
  await room.advance(9.9);
  assert.equal(room.now, 40);
  await room.advance(0.1);
  assert.equal(room.now, 60);
  await Promise.all([room.advance(100), room.advance(100)]);
  assert.equal(room.now, 260);
  for (const wrong of [-1, NaN, Infinity, undefined]) assert.throws(() => room.advance(wrong), RangeError);
});

test("settings change while it runs; those that make another room, and values out of range, are refused", async (t) => {
  const room = await roomFor(t, { ...QUIET, loss: 0 });
  for (const name of ["loss", "duplication", "latency", "reordering", "rate", "speed"]) {
    room.set(name, LIMITS[name].max);
    assert.equal(room.settings[name], LIMITS[name].max);
    assert.throws(() => room.set(name, LIMITS[name].max + 0.01), RangeError);
  }
  assert.throws(() => room.set("seed", 2), RangeError);
  assert.throws(() => room.set("peers", 3), RangeError);
  assert.throws(() => room.set("colour", 3), RangeError);
  await room.advance(2000);
  assert.ok(room.totals.written > 20 && room.totals.lost > 0 && room.totals.copies > 0);
});

test("traffic can be stopped; what is written by hand is there at once, and pending", async (t) => {
  const room = await roomFor(t, { ...QUIET, rate: 5 });
  room.traffic = false;
  await room.advance(2000);
  assert.equal(room.totals.written, 0);
  const id = await room.send(0, "  by hand — “quoted” 💬 ");
  const [entry] = room.peers[0].log;
  assert.deepEqual(
    { ...entry, clock: undefined },
    { id, sender: 0, text: "  by hand — “quoted” 💬 ", clock: undefined, state: "pending", repaired: false, restored: false },
  );
  assert.equal(room.peers[0].counts.unacknowledged, 1);
  assert.deepEqual(room.peers.map(({ counts }) => counts.behind), [0, 1, 1, 1]);
  assert.equal(room.frames.at(-1).arrivals.length >= 3, true);
  await assert.rejects(room.send(0, ""), { code: "InvalidArgument" });
  await assert.rejects(room.send(0, "x".repeat(2 ** 20 + 1)), { code: "MessageTooLarge" });
  await assert.rejects(room.send(4, "nobody"), RangeError);
  assert.ok(await room.settle());
  assert.equal(room.totals.written, 1);
});

test("revisions count up with every change of the room, and of a peer", async (t) => {
  const room = await roomFor(t, { ...QUIET, loss: 0 });
  const changes = async (act) => {
    const before = [room.revision, ...room.peers.map(({ revision }) => revision)];
    await act();
    return [room.revision, ...room.peers.map(({ revision }) => revision)].map((now, index) => now > before[index]);
  };
  assert.deepEqual((await changes(() => room.isolate(1, true))).slice(0, 3), [true, false, true]);
  assert.deepEqual((await changes(() => room.kill(2))).slice(0, 4), [true, false, false, true]);
  // The others are behind now.
  assert.deepEqual(await changes(() => room.send(0, "hello")), [true, true, true, true, true]);
  assert.deepEqual((await changes(() => room.set("loss", 0.1)))[0], true);
  assert.deepEqual((await changes(() => room.advance(20)))[0], true);
});

test("a log is a new array only when it has changed, and unchanged entries are the same objects", async (t) => {
  const room = await roomFor(t, { ...QUIET, loss: 0, reordering: 0 });
  await room.send(0, "one");
  const { log } = room.peers[0];
  assert.equal(room.peers[0].log, log);
  await room.send(0, "two");
  assert.notEqual(room.peers[0].log, log);
  assert.equal(room.peers[0].log[0], log[0]);
});

test("cut off: nothing reaches it and nothing leaves it, but for what was under way", async (t) => {
  const room = await roomFor(t, { ...QUIET, loss: 0, duplication: 0, reordering: 0, latency: 500 });
  await room.send(1, "still gets out");
  room.isolate(1, true);
  await room.send(1, "does not");
  await room.send(0, "does not get in");
  await room.advance(900);
  const fates = (text) => {
    const { id } = room.peers.flatMap(({ log }) => log).find((entry) => entry.text === text);
    return room.frames.find(({ messageId }) => messageId === id).arrivals.map(({ to, fate }) => `${to} ${fate}`);
  };
  assert.deepEqual(fates("still gets out"), ["0 arrived", "2 arrived", "3 arrived"]);
  assert.deepEqual(fates("does not"), ["0 cut", "2 cut", "3 cut"]);
  assert.deepEqual(fates("does not get in"), ["1 cut", "2 arrived", "3 arrived"]);
  room.isolate(1, false);
  assert.ok(await room.settle());
});

test("what is kept is bounded", async (t) => {
  const room = await roomFor(t, { seed: 1, peers: 2, loss: 0, duplication: 0, reordering: 0, latency: 0, rate: 20 });
  await room.advance(115_000);
  const { totals, frames, peers, samples } = room;
  assert.ok(totals.written > 2100, `${totals.written}`);
  assert.equal(frames.length, 2000);
  assert.equal(frames.at(-1).number, totals.frames);
  assert.ok(await room.settle());
  for (const { log, counts, plain } of peers) {
    assert.deepEqual([log.length, counts.delivered, plain.log.length], [2000, 2000, 2000]);
    assert.deepEqual(log.map(({ id }) => id), peers[0].log.map(({ id }) => id));
  }
  assert.ok(samples.length <= 600);
  room.kill(0);
  const { restored, logBefore } = await room.restart(0);
  assert.deepEqual([restored, logBefore], [2000, 2000]);
  assert.ok(await room.settle());
});
