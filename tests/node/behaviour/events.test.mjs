// What each event says, and in which order events come.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import {
  CHANNEL, Clock, LAMPORT0, altered, brief, ids, message, participant, record, sds, send, text,
} from "../support/participants.mjs";

test("messageReady and the result of receiving: what was sent, once", async (t) => {
  const [alice, bob] = [await participant(t, "alice"), await participant(t, "bob")];
  const bytes = await bob.wrapOutgoingMessage(text("hello"), "m", CHANNEL);
  const events = record(alice);
  const received = await alice.unwrapReceivedMessage(bytes);
  const common = { messageId: "m", channelId: CHANNEL, senderId: "bob", content: text("hello") };
  assert.deepEqual(received, { ...common, delivered: true, missingDependencies: [], kind: "content", duplicate: false });
  assert.deepEqual(events, [{ type: "messageReady", ...common, lamportTimestamp: LAMPORT0 + 1n }]);
  assert.deepEqual(await alice.unwrapReceivedMessage(bytes), { ...received, duplicate: true });
  assert.equal(events.length, 1);
});

test("sending fires no event; hearing oneself is a duplicate", async (t) => {
  const alice = await participant(t, "alice");
  const events = record(alice);
  const bytes = await send(alice, "m");
  assert.equal((await alice.unwrapReceivedMessage(bytes)).duplicate, true);
  assert.deepEqual(events, []);
});

test("an own message that is not in the history comes back as messageReady, not into the outgoing buffer", async (t) => {
  const bytes = await send(await participant(t, "alice"), "m");
  const alice = await participant(t, "alice");
  const events = record(alice);
  assert.equal((await alice.unwrapReceivedMessage(bytes)).delivered, true);
  assert.deepEqual(brief(events), ["messageReady m"]);
  assert.deepEqual(alice.getOutgoingBuffer(CHANNEL), []);
});

test("missingDependencies: the unmet ones, as the message names them", async (t) => {
  const alice = await participant(t, "alice");
  await alice.unwrapReceivedMessage(message("here"));
  const events = record(alice);
  const full = { messageId: "gone 1", senderId: "carol", retrievalHint: text("hint") };
  const received = await alice.unwrapReceivedMessage(message("m", { after: [full, "here", "gone 2"] }));
  const missingDependencies = [full, { messageId: "gone 2" }];
  assert.deepEqual([received.delivered, received.missingDependencies], [false, missingDependencies]);
  assert.deepEqual(events, [{ type: "missingDependencies", channelId: CHANNEL, messageId: "m", missingDependencies }]);
  const again = await alice.unwrapReceivedMessage(message("m", { after: [full, "here", "gone 2"] }));
  assert.deepEqual([again.duplicate, again.delivered, again.missingDependencies], [true, false, []]);
  assert.equal(events.length, 1);
});

test("a cascade: each message after all it depends on, those that are free together by clock and id", async (t) => {
  const alice = await participant(t, "alice");
  const later = (id, after, clock) => alice.unwrapReceivedMessage(message(id, { after, clock: BigInt(clock) }));
  await later("grandchild", ["child b", "child a"], 50);
  await later("child b", ["root"], 30);
  await later("child a", ["root"], 30);
  await later("eldest", ["root"], 20);
  await later("stranger", ["root", "never"], 10);
  // A clock below that of its own dependency does not put it first.
  await later("backwards", ["grandchild"], 5);
  const events = record(alice);
  await later("root", [], 40);
  assert.deepEqual(brief(events), [
    "messageReady root",
    "messageReady eldest",
    "messageReady child a",
    "messageReady child b",
    "messageReady grandchild",
    "messageReady backwards",
  ]);
  assert.deepEqual(ids(alice.getIncomingBuffer(CHANNEL)), ["stranger"]);
  assert.deepEqual(alice.getIncomingBuffer(CHANNEL)[0].missingDependencies, ["never"]);
});

test("a cascade of a thousand messages is one pair of calls and comes in order", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  for (let n = 999; n > 0; n -= 1) {
    await alice.unwrapReceivedMessage(message(`m${n}`, { after: [`m${n - 1}`], clock: BigInt(n) }));
  }
  const events = record(alice, ["messageReady"]);
  const before = persistence.calls.length;
  await alice.unwrapReceivedMessage(message("m0", { clock: 0n }));
  assert.deepEqual(events.map(({ messageId }) => messageId), Array.from({ length: 1000 }, (_, n) => `m${n}`));
  assert.deepEqual(persistence.turns(before), [["saveChannelMeta", "updateHistory"]]);
});

