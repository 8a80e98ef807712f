// What a manager saves is there again for the next one on the same storage.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import {
  CHANNEL, Clock, LAMPORT0, T0, altered, brief, ids, message, participant, record, sds, send, text,
} from "../support/participants.mjs";

/** Alice, as often as needed on the same storage; the one before is cleaned up. */
function alices(t, options = {}) {
  const persistence = new InspectingPersistence();
  let alice;
  const next = async () => {
    await alice?.cleanup();
    alice = await participant(t, "alice", { persistence, ...options });
    await alice.ensureChannel(CHANNEL);
    return alice;
  };
  return { persistence, next };
}

test("an unacknowledged message is still in the outgoing buffer after a restart", async (t) => {
  const { persistence, next } = alices(t);
  const before = await next();
  await before.wrapOutgoingMessage(text("hello"), "m", CHANNEL);
  assert.deepEqual([...persistence.kept(CHANNEL).outgoing.keys()], ["m"]);
  const sent = before.getOutgoingBuffer(CHANNEL);
  const after = await next();
  assert.deepEqual(after.getOutgoingBuffer(CHANNEL), sent);
  assert.deepEqual(sent[0].message.content, text("hello"));
  assert.equal(sent[0].sendTime, T0);
});

test("the clock is the same after a restart", async (t) => {
  const { persistence, next } = alices(t);
  const before = await next();
  const ahead = LAMPORT0 + 1000n;
  await before.unwrapReceivedMessage(message("from the future", { clock: ahead }));
  assert.equal(persistence.kept(CHANNEL).lamport, ahead + 1n);
  await send(before, "tick");
  assert.equal(persistence.kept(CHANNEL).lamport, ahead + 2n);
  const after = await next();
  assert.equal(after.getLamportTimestamp(CHANNEL), ahead + 2n);
});

test("delivered messages are in the history and in the filter after a restart", async (t) => {
  const { persistence, next } = alices(t);
  const before = await next();
  await before.unwrapReceivedMessage(message("delivered"));
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["delivered"]);
  const after = await next();
  assert.deepEqual(after.getMessageHistory(CHANNEL), ["delivered"]);
  assert.deepEqual(after.getMessage(CHANNEL, "delivered").content, text("text of delivered"));

  // Whoever sent it finds it in the filter that goes out next.
  const bob = await participant(t, "bob");
  await send(bob, "delivered");
  await send(bob, "unheard of");
  const news = await send(after, "news");
  await bob.unwrapReceivedMessage(altered(news, { causalHistory: [] }));
  assert.deepEqual(ids(bob.getOutgoingBuffer(CHANNEL)), ["unheard of"]);
});

test("an acknowledged message leaves the stored outgoing buffer", async (t) => {
  const { persistence, next } = alices(t);
  const alice = await next();
  await send(alice, "mine");
  assert.ok(persistence.kept(CHANNEL).outgoing.has("mine"));
  await alice.unwrapReceivedMessage(message("reply", { after: ["mine"] }));
  assert.equal(persistence.kept(CHANNEL).outgoing.size, 0);
  assert.deepEqual((await next()).getOutgoingBuffer(CHANNEL), []);
});

test("removing a channel is one call that leaves nothing of it", async (t) => {
  const { persistence, next } = alices(t);
  const alice = await next();
  await send(alice, "m");
  await alice.unwrapReceivedMessage(message("waiting", { after: ["missing"] }));
  const before = persistence.calls.length;
  await alice.removeChannel(CHANNEL);
  assert.deepEqual(persistence.turns(before), [["dropChannel"]]);
  assert.equal(persistence.has(CHANNEL), false);
  assert.deepEqual(alice.getChannels(), []);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), []);
  await alice.cleanup();
  assert.equal(persistence.has(CHANNEL), false, "cleanup writes nothing");
});

test("without persistence a manager works all the same", async (t) => {
  const alice = await participant(t, "alice");
  await alice.ensureChannel(CHANNEL);
  await send(alice, "m");
  assert.deepEqual(ids(alice.getOutgoingBuffer(CHANNEL)), ["m"]);
  assert.deepEqual(alice.getPendingHistory(CHANNEL), { append: [], evict: [] });
  await alice.removeChannel(CHANNEL);
  await alice.ensureChannel(CHANNEL);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), []);
});

test("work goes on after a restart, and the clock only grows, even when the wall clock went back", async (t) => {
  const clock = new Clock();
  const { persistence, next } = alices(t, { clock });
  await send(await next(), "m1");
  const first = persistence.kept(CHANNEL).lamport;
  assert.equal(first, LAMPORT0 + 1n);
  clock.pass(-3_600_000);
  const after = await next();
  assert.equal(after.getLamportTimestamp(CHANNEL), first);
  await send(after, "m2");
  assert.equal(persistence.kept(CHANNEL).lamport, first + 1n);
  assert.deepEqual(ids(after.getOutgoingBuffer(CHANNEL)), ["m1", "m2"]);
  assert.deepEqual(after.getMessage(CHANNEL, "m2").causalHistory, [{ messageId: "m1", senderId: "alice" }]);
});

