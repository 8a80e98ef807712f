// How operations are written: one pair of calls each when they come alone, one pair for all that come meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, Clock, idle, ids, message, participant, send } from "../support/participants.mjs";

const PAIR = ["saveChannelMeta", "updateHistory"];
const META = ["saveChannelMeta"];

async function aliceOn(t, persistence, options = {}) {
  const alice = await participant(t, "alice", { persistence, ...options });
  await alice.ensureChannel(CHANNEL);
  return alice;
}

/** Runs operations without waiting for them, and notes which have settled. */
function start(operations) {
  const settled = [];
  const all = Object.entries(operations).map(([name, promise]) => promise.then(() => settled.push(name)));
  return { settled, all: Promise.all(all) };
}

test("an operation alone makes one pair of calls in one turn, snapshot first; one that changes nothing makes none", async (t) => {
  const clock = new Clock();
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence, { clock });
  const request = [{ messageId: "b1", senderId: "bob" }];
  const steps = [
    ["ensureChannel", () => alice.ensureChannel(CHANNEL), []],
    ["send", () => send(alice, "a1"), [PAIR]],
    ["receive", () => alice.unwrapReceivedMessage(message("b1")), [PAIR]],
    ["receive a duplicate", () => alice.unwrapReceivedMessage(message("b1")), []],
    ["receive and wait", () => alice.unwrapReceivedMessage(message("b3", { after: ["b2"] })), [META]],
    ["receive a duplicate that waits", () => alice.unwrapReceivedMessage(message("b3", { after: ["b2"] })), []],
    ["receive and cascade", () => alice.unwrapReceivedMessage(message("b2")), [PAIR]],
    ["receive a sync message", () => alice.unwrapReceivedMessage(message("s1", { content: "" })), [META]],
    ["receive a sync message again", () => alice.unwrapReceivedMessage(message("s1", { content: "" })), []],
    ["receive an ephemeral message", () => alice.unwrapReceivedMessage(message("e", { lamportTimestamp: undefined })), []],
    ["send a sync message", () => alice.wrapSyncMessage(CHANNEL), [META]],
    ["receive a request", () => alice.unwrapReceivedMessage(message("b4", { repairRequest: request })), [PAIR]],
    ["receive the answer of another", () => alice.unwrapReceivedMessage(message("b1")), [META]],
    ["send an ephemeral message", () => alice.wrapEphemeralMessage(Uint8Array.of(1), "e1", CHANNEL), []],
    ["mark nothing of interest", () => alice.markDependenciesMet(["x"], CHANNEL), []],
    ["a clean sweep", () => alice.checkUnacknowledgedMessages(CHANNEL), []],
    ["a clean repair sweep", () => alice.runRepairSweep(), []],
    ["a sweep that resends", () => (clock.pass(60_001), alice.checkUnacknowledgedMessages(CHANNEL)), [META]],
    ["the same again", () => alice.checkUnacknowledgedMessages(CHANNEL), []],
  ];
  for (const [name, step, expected] of steps) {
    const before = persistence.calls.length;
    await step();
    assert.deepEqual(persistence.turns(before), expected, name);
  }
});

test("operations that come while storage is busy share one pair of calls", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  persistence.holds = () => true;
  const before = persistence.calls.length;
  const names = Array.from({ length: 50 }, (_, n) => `m${n}`);
  const { settled, all } = start(Object.fromEntries(names.map((id) => [id, send(alice, id)])));
  await idle();
  assert.deepEqual(alice.getMessageHistory(CHANNEL), names, "memory has them all");
  assert.deepEqual(persistence.turns(before), [PAIR]);
  persistence.proceed();
  await idle();
  assert.deepEqual(settled, ["m0"]);
  assert.deepEqual(persistence.turns(before), [PAIR, PAIR]);
  persistence.proceed();
  await all;
  assert.deepEqual(settled, names);
  assert.deepEqual(persistence.turns(before), [PAIR, PAIR]);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], names);
  assert.deepEqual([...persistence.kept(CHANNEL).outgoing.keys()], names);
});

test("a promise settles only after a flush that began after its change", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  persistence.holds = () => true;
  const first = start({ a: send(alice, "a") });
  await idle();
  const later = start({ b: send(alice, "b"), c: alice.unwrapReceivedMessage(message("c")) });
  await idle();
  assert.deepEqual(persistence.waiting[1].args[0].append.map(({ messageId }) => messageId), ["a"]);
  persistence.proceed();
  await idle();
  assert.deepEqual([first.settled, later.settled], [["a"], []]);
  const latest = start({ d: send(alice, "d") });
  await idle();
  assert.deepEqual(persistence.waiting[1].args[0].append.map(({ messageId }) => messageId), ["b", "c"]);
  persistence.proceed();
  await later.all;
  assert.deepEqual(latest.settled, []);
  await idle();
  persistence.proceed();
  await latest.all;
});