test("markDependenciesMet releases, in order, what waited for nothing else", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await alice.unwrapReceivedMessage(message("m2", { after: ["m1"], clock: 2n }));
  await alice.unwrapReceivedMessage(message("m1", { after: ["fetched", "fetched too"], clock: 1n }));
  const events = record(alice);
  await alice.markDependenciesMet(["fetched"], CHANNEL);
  assert.deepEqual(events, []);
  const before = persistence.calls.length;
  await alice.markDependenciesMet(["fetched too", "unrelated"], CHANNEL);
  assert.deepEqual(brief(events), ["messageReady m1", "messageReady m2"]);
  assert.deepEqual(persistence.turns(before), [["saveChannelMeta", "updateHistory"]]);
  assert.deepEqual(alice.getOutgoingRepairBuffer(CHANNEL), []);
  assert.equal((await alice.unwrapReceivedMessage(message("m3", { after: ["fetched"] }))).delivered, true);
});

test("messageSent: acknowledged by a causal history", async (t) => {
  const [alice, bob] = [await participant(t, "alice"), await participant(t, "bob")];
  const events = record(alice);
  await bob.unwrapReceivedMessage(await send(alice, "mine"));
  const reply = altered(await send(bob, "reply"), { bloomFilter: new Uint8Array() });
  await alice.unwrapReceivedMessage(reply);
  assert.deepEqual(events[0], { type: "messageSent", channelId: CHANNEL, messageId: "mine", acknowledged: true });
  assert.deepEqual(brief(events), ["messageSent mine", "messageReady reply"]);
});

test("messageSent: acknowledged by a bloom filter", async (t) => {
  const [alice, bob] = [await participant(t, "alice"), await participant(t, "bob")];
  const events = record(alice);
  await bob.unwrapReceivedMessage(await send(alice, "mine"));
  await send(alice, "unheard of");
  await alice.unwrapReceivedMessage(altered(await send(bob, "reply"), { causalHistory: [] }));
  assert.deepEqual(brief(events), ["messageSent mine", "messageReady reply"]);
  assert.equal(events[0].acknowledged, true);
  assert.deepEqual(ids(alice.getOutgoingBuffer(CHANNEL)), ["unheard of"]);
});

test("possibleAcksThreshold 2: the second message whose filter has it acknowledges, a causal history at once", async (t) => {
  const alice = await participant(t, "alice", { config: { possibleAcksThreshold: 2 } });
  const bob = await participant(t, "bob");
  const events = record(alice, ["messageSent"]);
  for (const id of ["m1", "m2"]) await bob.unwrapReceivedMessage(await send(alice, id));
  const filterOnly = async (id) => altered(await send(bob, id), { causalHistory: [] });
  const first = await filterOnly("r1");
  await alice.unwrapReceivedMessage(first);
  await alice.unwrapReceivedMessage(first);
  assert.deepEqual(ids(alice.getOutgoingBuffer(CHANNEL)), ["m1", "m2"], "a duplicate counts nothing");
  await alice.unwrapReceivedMessage(message("names m1", { after: ["m1"] }));
  assert.deepEqual(brief(events), ["messageSent m1"]);
  await alice.unwrapReceivedMessage(await filterOnly("r2"));
  assert.deepEqual(brief(events), ["messageSent m1", "messageSent m2"]);
});

test("messageResend until the attempts are used up, then messageSent that is not acknowledged", async (t) => {
  const clock = new Clock();
  const config = { resendInterval: 1000, maxResendAttempts: 2 };
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { clock, config, persistence });
  const events = record(alice);
  await send(alice, "m");
  for (const [after, expected] of [[1000, []], [1, ["messageResend m"]], [1000, []], [1, ["messageResend m"]], [1001, ["messageSent m"]], [9999, []]]) {
    clock.pass(after);
    await alice.checkUnacknowledgedMessages(CHANNEL);
    assert.deepEqual(brief(events.splice(0)), expected, `at ${clock.at}`);
    const [kept] = persistence.kept(CHANNEL).outgoing.values();
    const [buffered] = alice.getOutgoingBuffer(CHANNEL);
    assert.deepEqual([kept?.resendAttempts, kept?.sendTime], [buffered?.resendAttempts, buffered?.sendTime]);
  }
  assert.deepEqual(alice.getOutgoingBuffer(CHANNEL), []);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m"]);
});

test("messageSent that is not acknowledged says so", async (t) => {
  const clock = new Clock();
  const alice = await participant(t, "alice", { clock, config: { maxResendAttempts: 0 } });
  const events = record(alice);
  await send(alice, "m");
  clock.pass(60_001);
  await alice.checkUnacknowledgedMessages(CHANNEL);
  assert.deepEqual(events, [{ type: "messageSent", channelId: CHANNEL, messageId: "m", acknowledged: false }]);
});

