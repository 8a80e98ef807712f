// Whatever the network does: all end with the same log, nothing missing, everything acknowledged.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BAD, idsOf, roomFor } from "../support/room.mjs";

const SEEDS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 4294967295];

/** All peers are whole and alike, by what their managers say. */
function assertWhole(room) {
  const [first] = room.peers;
  assert.equal(first.log.length, room.totals.written);
  for (const peer of room.peers) {
    const { delivered, clock, ...others } = peer.counts;
    assert.deepEqual(others, { holes: 0, waiting: 0, unacknowledged: 0, behind: 0, deliveredTwice: 0 }, peer.name);
    assert.deepEqual(idsOf(peer), idsOf(first), peer.name);
    assert.ok(peer.log.every(({ state }) => state === "acknowledged" || state === "received"), peer.name);
  }
}

for (const seed of SEEDS) {
  test(`half of everything lost, some doubled, some held back: seed ${seed}`, async (t) => {
    const room = await roomFor(t, { ...BAD, seed, rate: 3 });
    await room.advance(20_000);
    const stopped = room.now;
    assert.ok(await room.settle(), `seed ${seed}: not settled after ten minutes`);
    assertWhole(room);
    t.diagnostic(`seed ${seed}: ${room.totals.written} messages, settled ${(room.now - stopped) / 1000} s after the last`);
    assert.ok(room.now - stopped < 90_000, `seed ${seed}: took ${room.now - stopped} ms`);
  });
}

test("a peer that was cut off catches up, and what it wrote gets to the others", async (t) => {
  const room = await roomFor(t, { ...BAD, loss: 0.3, seed: 6 });
  await room.advance(5000);
  room.isolate(3, true);
  await room.advance(20_000);
  const own = room.peers[3].log.filter(({ state }) => state === "pending");
  assert.ok(own.length > 0 && room.peers[3].counts.behind > 10, JSON.stringify(own.length));
  assert.equal(await room.settle(2000), false);
  room.isolate(3, false);
  assert.ok(await room.settle());
  assertWhole(room);
  assert.ok(room.peers[3].log.some(({ repaired }) => repaired));
});

test("a thousand messages among five peers", async (t) => {
  const room = await roomFor(t, { seed: 1, peers: 5, loss: 0.2, duplication: 0.05, reordering: 0.2, latency: 100, rate: 20 });
  await room.advance(50_000);
  const started = performance.now();
  assert.ok(await room.settle());
  assert.ok(room.totals.written > 900, `${room.totals.written}`);
  assertWhole(room);
  t.diagnostic(`${room.totals.written} messages; settling took ${Math.round(performance.now() - started)} ms`);
});

test("a good network needs no repairs, and the room is settled before anything is written", async (t) => {
  const room = await roomFor(t, { seed: 1, loss: 0, duplication: 0, reordering: 0, latency: 50, rate: 1 });
  assert.equal(room.settled, true);
  await room.advance(20_000);
  assert.ok(await room.settle());
  assertWhole(room);
  const { lost, copies, resends } = room.totals;
  assert.deepEqual({ lost, copies, resends }, { lost: 0, copies: 0, resends: 0 });
  assert.ok(room.peers.every(({ plain }) => plain.missing === 0 && plain.twice === 0));
});

test("without the library the same traffic leaves holes, disorder and doubles", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 4, rate: 5 });
  await room.advance(30_000);
  assert.ok(await room.settle());
  assertWhole(room);
  for (const { plain, name } of room.peers) {
    const lines = plain.log;
    const written = new Set(lines.map(({ id }) => id));
    assert.equal(written.size, room.totals.written, name);
    // Half of what three others have written.
    const share = plain.missing / room.totals.written;
    assert.ok(share > 0.25 && share < 0.5, `${name}: ${share}`);
    assert.ok(plain.late > 0 && plain.twice > 0, name);
    assert.equal(lines.filter(({ arrived }) => !arrived).length, plain.missing);
    assert.equal(lines.filter(({ disorder }) => disorder === "late").length, plain.late);
    assert.equal(lines.filter(({ disorder }) => disorder === "twice").length, plain.twice);
  }
  assert.ok(room.samples.some(({ behind }) => behind > 0));
  assert.ok(room.samples.at(-1).plainMissing > 0);
});
