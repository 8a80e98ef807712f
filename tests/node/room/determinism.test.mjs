// The same settings and the same calls give the same run.

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { BAD, notebook, roomFor, shelf, traceOf, unevenly } from "../support/room.mjs";

const SETTINGS = { ...BAD, seed: 11 };

/** A run with everything in it; `pass` runs the clock. */
async function play(room, pass = (ms) => room.advance(ms)) {
  await pass(3000);
  await room.send(1, "by hand");
  room.isolate(2, true);
  await pass(2000);
  room.set("loss", 0.7);
  room.kill(0);
  await pass(2500);
  room.isolate(2, false);
  await room.restart(0);
  await pass(2500);
  return traceOf(room);
}

test("two runs are equal: logs, figures, every frame and its fate", async (t) => {
  const first = await play(await roomFor(t, SETTINGS));
  const second = await play(await roomFor(t, SETTINGS));
  assert.deepEqual(second, first);
  assert.ok(first.totals.written > 10 && first.totals.lost > 50 && first.totals.repairs > 0, JSON.stringify(first.totals));
});

test("another seed is another run", async (t) => {
  const first = await play(await roomFor(t, SETTINGS));
  const second = await play(await roomFor(t, { ...SETTINGS, seed: 12 }));
  assert.notDeepEqual(second.peers, first.peers);
});

test("slow storage changes nothing", async (t) => {
  const quick = await play(await roomFor(t, SETTINGS));
  const slow = await play(await roomFor(t, SETTINGS, { storage: shelf(unevenly()) }));
  assert.deepEqual(slow, quick);
});

test("nor does the kind of storage", async (t) => {
  const quick = await play(await roomFor(t, SETTINGS));
  const kept = await play(await roomFor(t, SETTINGS, { name: "kind", lock: "none", notes: notebook() }));
  assert.deepEqual(kept, quick);
});

test("nor into how many calls its time is divided", async (t) => {
  const whole = await play(await roomFor(t, SETTINGS));
  const room = await roomFor(t, SETTINGS);
  const sliced = async (ms) => {
    for (let left = ms; left > 0; left -= 16) await room.advance(Math.min(16, left));
  };
  assert.deepEqual(await play(room, sliced), whole);
});

test("who writes when doesn't depend on what is lost", async (t) => {
  const writers = async (loss) => {
    const room = await roomFor(t, { ...SETTINGS, loss });
    await room.advance(6000);
    return room.frames.filter(({ kind }) => kind === "message").map(({ at, messageId }) => [at, messageId]);
  };
  assert.deepEqual(await writers(0.9), await writers(0));
});
