// Channels and managers: first use, removal, reset, cleanup, and neighbours in one process.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, brief, idle, message, participant, record, sds, send } from "../support/participants.mjs";

const methods = (persistence, first = 0) => persistence.calls.slice(first).map(({ method }) => method);

test("a channel used by many at once is loaded once", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await Promise.all([
    alice.ensureChannel(CHANNEL),
    send(alice, "m1"),
    alice.unwrapReceivedMessage(message("m2")),
    alice.wrapSyncMessage(CHANNEL),
    alice.ensureChannel(CHANNEL),
  ]);
  assert.equal(persistence.count("loadChannel"), 1);
  assert.deepEqual(new Set(alice.getMessageHistory(CHANNEL)), new Set(["m1", "m2"]));
  await alice.ensureChannel(CHANNEL);
  assert.equal(persistence.count("loadChannel"), 1);
});

test("a load that is slow is waited for; the channel is not there before", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  persistence.holds = ({ method }) => method === "loadChannel";
  const sent = [send(alice, "m1"), send(alice, "m2")];
  await idle();
  assert.deepEqual(alice.getChannels(), []);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), []);
  await assert.rejects(alice.markDependenciesMet(["x"], "never used"), { code: "InvalidArgument" });
  persistence.proceed();
  await Promise.all(sent);
  assert.deepEqual(alice.getChannels(), [CHANNEL]);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m1", "m2"]);
});

test("when a load fails, all who wait for it hear of it or load themselves, and the next try works", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  persistence.failing.add("loadChannel");
  const results = await Promise.allSettled([send(alice, "m1"), send(alice, "m2"), alice.ensureChannel(CHANNEL)]);
  assert.deepEqual(results.map(({ reason }) => reason?.code), ["PersistenceError", "PersistenceError", "PersistenceError"]);
  persistence.failing.clear();
  persistence.holds = ({ method, index }) => method === "loadChannel" && index === persistence.calls.findLastIndex((c) => c.method === method);
  const retries = Promise.allSettled([send(alice, "m1"), send(alice, "m2")]);
  await idle();
  // The first load fails, the second, of the operation behind it, does not.
  persistence.holds = () => false;
  for (const { fail } of persistence.waiting.splice(0)) fail(persistence.error);
  assert.deepEqual((await retries).map(({ status }) => status), ["rejected", "fulfilled"]);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m2"]);
});

test("channels know nothing of each other", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await send(alice, "m", "room 1");
  await alice.unwrapReceivedMessage(message("x", { channelId: "room 2", after: ["m"] }));
  assert.deepEqual(alice.getChannels(), ["room 1", "room 2"]);
  assert.equal(alice.getIncomingBuffer("room 2").length, 1);
  assert.equal(alice.getOutgoingBuffer("room 1").length, 1, "not acknowledged from another room");
  assert.deepEqual([...persistence.kept("room 1").log.keys()], ["m"]);
  assert.deepEqual([...persistence.kept("room 2").log.keys()], []);
});

for (const channelId of ["__proto__", "constructor", "a/b\0c", "チャンネル 😀", " "]) {
  test(`a channel may be called ${JSON.stringify(channelId)}`, async (t) => {
    const persistence = new sds.MemoryPersistence();
    const alice = await participant(t, "alice", { persistence });
    await send(alice, channelId, channelId);
    await alice.cleanup();
    const again = await participant(t, "alice", { persistence });
    await again.ensureChannel(channelId);
    assert.deepEqual(again.getMessageHistory(channelId), [channelId]);
    assert.deepEqual(again.getChannels(), [channelId]);
  });
}

test("a removal waits for the flush under way; what comes after it begins anew", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await alice.ensureChannel(CHANNEL);
  persistence.holds = () => true;
  const first = persistence.calls.length;
  const order = [];
  const operations = [send(alice, "before").then(() => order.push("before"))];
  await idle();
  operations.push(alice.removeChannel(CHANNEL).then(() => order.push("removed")));
  await idle();
  operations.push(send(alice, "after").then(() => order.push("after")));
  for (let round = 0; round < 6; round += 1) {
    await idle();
    persistence.proceed();
  }
  await Promise.all(operations);
  assert.deepEqual(order, ["before", "removed", "after"]);
  const pair = ["saveChannelMeta", "updateHistory"];
  assert.deepEqual(methods(persistence, first), [...pair, "dropChannel", "loadChannel", ...pair]);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["after"]);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["after"]);
});

test("a removal that fails keeps what was there, and what waited goes on with it", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await send(alice, "before");
  persistence.failing.add("dropChannel");
  const [removed, sent] = await Promise.allSettled([alice.removeChannel(CHANNEL), send(alice, "after")]);
  assert.deepEqual([removed.reason.code, sent.status], ["PersistenceError", "fulfilled"]);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["before", "after"]);
});

