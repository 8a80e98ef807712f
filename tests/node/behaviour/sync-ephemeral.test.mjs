// Messages without content and messages without a clock.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import {
  CHANNEL, LAMPORT0, altered, brief, ids, message, participant, record, sds, send, text,
} from "../support/participants.mjs";

test("a sync message tells clock, history and filter, and enters no buffer of its sender", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await send(alice, "m");
  const filter = async () => sds.decodeMessage(await alice.wrapSyncMessage(CHANNEL)).bloomFilter;
  const first = await filter();
  const sync = sds.decodeMessage(await alice.wrapSyncMessage(CHANNEL));
  assert.equal(sync.content.length, 0);
  assert.equal(sync.lamportTimestamp, LAMPORT0 + 3n);
  assert.deepEqual([sync.channelId, sync.senderId], [CHANNEL, "alice"]);
  assert.deepEqual(sync.causalHistory, [{ messageId: "m", senderId: "alice" }]);
  assert.deepEqual(sync.bloomFilter, first, "sync messages are not in the filter");
  assert.deepEqual([alice.getMessageHistory(CHANNEL), ids(alice.getOutgoingBuffer(CHANNEL))], [["m"], ["m"]]);
  assert.equal(persistence.kept(CHANNEL).lamport, LAMPORT0 + 3n);
  assert.equal(persistence.count("updateHistory"), 1);
});

test("every sync message has an id of its own", async (t) => {
  const alice = await participant(t, "alice");
  const all = await Promise.all(Array.from({ length: 20 }, () => alice.wrapSyncMessage(CHANNEL)));
  assert.equal(new Set(all.map((bytes) => sds.decodeMessage(bytes).messageId)).size, 20);
});

test("a received sync message moves the clock, acknowledges, shows gaps, and is not delivered as a message", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await send(alice, "mine");
  const events = record(alice);
  const bytes = message("sync", { after: ["mine", "gap"], content: "", clock: LAMPORT0 + 100n });
  const received = await alice.unwrapReceivedMessage(bytes);
  assert.equal(received.kind, "sync");
  assert.deepEqual([received.duplicate, received.missingDependencies], [false, [{ messageId: "gap" }]]);
  assert.deepEqual(brief(events), ["messageSent mine", "missingDependencies sync"]);
  assert.equal(alice.getLamportTimestamp(CHANNEL), LAMPORT0 + 101n);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["mine"]);
  assert.deepEqual(alice.getIncomingBuffer(CHANNEL), []);
  assert.deepEqual([...persistence.kept(CHANNEL).outgoingRepair.keys()], ["gap"]);
  assert.equal((await alice.unwrapReceivedMessage(bytes)).duplicate, true);
  assert.equal(events.length, 2);
});

test("a message may depend on a sync message, which is as good as delivered once it came", async (t) => {
  const alice = await participant(t, "alice");
  const events = record(alice);
  await alice.unwrapReceivedMessage(message("m", { after: ["sync"] }));
  await alice.unwrapReceivedMessage(message("sync", { content: "" }));
  assert.deepEqual(brief(events), ["missingDependencies m", "messageReady m"]);
  assert.equal((await alice.unwrapReceivedMessage(message("n", { after: ["sync"] }))).delivered, true);
});

test("an own sync message that comes back is ignored, even after a restart", async (t) => {
  const persistence = new InspectingPersistence();
  const before = await participant(t, "alice", { persistence });
  const bytes = await before.wrapSyncMessage(CHANNEL);
  for (const alice of [before, await participant(t, "alice", { persistence })]) {
    await alice.ensureChannel(CHANNEL);
    const [events, calls] = [record(alice), persistence.calls.length];
    const received = await alice.unwrapReceivedMessage(altered(bytes, { causalHistory: [{ messageId: "gap" }] }));
    assert.deepEqual([received.kind, received.duplicate], ["sync", true]);
    assert.deepEqual(events, []);
    assert.equal(persistence.calls.length, calls);
  }
});

test("an ephemeral message is delivered at once and leaves no trace", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  const bob = await participant(t, "bob");
  const bytes = await bob.wrapEphemeralMessage(text("typing …"), "e", CHANNEL);
  const sent = sds.decodeMessage(bytes);
  assert.deepEqual([sent.lamportTimestamp, sent.causalHistory, sent.senderId], [undefined, [], "bob"]);
  assert.deepEqual(bob.getChannels(), []);
  const events = record(alice);
  const common = { messageId: "e", channelId: CHANNEL, senderId: "bob", content: text("typing …") };
  for (const time of [1, 2]) {
    const received = await alice.unwrapReceivedMessage(bytes);
    assert.deepEqual(received, { ...common, delivered: true, missingDependencies: [], kind: "ephemeral", duplicate: false });
    assert.equal(events.length, time);
    const { type, lamportTimestamp, ...detail } = events.at(-1);
    assert.deepEqual([type, lamportTimestamp, detail], ["messageReady", undefined, common]);
  }
  assert.deepEqual(alice.getChannels(), []);
  assert.deepEqual(persistence.calls, []);
});

test("an ephemeral message in an open channel changes nothing there", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await send(alice, "mine");
  await alice.unwrapReceivedMessage(message("waits", { after: ["e"] }));
  const [clock, calls] = [alice.getLamportTimestamp(CHANNEL), persistence.calls.length];
  await alice.unwrapReceivedMessage(message("e", { after: ["mine", "gap"], lamportTimestamp: undefined }));
  assert.deepEqual(ids(alice.getOutgoingBuffer(CHANNEL)), ["mine"], "it acknowledges nothing");
  assert.deepEqual(ids(alice.getIncomingBuffer(CHANNEL)), ["waits"], "it satisfies nothing");
  assert.deepEqual(alice.getOutgoingRepairBuffer(CHANNEL).map(({ entry }) => entry.messageId), ["e"]);
  assert.equal(alice.getLamportTimestamp(CHANNEL), clock);
  assert.equal(persistence.calls.length, calls);
});

test("an ephemeral message does not use up its id", async (t) => {
  const alice = await participant(t, "alice");
  await alice.wrapEphemeralMessage(text("x"), "m", CHANNEL);
  await send(alice, "m");
  await alice.wrapEphemeralMessage(text("x"), "m", CHANNEL);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m"]);
});
