// Storage that fails: what the caller hears of, what goes on regardless, and how storage catches up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, brief, ids, message, participant, record, send } from "../support/participants.mjs";

async function aliceOn(t, persistence, options = {}) {
  const alice = await participant(t, "alice", { persistence, ...options });
  await alice.ensureChannel(CHANNEL);
  return alice;
}

const persistenceError = (operation, cause) => (error) => {
  assert.equal(error.name, "SdsError");
  assert.equal(error.code, "PersistenceError");
  assert.match(error.message, new RegExp(`^${operation} of channel "${CHANNEL}": ${cause.message}$`));
  assert.equal(error.cause, cause);
  return true;
};

test("a channel that can't be loaded is the caller's to know, and can be tried again", async (t) => {
  const persistence = new InspectingPersistence();
  persistence.failing.add("loadChannel");
  const alice = await participant(t, "alice", { persistence });
  const failure = persistenceError("loadChannel", persistence.error);
  await assert.rejects(alice.ensureChannel(CHANNEL), failure);
  await assert.rejects(send(alice, "m"), failure);
  await assert.rejects(alice.unwrapReceivedMessage(message("x")), failure);
  assert.deepEqual(alice.getChannels(), []);
  assert.equal(persistence.count("saveChannelMeta"), 0);
  persistence.failing.clear();
  await send(alice, "m");
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m"]);
});

test("a snapshot that can't be saved is an event, not an error of sending; the next operation heals it", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  const events = record(alice);
  persistence.failing.add("saveChannelMeta");
  assert.ok((await send(alice, "m1")) instanceof Uint8Array);
  assert.deepEqual(ids(alice.getOutgoingBuffer(CHANNEL)), ["m1"]);
  assert.deepEqual(brief(events), ["persistenceError saveChannelMeta"]);
  assert.equal(events[0].channelId, CHANNEL);
  assert.ok(persistenceError("saveChannelMeta", persistence.error)(events[0].error));
  persistence.failing.clear();
  await send(alice, "m2");
  assert.deepEqual([...persistence.kept(CHANNEL).outgoing.keys()], ["m1", "m2"]);
  assert.equal(events.length, 1);
});

test("a history that can't be written is an event, not an error of sending", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  const events = record(alice);
  persistence.failing.add("updateHistory");
  assert.ok((await send(alice, "m1")) instanceof Uint8Array);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m1"]);
  assert.deepEqual(brief(events), ["persistenceError updateHistory"]);
});

test("changes of the history wait until storage takes them, then go in one call, oldest first", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  persistence.failing.add("updateHistory");
  await send(alice, "m1");
  assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: ["m1"], evict: [] });
  await send(alice, "m2");
  assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: ["m1", "m2"], evict: [] });
  assert.equal(persistence.kept(CHANNEL).log.size, 0);
  persistence.failing.clear();
  const before = persistence.count("updateHistory");
  await send(alice, "m3");
  assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: [], evict: [] });
  assert.equal(persistence.count("updateHistory"), before + 1);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m1", "m2", "m3"]);
});

test("a message that comes back while its eviction waits for storage ends up on disk", async (t) => {
  const persistence = new InspectingPersistence();
  const config = { maxMessageHistory: 2, bloomFilterCapacity: 2 };
  const alice = await aliceOn(t, persistence, { config });
  persistence.failing.add("updateHistory");
  for (const n of [1, 2, 3]) await alice.unwrapReceivedMessage(message(`m${n}`, { clock: BigInt(n) }));
  assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: ["m2", "m3"], evict: ["m1"] });

  // As long as it is remembered, m1 is a duplicate: 4 × 2 evicted ids later it is not.
  const again = (clock) => alice.unwrapReceivedMessage(message("m1", { clock }));
  assert.equal((await again(100n)).duplicate, true);
  for (let n = 4; n <= 10; n += 1) await alice.unwrapReceivedMessage(message(`m${n}`, { clock: BigInt(n) }));
  assert.equal((await again(100n)).duplicate, true);
  await alice.unwrapReceivedMessage(message("m11", { clock: 11n }));
  const { duplicate, delivered } = await again(100n);
  assert.deepEqual([duplicate, delivered], [false, true]);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m11", "m1"]);
  const { append, evict } = alice.getPendingHistory(CHANNEL);
  assert.deepEqual(append, ["m11", "m1"]);
  assert.ok(!evict.includes("m1") && evict.includes("m10"));

  persistence.failing.clear();
  await alice.markDependenciesMet(["anything"], CHANNEL);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()].sort(), ["m1", "m11"]);
  assert.equal(persistence.kept(CHANNEL).log.get("m1").lamportTimestamp, 100n);
});

