// A peer is killed as a crash would end it, at any moment, and comes back with all that was told.

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BAD, idsOf, roomFor, shelf, unevenly } from "../support/room.mjs";

function assertComeback({ clockBefore, clockAfter, restored, logBefore, pendingAfter, deliveredTwice }, seed) {
  assert.ok(clockAfter >= clockBefore, `seed ${seed}: clock ${clockBefore} -> ${clockAfter}`);
  assert.ok(restored >= logBefore, `seed ${seed}: log ${logBefore} -> ${restored}`);
  assert.ok(pendingAfter <= restored, `seed ${seed}: ${pendingAfter} pending`);
  assert.equal(deliveredTwice, 0, `seed ${seed}`);
}

async function assertWhole(room, seed) {
  const state = () => room.peers.map(({ counts: { behind, holes, waiting } }) => `${behind}/${holes}/${waiting}`).join(" ");
  assert.ok(await room.settle(), `seed ${seed}, behind/holes/waiting: ${state()}`);
  for (const peer of room.peers) {
    assert.equal(peer.counts.deliveredTwice, 0, `seed ${seed}`);
    assert.deepEqual(idsOf(peer), idsOf(room.peers[0]), `seed ${seed}`);
    assert.equal(peer.log.length, room.totals.written, `seed ${seed}`);
  }
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(`killed between two steps and restarted, again and again: seed ${seed}`, async (t) => {
    const room = await roomFor(t, { ...BAD, seed, rate: 4 });
    for (let round = 0; round < 4; round += 1) {
      await room.advance(2000);
      const victim = (seed + round) % 4;
      const { counts, log } = room.peers[victim];
      room.kill(victim);
      assert.equal(room.peers[victim].alive, false);
      assert.equal(room.peers[victim].log, log);
      await room.advance(1500);
      const comeback = await room.restart(victim);
      assertComeback(comeback, seed);
      // Nothing was under way: all is there, as it was.
      assert.equal(comeback.restored, counts.delivered);
      assert.equal(comeback.clockAfter, counts.clock);
      assert.equal(comeback.pendingAfter, counts.unacknowledged);
      assert.ok(room.peers[victim].log.every(({ restored, state }) => restored || state === "hole"));
    }
    await assertWhole(room, seed);
  });
}

for (const seed of [6, 7, 8, 9, 10, 11]) {
  test(`killed in the middle of its writes: seed ${seed}`, async (t) => {
    const room = await roomFor(t, { ...BAD, seed, rate: 10 }, { storage: shelf(unevenly()) });
    for (let round = 0; round < 6; round += 1) {
      await room.advance(800);
      const victim = (seed + round) % 4;
      const written = room.totals.written;
      const step = room.advance(2000);
      const sent = room.send(victim, `last words ${round}`).then((id) => id, () => undefined);
      for (let turns = 3 + ((seed * 5 + round * 3) % 11); turns > 0; turns -= 1) await nextTurn();
      room.kill(victim);
      await step;
      const comeback = await room.restart(victim);
      assertComeback(comeback, seed);
      const id = await sent;
      // Who was told that it is saved can count on it.
      if (id) assert.ok(idsOf(room.peers[victim]).includes(id), `seed ${seed}: ${id}`);
      assert.ok(room.totals.written >= written);
    }
    await assertWhole(room, seed);
  });
}

test("killed in the middle of its writes to IndexedDB, all at once", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 12, rate: 10 }, { name: "kill", lock: "none" });
  await room.advance(2000);
  const step = room.advance(500);
  for (let turns = 4; turns > 0; turns -= 1) await nextTurn();
  for (const { index } of room.peers) room.kill(index);
  await step;
  const comebacks = await Promise.all(room.peers.map(({ index }) => room.restart(index)));
  for (const comeback of comebacks) assertComeback(comeback, 12);
  await room.advance(2000);
  await assertWhole(room, 12);
});

test("a message that was saved but never told counts as written once the history shows it", async (t) => {
  const gate = { open: true, waiting: [] };
  const hold = () => (gate.open ? undefined : new Promise((resolve) => gate.waiting.push(resolve)));
  const room = await roomFor(t, { seed: 3, peers: 2, loss: 0, rate: 0 }, { storage: shelf(hold) });
  await room.advance(100);
  gate.open = false;
  const sent = room.send(0, "to be or not");
  for (let turns = 0; turns < 5; turns += 1) await nextTurn();
  room.kill(0);
  await assert.rejects(sent, /killed before/);
  assert.equal(room.totals.written, 0);
  assert.equal(room.peers[1].counts.behind, 0);
  gate.open = true;
  for (const release of gate.waiting) release();
  const { restored, logBefore, pendingAfter } = await room.restart(0);
  assert.deepEqual({ restored, logBefore, pendingAfter }, { restored: 1, logBefore: 0, pendingAfter: 1 });
  assert.equal(room.totals.written, 1);
  assert.equal(room.peers[1].counts.behind, 1);
  assert.equal(room.totals.frames > 0 && room.frames.some(({ kind }) => kind === "message"), false);
  assert.ok(await room.settle());
  assert.deepEqual(idsOf(room.peers[1]), ["Ada-1"]);
  assert.ok(room.peers[1].log[0].repaired);
});

test("the others go on without it; what is sent to it is lost on the dead", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 2, loss: 0 });
  await room.advance(1000);
  room.kill(1);
  room.kill(1);
  await room.advance(3000);
  const { at, arrivals } = room.frames.find((frame) => frame.at > 1200 && frame.from !== 1);
  assert.equal(arrivals.find(({ to }) => to === 1).fate, "dead", `${at}`);
  await assert.rejects(room.send(1, "hello"), /Ben is not running/);
  await assert.rejects(room.restart(0), /Ada is running already/);
  const restart = room.restart(1);
  assert.equal(room.peers[1].starting, true);
  await assert.rejects(room.restart(1), /already/);
  await restart;
  assert.deepEqual([room.peers[1].starting, room.peers[1].alive], [false, true]);
  await assertWhole(room, 2);
});

test("a backend that fails is reported, and no more once it works again", async (t) => {
  let broken = false;
  const storage = shelf(async () => {
    if (broken) throw new Error("the disk is on fire");
  });
  const room = await roomFor(t, { ...BAD, seed: 5 }, { storage });
  await room.advance(1000);
  broken = true;
  await room.advance(1000);
  assert.ok(room.peers.every(({ storageError }) => storageError.code === "PersistenceError"));
  broken = false;
  await room.advance(2000);
  assert.ok(room.peers.every(({ storageError }) => storageError === undefined));
  await assertWhole(room, 5);
});

test("a peer that can't be opened again stays dead and says why", async (t) => {
  let refusing = false;
  const storage = shelf();
  const open = storage.open;
  storage.open = (name) => (refusing ? Promise.reject(new Error(`no ${name} today`)) : open(name));
  const room = await roomFor(t, { ...BAD, seed: 5 }, { storage });
  room.kill(2);
  refusing = true;
  await assert.rejects(room.restart(2), /today/);
  assert.deepEqual([room.peers[2].alive, room.peers[2].starting], [false, false]);
  assert.match(room.peers[2].storageError.message, /lossy-room-5-4-Cleo/);
  refusing = false;
  await room.restart(2);
  assert.equal(room.peers[2].storageError, undefined);
});