test("state adds up over many restarts", async (t) => {
  const { next } = alices(t);
  for (const id of ["m1", "m2", "m3"]) await send(await next(), id);
  const last = await next();
  assert.deepEqual(ids(last.getOutgoingBuffer(CHANNEL)), ["m1", "m2", "m3"]);
  assert.deepEqual(last.getMessageHistory(CHANNEL), ["m1", "m2", "m3"]);
});

test("a waiting message still waits for the same dependencies after a restart", async (t) => {
  const { persistence, next } = alices(t);
  const before = await next();
  await before.unwrapReceivedMessage(message("waiting", { after: ["missing 1", "missing 2"] }));
  assert.deepEqual(persistence.kept(CHANNEL).incoming.get("waiting").missingDependencies, ["missing 1", "missing 2"]);
  const waiting = before.getIncomingBuffer(CHANNEL);
  const after = await next();
  assert.deepEqual(after.getIncomingBuffer(CHANNEL), waiting);
  assert.deepEqual(waiting[0].missingDependencies, ["missing 1", "missing 2"]);
  assert.deepEqual(after.getMessageHistory(CHANNEL), []);
});

test("a removed channel that is made again does not inherit its clock", async (t) => {
  const { persistence, next } = alices(t);
  const before = await next();
  await send(before, "old");
  assert.ok(persistence.kept(CHANNEL).lamport > 0n);
  await before.removeChannel(CHANNEL);
  const after = await next();
  assert.equal(after.getLamportTimestamp(CHANNEL), 0n);
  assert.deepEqual(after.getOutgoingBuffer(CHANNEL), []);
  await send(after, "old");
});

test("a repair request is due at the same instant after a restart", async (t) => {
  const clock = new Clock();
  const { persistence, next } = alices(t, { clock });
  const before = await next();
  await before.unwrapReceivedMessage(message("waiting", { after: [{ messageId: "missing", senderId: "carol" }] }));
  const [request] = before.getOutgoingRepairBuffer(CHANNEL);
  assert.deepEqual(request.entry, { messageId: "missing", senderId: "carol" });
  assert.ok(request.requestAt >= T0 + 30_000 && request.requestAt < T0 + 300_000);
  assert.equal(persistence.kept(CHANNEL).outgoingRepair.get("missing").requestAt, request.requestAt);
  clock.pass(20_000);
  assert.deepEqual((await next()).getOutgoingRepairBuffer(CHANNEL), [request]);
});

test("an answer that is due is due at the same instant after a restart, and given", async (t) => {
  const clock = new Clock();
  const { next } = alices(t, { clock });
  const before = await next();
  await before.unwrapReceivedMessage(message("had", { senderId: "carol" }));
  await before.unwrapReceivedMessage(
    message("request", { after: ["had"], repairRequest: [{ messageId: "had", senderId: "carol" }] }),
  );
  const [answer] = before.getIncomingRepairBuffer(CHANNEL);
  assert.equal(answer.entry.messageId, "had");
  const after = await next();
  assert.deepEqual(after.getIncomingRepairBuffer(CHANNEL), [answer]);
  const events = record(after);
  clock.at = answer.respondAt;
  await after.runRepairSweep();
  assert.deepEqual(brief(events), ["repairReady had"]);
  assert.equal(sds.decodeMessage(events[0].bytes).messageId, "had");
});

test("the oldest messages beyond the limit are gone from storage too, before and after a restart", async (t) => {
  const { persistence, next } = alices(t, { config: { maxMessageHistory: 3, bloomFilterCapacity: 3 } });
  const before = await next();
  for (const n of [1, 2, 3, 4, 5]) await before.unwrapReceivedMessage(message(`m${n}`, { clock: BigInt(n) }));
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()].sort(), ["m3", "m4", "m5"]);
  const after = await next();
  assert.deepEqual(after.getMessageHistory(CHANNEL), ["m3", "m4", "m5"]);
  await after.unwrapReceivedMessage(message("m6", { clock: 6n }));
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()].sort(), ["m4", "m5", "m6"]);
  assert.deepEqual(after.getMessageHistory(CHANNEL), ["m4", "m5", "m6"]);
});

test("a chain of waiting messages is delivered after a restart, when its first link comes", async (t) => {
  const { persistence, next } = alices(t);
  const before = await next();
  await before.unwrapReceivedMessage(message("c", { after: ["b"], clock: 30n }));
  await before.unwrapReceivedMessage(message("b", { after: ["a"], clock: 20n }));
  assert.deepEqual([...persistence.kept(CHANNEL).incoming.keys()].sort(), ["b", "c"]);
  const after = await next();
  assert.deepEqual(ids(after.getIncomingBuffer(CHANNEL)), ["b", "c"]);
  const events = record(after);
  await after.unwrapReceivedMessage(message("a", { clock: 10n }));
  assert.deepEqual(brief(events), ["messageReady a", "messageReady b", "messageReady c"]);
  assert.deepEqual(after.getMessageHistory(CHANNEL), ["a", "b", "c"]);
  assert.deepEqual(after.getIncomingBuffer(CHANNEL), []);
  assert.equal(persistence.kept(CHANNEL).incoming.size, 0);
});