test("a channel that is not in memory is removed from storage too", async (t) => {
  const persistence = new InspectingPersistence();
  const before = await participant(t, "alice", { persistence });
  await send(before, "m");
  await before.cleanup();
  const alice = await participant(t, "alice", { persistence });
  await alice.removeChannel(CHANNEL);
  assert.equal(persistence.has(CHANNEL), false);
  assert.deepEqual(alice.getChannels(), []);
});

test("two removals at once are two calls, and both succeed", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await send(alice, "m");
  await Promise.all([alice.removeChannel(CHANNEL), alice.removeChannel(CHANNEL)]);
  assert.equal(persistence.count("dropChannel"), 2);
  await send(alice, "m");
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m"]);
});

test("reset removes every channel; one that fails does not save the others", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  for (const channelId of ["a", "b", "c"]) await send(alice, "m", channelId);
  const { dropChannel } = persistence;
  persistence.dropChannel = function (channelId) {
    return channelId === "b" ? Promise.reject(this.error) : dropChannel.call(this, channelId);
  };
  await assert.rejects(alice.reset(), { code: "PersistenceError", message: /^dropChannel of channel "b"/, cause: persistence.error });
  assert.deepEqual(alice.getChannels(), ["b"]);
  assert.deepEqual(["a", "b", "c"].map((id) => persistence.has(id)), [false, true, false]);
  delete persistence.dropChannel;
  await alice.reset();
  assert.deepEqual(alice.getChannels(), []);
  await alice.reset();
  await send(alice, "m", "a");
});

test("a sweep does not bring back a channel that is being removed", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await send(alice, "m");
  await Promise.all([alice.removeChannel(CHANNEL), alice.checkUnacknowledgedMessages(CHANNEL), alice.runRepairSweep()]);
  assert.deepEqual(alice.getChannels(), []);
  assert.equal(persistence.has(CHANNEL), false);
});

test("cleanup waits for writes under way; operations under way end, later ones are refused", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await alice.ensureChannel(CHANNEL);
  persistence.holds = () => true;
  const sent = [send(alice, "m1"), send(alice, "m2")];
  await idle();
  let cleaned = false;
  const cleanup = alice.cleanup().then(() => (cleaned = true));
  await assert.rejects(send(alice, "m3"), { code: "InvalidState" });
  await idle();
  assert.equal(cleaned, false);
  for (let round = 0; round < 2; round += 1) {
    persistence.proceed();
    await idle();
  }
  await cleanup;
  for (const bytes of await Promise.all(sent)) assert.ok(bytes instanceof Uint8Array);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m1", "m2"]);
  assert.equal(persistence.count("dropChannel"), 0);
});

test("cleanup while a channel is being loaded: the operation that waits is refused, nothing is written", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  persistence.holds = () => true;
  const sent = send(alice, "m");
  await idle();
  const cleanup = alice.cleanup();
  persistence.holds = () => false;
  persistence.proceed();
  const [result] = await Promise.allSettled([sent]);
  await cleanup;
  // It either still went through in full or was refused in full.
  const written = result.status === "fulfilled" ? ["m"] : [];
  if (result.status === "rejected") assert.equal(result.reason.code, "InvalidState");
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], written);
});

test("two managers on two backends share nothing, even under one name", async (t) => {
  const [one, two] = [new InspectingPersistence(), new InspectingPersistence()];
  const first = await participant(t, "alice", { persistence: one });
  const second = await participant(t, "alice", { persistence: two, config: { maxCausalHistory: 1 } });
  const events = record(second);
  await Promise.all([send(first, "m1"), send(second, "m2"), send(first, "m3")]);
  assert.deepEqual(first.getMessageHistory(CHANNEL), ["m1", "m3"]);
  assert.deepEqual(second.getMessageHistory(CHANNEL), ["m2"]);
  assert.deepEqual([...one.kept(CHANNEL).log.keys()], ["m1", "m3"]);
  await first.cleanup();
  await send(second, "m4");
  assert.deepEqual([...two.kept(CHANNEL).log.keys()], ["m2", "m4"]);
  assert.deepEqual(events, []);
});

test("two managers on one backend keep to their own channels", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  const bob = await participant(t, "bob", { persistence });
  await Promise.all([send(alice, "m", "alice's"), send(bob, "m", "bob's")]);
  await alice.reset();
  assert.equal(persistence.has("alice's"), false);
  assert.deepEqual([...persistence.kept("bob's").log.keys()], ["m"]);
  assert.deepEqual(bob.getChannels(), ["bob's"]);
});

test("views are copies", async (t) => {
  const alice = await participant(t, "alice");
  await send(alice, "m");
  alice.getMessage(CHANNEL, "m").content.fill(0);
  alice.getOutgoingBuffer(CHANNEL).pop();
  alice.getMessageHistory(CHANNEL).push("x");
  assert.equal(alice.getMessage(CHANNEL, "m").content[0], "t".charCodeAt(0));
  assert.deepEqual(brief(alice.getOutgoingBuffer(CHANNEL).map(({ message: m }) => ({ type: "is", ...m }))), ["is m"]);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m"]);
});