test("a message that comes back takes its eviction out of the queue", async (t) => {
  const persistence = new InspectingPersistence();
  const config = { maxMessageHistory: 2, bloomFilterCapacity: 2 };
  const alice = await aliceOn(t, persistence, { config });
  for (const n of [1, 2]) await alice.unwrapReceivedMessage(message(`m${n}`, { clock: BigInt(n) }));
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m1", "m2"]);
  persistence.failing.add("updateHistory");
  await alice.unwrapReceivedMessage(message("m3", { clock: 3n }));
  assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: ["m3"], evict: ["m1"] });
  // Eight other known ids, and m1 is forgotten while its eviction is still the only one queued.
  await alice.markDependenciesMet(Array.from({ length: 8 }, (_, n) => `met ${n}`), CHANNEL);
  const { duplicate, delivered } = await alice.unwrapReceivedMessage(message("m1", { clock: 50n }));
  assert.deepEqual([duplicate, delivered], [false, true]);
  assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: ["m3", "m1"], evict: ["m2"] });
  persistence.failing.clear();
  await alice.runRepairSweep();
  assert.deepEqual(new Set(persistence.kept(CHANNEL).log.keys()), new Set(["m1", "m3"]));
  assert.equal(persistence.kept(CHANNEL).log.get("m1").lamportTimestamp, 50n);
});

test("what waits is written by the next operation, even one that changes no history", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  persistence.failing.add("updateHistory");
  await send(alice, "m1");
  assert.deepEqual(alice.getPendingHistory(CHANNEL).append, ["m1"]);
  persistence.failing.clear();
  await alice.markDependenciesMet(["no such message"], CHANNEL);
  assert.deepEqual(alice.getPendingHistory(CHANNEL).append, []);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m1"]);
});

for (const [name, operation] of Object.entries({
  "a duplicate": (alice) => alice.unwrapReceivedMessage(message("seen")),
  "ensureChannel": (alice) => alice.ensureChannel(CHANNEL),
  "a sweep": (alice) => alice.runRepairSweep(),
  "the other sweep": (alice) => alice.checkUnacknowledgedMessages(CHANNEL),
})) {
  test(`what waits is written by ${name}, too, and then nothing more`, async (t) => {
    const persistence = new InspectingPersistence();
    const alice = await aliceOn(t, persistence);
    await alice.unwrapReceivedMessage(message("seen"));
    persistence.failing.add("updateHistory").add("saveChannelMeta");
    await send(alice, "m1");
    persistence.failing.clear();
    await operation(alice);
    assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["seen", "m1"]);
    assert.deepEqual([...persistence.kept(CHANNEL).outgoing.keys()], ["m1"]);
    const calls = persistence.calls.length;
    await operation(alice);
    assert.equal(persistence.calls.length, calls, "nothing is left to write");
  });
}

test("a channel that can't be dropped is the caller's to know, and stays in memory", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  await send(alice, "m");
  persistence.failing.add("dropChannel");
  await assert.rejects(alice.removeChannel(CHANNEL), persistenceError("dropChannel", persistence.error));
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m"]);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m"]);
  await send(alice, "n");
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m", "n"]);
  persistence.failing.clear();
  await alice.removeChannel(CHANNEL);
  assert.equal(persistence.has(CHANNEL), false);
});

test("one method that fails does not keep the other from being called", async (t) => {
  for (const failing of ["saveChannelMeta", "updateHistory"]) {
    const persistence = new InspectingPersistence();
    const alice = await aliceOn(t, persistence);
    const events = record(alice);
    persistence.failing.add(failing);
    await send(alice, "m");
    assert.deepEqual(persistence.turns(1), [["saveChannelMeta", "updateHistory"]]);
    assert.deepEqual(brief(events), [`persistenceError ${failing}`]);
  }
});