test("messageResend carries the same message with a fresh filter", async (t) => {
  const clock = new Clock();
  const alice = await participant(t, "alice", { clock });
  await alice.unwrapReceivedMessage(message("before"));
  const original = sds.decodeMessage(await send(alice, "m"));
  await alice.unwrapReceivedMessage(message("since"));
  const events = record(alice);
  clock.pass(60_001);
  await alice.checkUnacknowledgedMessages(CHANNEL);
  const [{ bytes, ...rest }] = events;
  assert.deepEqual(rest, { type: "messageResend", channelId: CHANNEL, messageId: "m", attempt: 1 });
  const resent = sds.decodeMessage(bytes);
  assert.notDeepEqual(resent.bloomFilter, original.bloomFilter);
  assert.deepEqual({ ...resent, bloomFilter: 0 }, { ...original, bloomFilter: 0 });
  assert.deepEqual(original.causalHistory, [{ messageId: "before", senderId: "bob" }]);

  const bob = await participant(t, "bob");
  for (const id of ["before", "since", "m"]) await send(bob, id, CHANNEL);
  await bob.unwrapReceivedMessage(altered(bytes, { messageId: "filter only", causalHistory: [] }));
  assert.deepEqual(bob.getOutgoingBuffer(CHANNEL), [], "the filter has all three");
});

test("messageLost by timeout: the dependencies that never came hold up nothing any more", async (t) => {
  const clock = new Clock();
  const alice = await participant(t, "alice", { clock, config: { lostMessageTimeout: 1000 } });
  await alice.unwrapReceivedMessage(message("m1", { after: ["never"], clock: 1n }));
  clock.pass(500);
  await alice.unwrapReceivedMessage(message("m2", { after: ["never", "m1"], clock: 2n }));
  const events = record(alice);
  clock.pass(500);
  await alice.checkUnacknowledgedMessages(CHANNEL);
  assert.deepEqual(events, []);
  clock.pass(1);
  await alice.checkUnacknowledgedMessages(CHANNEL);
  const lost = { type: "messageLost", channelId: CHANNEL, messageId: "m1", missingDependencies: ["never"], reason: "timeout" };
  assert.deepEqual(events, [lost]);
  assert.equal((await alice.unwrapReceivedMessage(message("m3", { after: ["never"], clock: 3n }))).delivered, true);
  // m1 itself was received, but not delivered: it may come again.
  assert.equal((await alice.unwrapReceivedMessage(message("m1", { after: ["never"], clock: 1n }))).delivered, true);
  assert.deepEqual(brief(events), ["messageLost m1", "messageReady m3", "messageReady m1", "messageReady m2"]);
});

test("messageLost by overflow: what has waited longest goes", async (t) => {
  const alice = await participant(t, "alice", { config: { maxIncomingBuffer: 2 } });
  const events = record(alice);
  for (const n of [1, 3, 2]) {
    await alice.unwrapReceivedMessage(message(`m${n}`, { after: [`d${n}`], clock: BigInt(n) }));
  }
  const lost = { type: "messageLost", channelId: CHANNEL, messageId: "m1", missingDependencies: ["d1"], reason: "overflow" };
  assert.deepEqual(events.filter(({ type }) => type === "messageLost"), [lost]);
  assert.deepEqual(ids(alice.getIncomingBuffer(CHANNEL)), ["m2", "m3"]);
});

for (const [operation, run] of Object.entries({
  saveChannelMeta: (alice) => send(alice, "m"),
  updateHistory: (alice) => send(alice, "m"),
  setRetrievalHint: async (alice) => {
    await send(alice, "m1");
    await send(alice, "m2");
  },
})) {
  test(`persistenceError of ${operation}: which channel, which method, and what the backend said`, async (t) => {
    const persistence = new InspectingPersistence();
    const alice = await participant(t, "alice", { persistence, retrievalHint: (id) => text(`hint of ${id}`) });
    const events = record(alice);
    persistence.failing.add(operation);
    await run(alice);
    assert.deepEqual(brief(events), [`persistenceError ${operation}`]);
    const [{ error, ...rest }] = events;
    assert.deepEqual(rest, { type: "persistenceError", channelId: CHANNEL, operation });
    assert.ok(error instanceof sds.SdsError);
    assert.equal(error.code, "PersistenceError");
    assert.equal(error.message, `${operation} of channel "${CHANNEL}": the disk is on fire`);
    assert.equal(error.cause, persistence.error);
  });
}

test("what fails to load or drop is an error of the call, and no event besides", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  const events = record(alice);
  persistence.failing.add("loadChannel").add("dropChannel");
  await assert.rejects(alice.ensureChannel(CHANNEL), { code: "PersistenceError" });
  await assert.rejects(alice.removeChannel(CHANNEL), { code: "PersistenceError" });
  assert.deepEqual(events, []);
});

test("an own message that releases a waiting one is followed by that one", async (t) => {
  const alice = await participant(t, "alice");
  await alice.unwrapReceivedMessage(message("reply", { after: ["m"] }));
  const events = record(alice);
  await send(alice, "m");
  assert.deepEqual(brief(events), ["messageReady reply"]);
});
