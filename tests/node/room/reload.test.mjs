// A page is reloaded: the room goes on where it was, with what its databases hold.

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { BAD, idsOf, notebook, openRoom, roomFor, sds, shelf } from "../support/room.mjs";

const SETTINGS = { ...BAD, seed: 21 };

for (const seed of [21, 22, 23]) {
  test(`closed and opened in the middle, in IndexedDB: seed ${seed}`, async (t) => {
    const options = { name: "reload", lock: "none", notes: notebook() };
    const first = await openRoom({ ...SETTINGS, seed }, options);
    await first.advance(8000);
    const before = first.peers.map((peer) => ({ ids: idsOf(peer), counts: peer.counts, plain: peer.plain }));
    const { now } = first;
    const totals = { ...first.totals };
    await first.close();

    const room = await roomFor(t, { ...SETTINGS, seed }, options);
    assert.equal(room.storage, "indexeddb");
    assert.equal(room.now, now);
    assert.deepEqual(room.totals, totals);
    room.peers.forEach(({ counts, plain, log }, index) => {
      const was = before[index];
      const { behind, clock, delivered, unacknowledged, waiting } = was.counts;
      const is = { behind: counts.behind, clock: counts.clock, delivered: counts.delivered };
      assert.deepEqual(is, { behind, clock, delivered });
      assert.deepEqual([counts.unacknowledged, counts.waiting], [unacknowledged, waiting]);
      assert.deepEqual(plain.log, was.plain.log);
      assert.deepEqual([plain.missing, plain.late, plain.twice], [was.plain.missing, was.plain.late, was.plain.twice]);
      assert.ok(log.every(({ restored, state }) => restored || state === "hole"));
    });
    await room.advance(5000);
    assert.ok(room.totals.written > totals.written);
    assert.ok(await room.settle(), `seed ${seed}`);
    for (const peer of room.peers) {
      assert.deepEqual(idsOf(peer), idsOf(room.peers[0]));
      assert.equal(peer.log.length, room.totals.written);
      assert.equal(peer.counts.deliveredTwice, 0);
    }
  });
}

test("reloaded twice at the same moments, it is the same run", async () => {
  const play = async () => {
    const options = { storage: shelf(), notes: notebook() };
    for (let life = 0; life < 3; life += 1) {
      const room = await openRoom(SETTINGS, options);
      await room.advance(4000);
      await room.close();
    }
    const room = await openRoom(SETTINGS, options);
    const trace = room.peers.map(({ log, counts, plain }) => ({ log, counts, plain: plain.log }));
    await room.close();
    return { trace, totals: room.totals, now: room.now };
  };
  assert.deepEqual(await play(), await play());
});

test("a page that died without a word: its notes are old, and its databases are right", async (t) => {
  const notes = notebook();
  const storage = shelf();
  const first = await openRoom(SETTINGS, { storage, notes });
  await first.advance(9900);
  const { now } = first;
  const written = first.totals.written;
  for (const { index } of first.peers) first.kill(index);
  const room = await roomFor(t, SETTINGS, { storage, notes });
  assert.ok(room.now <= now && room.now > now - 2100, `${room.now}`);
  assert.equal(room.totals.written, written);
  await room.advance(5000);
  assert.ok(await room.settle());
  const ids = idsOf(room.peers[0]);
  assert.equal(new Set(ids).size, room.totals.written);
});

test("without notes the clock is estimated, so that no timer waits for a time long past", async (t) => {
  const storage = shelf();
  const first = await openRoom({ ...SETTINGS, loss: 0.9 }, { storage });
  await first.advance(20_000);
  await first.close();
  const room = await roomFor(t, SETTINGS, { storage });
  assert.ok(room.now >= 20_000, `${room.now}`);
  assert.ok(room.peers.some(({ counts }) => counts.unacknowledged + counts.waiting > 0));
  assert.ok(await room.settle());
});

test("notes without databases are of another life, and broken ones are none", async (t) => {
  for (const text of ['{"version":1,"now":5000,"said":[3,0,0,0]}', "{", '{"version":2}', "null", '{"version":1,"now":"x"}']) {
    const notes = notebook();
    notes.setItem("lossy-room-21-4", text);
    const room = await roomFor(t, SETTINGS, { storage: "memory", notes });
    assert.equal(room.now, 0, text);
    assert.equal(await room.send(0, "first"), "Ada-1", text);
  }
});

test("notes that can't be written are done without", async (t) => {
  const full = { ...notebook(), setItem: () => assert.fail("QuotaExceededError") };
  const room = await roomFor(t, SETTINGS, { storage: "memory", notes: full });
  await room.advance(5000);
  assert.equal(room.now, 5000);
});

test("clear leaves nothing; other rooms are untouched", async (t) => {
  const options = { storage: shelf(), notes: notebook() };
  const other = await roomFor(t, { ...SETTINGS, seed: 99 }, options);
  await other.advance(1000);
  const room = await openRoom(SETTINGS, options);
  await room.advance(3000);
  await room.clear();
  assert.ok([...options.storage.kept.keys()].every((name) => name.startsWith("lossy-room-99-4-")));
  assert.ok([...options.notes.notes.keys()].every((name) => name === "lossy-room-99-4"));
  const fresh = await roomFor(t, SETTINGS, options);
  assert.deepEqual([fresh.now, fresh.totals.written, fresh.peers[0].log.length], [0, 0, 0]);
});

test("a room can be closed while it runs, and twice", async () => {
  const room = await openRoom(SETTINGS, { storage: "memory" });
  const run = room.advance(3_600_000);
  await room.send(0, "hello");
  await room.close();
  await run;
  const { now } = room;
  await room.close();
  await room.advance(1000);
  assert.equal(room.now, now);
  assert.equal(await room.settle(), false);
  await assert.rejects(room.send(0, "too late"), /closed/);
  assert.ok(room.peers.every(({ alive }) => !alive));
});

test("a database that can't be opened fails the room and leaves none of them open", async () => {
  const storage = shelf();
  const { open } = storage;
  let opened = 0;
  storage.open = async (name) => {
    if (name.endsWith("Cleo")) throw new sds.SdsError("StorageLocked", "open elsewhere");
    const backend = await open(name);
    opened += 1;
    return { ...backend, close: async () => void (opened -= 1) };
  };
  await assert.rejects(openRoom(SETTINGS, { storage }), { code: "StorageLocked" });
  assert.equal(opened, 0);
});

test("an opening can be called off, and refuses what is out of range", async () => {
  await assert.rejects(openRoom(SETTINGS, { storage: "memory", signal: AbortSignal.abort() }), { name: "AbortError" });
  const late = new AbortController();
  const opening = openRoom(SETTINGS, { storage: "memory", signal: late.signal });
  late.abort();
  await assert.rejects(opening, { name: "AbortError" });
  await assert.rejects(openRoom({ ...SETTINGS, peers: 1 }, { storage: "memory" }), RangeError);
});