test("what an operation queues while a flush is under way is not cleared with it", async (t) => {
  for (const fails of [false, true]) {
    const persistence = new InspectingPersistence();
    const alice = await aliceOn(t, persistence, { config: { maxMessageHistory: 1, bloomFilterCapacity: 1 } });
    persistence.holds = () => true;
    const first = alice.unwrapReceivedMessage(message("m1", { clock: 1n }));
    await idle();
    const second = alice.unwrapReceivedMessage(message("m2", { clock: 2n }));
    await idle();
    const queued = { append: ["m2"], evict: ["m1"] };
    assert.deepEqual(alice.getPendingHistory(CHANNEL), queued, "m1's eviction has replaced its append");
    if (fails) persistence.waiting[1].fail(persistence.error);
    persistence.proceed();
    await first;
    assert.deepEqual(alice.getPendingHistory(CHANNEL), queued);
    await idle();
    persistence.proceed();
    await second;
    assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: [], evict: [] });
    assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m2"]);
  }
});

test("an append that arrives while a flush is under way is written by the next", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  persistence.holds = () => true;
  const both = [send(alice, "m1")];
  await idle();
  both.push(send(alice, "m2"));
  await idle();
  persistence.holds = () => false;
  persistence.proceed();
  await Promise.all(both);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m1", "m2"]);
  assert.equal(persistence.count("updateHistory"), 2);
});

test("operations that share a flush share its failure, and the next operation heals all of them", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  persistence.failing.add("saveChannelMeta").add("updateHistory");
  await Promise.all(["m1", "m2", "m3"].map((id) => send(alice, id)));
  assert.deepEqual(alice.getPendingHistory(CHANNEL).append, ["m1", "m2", "m3"]);
  persistence.failing.clear();
  await alice.runRepairSweep();
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m1", "m2", "m3"]);
});

test("a snapshot is of one instant: what it says is pending is what goes to the history beside it", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  persistence.holds = () => true;
  const all = Promise.all(["m1", "m2", "m3"].map((id) => send(alice, id)));
  await idle();
  persistence.proceed();
  await idle();
  persistence.proceed();
  await all;
  const updates = persistence.calls.filter(({ method }) => method === "updateHistory");
  assert.deepEqual(updates.map(({ args: [{ append }] }) => append.map(({ messageId }) => messageId)), [["m1"], ["m2", "m3"]]);
  const { pendingAppend, lamportTimestamp } = persistence.kept(CHANNEL).decoded;
  assert.deepEqual(pendingAppend.map(({ messageId }) => messageId), ["m2", "m3"]);
  assert.equal(lamportTimestamp, alice.getLamportTimestamp(CHANNEL));
});

test("one channel whose storage hangs does not keep the others waiting", async (t) => {
  const clock = new Clock();
  const persistence = new InspectingPersistence();
  // Named so that the stuck one comes first in every order.
  const [stuck, free] = ["a stuck channel", "b free channel"];
  const alice = await participant(t, "alice", { persistence, clock });
  for (const channelId of [stuck, free]) {
    await alice.unwrapReceivedMessage(message("had", { channelId, senderId: "alice" }));
    await send(alice, "early", channelId);
  }
  persistence.holds = ({ channelId }) => channelId === stuck;
  const hanging = start({ m: send(alice, "m", stuck) });
  await idle();
  await send(alice, "m", free);
  const request = { repairRequest: [{ messageId: "had", senderId: "alice" }], channelId: free };
  await alice.unwrapReceivedMessage(message("request", request));
  assert.deepEqual([...persistence.kept(free).outgoing.keys()], ["early", "m"]);
  assert.deepEqual(ids(alice.getOutgoingBuffer(stuck)), ["early", "m"], "its views work");

  const seen = [];
  for (const type of ["repairReady", "messageResend"]) {
    alice.addEventListener(type, ({ detail: { channelId, messageId } }) => seen.push(`${type} ${messageId} of ${channelId}`));
  }
  clock.pass(60_001);
  const sweeps = [alice.runRepairSweep()];
  await idle();
  assert.deepEqual(seen, [`repairReady had of ${free}`]);
  sweeps.push(alice.checkUnacknowledgedMessages(stuck));
  await alice.checkUnacknowledgedMessages(free);
  assert.deepEqual(seen.slice(1), [`messageResend early of ${free}`, `messageResend m of ${free}`]);

  assert.deepEqual(hanging.settled, []);
  persistence.holds = () => false;
  persistence.proceed();
  await hanging.all;
  await Promise.all(sweeps);
  assert.deepEqual(seen.slice(3), [`messageResend early of ${stuck}`, `messageResend m of ${stuck}`]);
});
