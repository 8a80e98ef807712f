// SDS-R from end to end: who asks for what is missing, when, and who answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import {
  CHANNEL, Clock, LAMPORT0, T0, altered, brief, ids, message, participant, record, sds, send,
} from "../support/participants.mjs";

const MIN = 30_000;
const MAX = 300_000;

const requested = (bytes) => sds.decodeMessage(bytes).repairRequest.map(({ messageId }) => messageId);
const [requests, answers] = ["getOutgoingRepairBuffer", "getIncomingRepairBuffer"].map(
  (view) => (manager) => manager[view](CHANNEL).map(({ entry }) => entry.messageId),
);
const requestAt = (manager) => manager.getOutgoingRepairBuffer(CHANNEL)[0].requestAt;
const respondAt = (manager) => manager.getIncomingRepairBuffer(CHANNEL)[0].respondAt;

/** Three members. Alice has sent m1, which Bob got and Carol did not, and m2, which both got. */
async function group(t, { config, configs = {} } = {}) {
  const clock = new Clock();
  const create = (name) => participant(t, name, { clock, config: { ...config, ...configs[name] } });
  const [alice, bob, carol] = [await create("alice"), await create("bob"), await create("carol")];
  const m1 = await send(alice, "m1");
  const m2 = await send(alice, "m2");
  await bob.unwrapReceivedMessage(m1);
  await bob.unwrapReceivedMessage(m2);
  const events = { alice: record(alice), bob: record(bob), carol: record(carol) };
  await carol.unwrapReceivedMessage(m2);
  return { clock, alice, bob, carol, m1, m2, events };
}

test("a missing dependency is asked for at T_req, answered at T_resp, and then everybody forgets it", async (t) => {
  const { clock, alice, bob, carol, events } = await group(t);
  assert.deepEqual(requests(carol), ["m1"]);
  const due = requestAt(carol);
  assert.ok(due >= T0 + MIN && due < T0 + MAX, String(due));

  clock.at = due - 1;
  assert.deepEqual(requested(await send(carol, "too early")), []);
  assert.deepEqual(requests(carol), ["m1"]);
  clock.at = due;
  const asking = await send(carol, "asking");
  assert.deepEqual(sds.decodeMessage(asking).repairRequest, [{ messageId: "m1", senderId: "alice" }]);
  assert.deepEqual(requests(carol), []);
  assert.deepEqual(requested(await send(carol, "has asked")), []);

  // The sender answers at once, the others later; Bob overhears Alice.
  for (const member of [alice, bob]) await member.unwrapReceivedMessage(asking);
  assert.deepEqual([answers(alice), answers(bob)], [["m1"], ["m1"]]);
  assert.equal(respondAt(alice), clock.at);
  const later = respondAt(bob);
  assert.ok(later > clock.at && later < clock.at + MAX);
  await Promise.all([alice.runRepairSweep(), bob.runRepairSweep()]);
  assert.deepEqual(brief(events.alice.filter(({ type }) => type === "repairReady")), ["repairReady m1"]);
  assert.deepEqual(events.bob.filter(({ type }) => type === "repairReady"), []);
  assert.deepEqual(answers(alice), []);

  const { bytes, ...detail } = events.alice.find(({ type }) => type === "repairReady");
  assert.deepEqual(detail, { type: "repairReady", channelId: CHANNEL, messageId: "m1" });
  events.carol.length = 0;
  assert.equal((await carol.unwrapReceivedMessage(bytes)).delivered, true);
  assert.deepEqual(brief(events.carol), ["messageReady m1", "messageReady m2"]);
  assert.equal((await bob.unwrapReceivedMessage(bytes)).duplicate, true);
  assert.deepEqual(answers(bob), []);
  clock.at = later;
  await bob.runRepairSweep();
  assert.deepEqual(events.bob.filter(({ type }) => type === "repairReady"), []);
});

test("who overhears no answer gives one at T_resp", async (t) => {
  const { clock, bob, carol, events, m1 } = await group(t);
  clock.at = requestAt(carol);
  await bob.unwrapReceivedMessage(await send(carol, "asking"));
  clock.at = respondAt(bob) - 1;
  await bob.runRepairSweep();
  assert.deepEqual(answers(bob), ["m1"]);
  clock.pass(1);
  await bob.runRepairSweep();
  const { bytes } = events.bob.find(({ type }) => type === "repairReady");
  const [sent, repaired] = [sds.decodeMessage(m1), sds.decodeMessage(bytes)];
  assert.deepEqual(repaired, { ...sent, bloomFilter: new Uint8Array() }, "as it was sent, without its filter");
  await carol.unwrapReceivedMessage(bytes);
  assert.deepEqual(carol.getMessageHistory(CHANNEL).slice(0, 2), ["m1", "m2"]);
});

test("a request that is lost is made again repairTMax later, as often as it takes", async (t) => {
  const { clock, carol } = await group(t);
  for (const round of [1, 2, 3]) {
    clock.at = requestAt(carol);
    assert.deepEqual(requested(await send(carol, `lost request ${round}`)), ["m1"]);
    clock.pass(MAX - 1);
    await carol.runRepairSweep();
    assert.deepEqual(requests(carol), []);
    clock.pass(1);
    await carol.runRepairSweep();
    assert.deepEqual(requests(carol), ["m1"]);
    assert.ok(requestAt(carol) >= clock.at + MIN && requestAt(carol) < clock.at + MAX, "with a new T_req");
  }
});

test("a request that another made is not made, unless the answer does not come", async (t) => {
  const { clock, carol } = await group(t);
  const repairRequest = [{ messageId: "m1", senderId: "alice" }];
  await carol.unwrapReceivedMessage(message("dave's request", { senderId: "dave", repairRequest }));
  assert.deepEqual(requests(carol), []);
  assert.deepEqual(answers(carol), [], "what one does not have one does not give");
  clock.pass(MAX);
  await carol.runRepairSweep();
  assert.deepEqual(requests(carol), ["m1"]);
});

test("a request that no message carried for repairTMax is dropped, and made again later", async (t) => {
  const clock = new Clock();
  const persistence = new InspectingPersistence();
  const carol = await participant(t, "carol", { clock, persistence });
  await carol.unwrapReceivedMessage(message("m2", { after: ["m1"] }));
  clock.at = requestAt(carol) + MAX;
  await carol.runRepairSweep();
  assert.deepEqual(requests(carol), ["m1"]);
  clock.pass(1);
  const before = persistence.calls.length;
  await carol.runRepairSweep();
  assert.deepEqual(requests(carol), []);
  assert.deepEqual(persistence.turns(before), [["saveChannelMeta"]]);
  assert.equal(persistence.kept(CHANNEL).outgoingRepair.size, 0);
  clock.pass(MAX);
  await carol.runRepairSweep();
  assert.deepEqual(requests(carol), ["m1"]);
});

test("what came, or was met otherwise, is not asked for again", async (t) => {
  for (const end of [
    ({ carol, m1 }) => carol.unwrapReceivedMessage(m1),
    ({ carol }) => carol.markDependenciesMet(["m1"], CHANNEL),
  ]) {
    const members = await group(t);
    const { clock, carol } = members;
    clock.at = requestAt(carol);
    await send(carol, "asking");
    await end(members);
    clock.pass(10 * MAX);
    await carol.runRepairSweep();
    assert.deepEqual(requests(carol), []);
  }
});

test("a request that was under way when the participant stopped is made again by the next", async (t) => {
  const clock = new Clock();
  const persistence = new InspectingPersistence();
  const before = await participant(t, "carol", { clock, persistence });
  await before.unwrapReceivedMessage(message("m2", { after: [{ messageId: "m1", senderId: "alice" }] }));
  clock.at = requestAt(before);
  await send(before, "asking");
  await before.cleanup();
  const carol = await participant(t, "carol", { clock, persistence });
  await carol.ensureChannel(CHANNEL);
  assert.deepEqual(requests(carol), []);
  clock.pass(MAX);
  await carol.runRepairSweep();
  assert.deepEqual(carol.getOutgoingRepairBuffer(CHANNEL)[0].entry, { messageId: "m1", senderId: "alice" });
});

test("a message carries as many requests as it may, the earliest T_req first", async (t) => {
  const clock = new Clock();
  const carol = await participant(t, "carol", { clock, config: { maxRepairRequests: 2 } });
  await carol.unwrapReceivedMessage(message("m", { after: ["d1", "d2", "d3", "d4", "d5"] }));
  const buffer = carol.getOutgoingRepairBuffer(CHANNEL);
  const byTime = buffer.sort((a, b) => a.requestAt - b.requestAt).map(({ entry }) => entry.messageId);
  clock.pass(MAX);
  assert.deepEqual(requested(await send(carol, "s1")), byTime.slice(0, 2));
  assert.deepEqual(requested(await carol.wrapSyncMessage(CHANNEL)), byTime.slice(2, 4));
  assert.deepEqual(requested(await send(carol, "s3")), byTime.slice(4));
});

test("a dependency that was received and waits itself is not asked for", async (t) => {
  const carol = await participant(t, "carol");
  await carol.unwrapReceivedMessage(message("m2", { after: ["m1"] }));
  const received = await carol.unwrapReceivedMessage(message("m3", { after: ["m2"] }));
  assert.deepEqual(received.missingDependencies, [{ messageId: "m2" }]);
  assert.deepEqual(requests(carol), ["m1"]);
});

test("a message that arrives with no help leaves the buffer of requests", async (t) => {
  const { carol, m1 } = await group(t);
  await carol.unwrapReceivedMessage(m1);
  assert.deepEqual(requests(carol), []);
});

test("without a name there is neither asking nor answering", async (t) => {
  const clock = new Clock();
  const nobody = await participant(t, "", { clock });
  await nobody.unwrapReceivedMessage(message("had"));
  await nobody.unwrapReceivedMessage(message("m", { after: ["d"], repairRequest: [{ messageId: "had", senderId: "bob" }] }));
  assert.deepEqual([requests(nobody), answers(nobody)], [[], []]);
  clock.pass(10 * MAX);
  await nobody.runRepairSweep();
  assert.deepEqual(requested(await send(nobody, "s")), []);
  assert.deepEqual(ids(nobody.getIncomingBuffer(CHANNEL)), ["m"]);
});

test("of several response groups only the sender's answers", async (t) => {
  const numResponseGroups = 1000;
  const [alice, bob] = [await participant(t, "alice", { config: { numResponseGroups } }), await participant(t, "bob")];
  // With a thousand groups Alice is practically never in Bob's.
  for (const messageId of ["m1", "m2", "m3"]) {
    const bytes = await send(bob, messageId);
    await alice.unwrapReceivedMessage(bytes);
  }
  await send(alice, "own");
  const repairRequest = ["m1", "m2", "m3"].map((messageId) => ({ messageId, senderId: "bob" }));
  const own = { messageId: "own", senderId: "alice" };
  await alice.unwrapReceivedMessage(message("request", { senderId: "carol", repairRequest: [...repairRequest, own] }));
  assert.deepEqual(answers(alice), ["own"]);
  const everybody = await participant(t, "alice");
  for (const { messageId } of repairRequest) await everybody.unwrapReceivedMessage(message(messageId));
  await everybody.unwrapReceivedMessage(message("request", { senderId: "carol", repairRequest }));
  assert.deepEqual(answers(everybody), ["m1", "m2", "m3"]);
});

test("a message that was evicted since it was asked for is not sent", async (t) => {
  const clock = new Clock();
  const alice = await participant(t, "alice", { clock, config: { maxMessageHistory: 2, bloomFilterCapacity: 2 } });
  await alice.unwrapReceivedMessage(message("old", { clock: 1n }));
  const repairRequest = [{ messageId: "old", senderId: "bob" }];
  await alice.unwrapReceivedMessage(message("request", { clock: 2n, repairRequest }));
  assert.deepEqual(answers(alice), ["old"]);
  await alice.unwrapReceivedMessage(message("new", { clock: 3n }));
  const events = record(alice);
  clock.pass(MAX);
  await alice.runRepairSweep();
  assert.deepEqual([events, answers(alice)], [[], []]);
});

test("an idle channel costs no write, however often it is swept", async (t) => {
  const { clock, alice, bob } = await group(t);
  const persistence = new InspectingPersistence();
  const dave = await participant(t, "dave", { clock, persistence });
  await dave.unwrapReceivedMessage(message("m", { after: ["d"] }));
  await dave.unwrapReceivedMessage(message("n"));
  const before = persistence.calls.length;
  for (let second = 0; second < 25; second += 1) {
    clock.pass(1000);
    await Promise.all([dave, alice, bob].map((manager) => manager.runRepairSweep()));
    await dave.checkUnacknowledgedMessages(CHANNEL);
  }
  assert.equal(persistence.calls.length, before);
});

test("a group that loses every first broadcast comes to the same history", async (t) => {
  const clock = new Clock();
  const config = { repairTMin: 1000, repairTMax: 5000, resendInterval: 2_000_000 };
  const names = ["alice", "bob", "carol"];
  const members = await Promise.all(names.map((name) => participant(t, name, { clock, config })));
  const everybodyElse = (sender) => members.filter((member) => member !== sender);
  const broadcast = (sender, bytes) => Promise.all(everybodyElse(sender).map((member) => member.unwrapReceivedMessage(bytes)));
  for (const member of members) member.addEventListener("repairReady", ({ detail }) => broadcast(member, detail.bytes));
  const sent = [];
  for (let n = 0; n < 12; n += 1) {
    const sender = members[n % 3];
    const bytes = await send(sender, `m${n}`);
    sent.push(`m${n}`);
    // Each message reaches one of the two others, the last ones all.
    const lucky = n < 9 ? [everybodyElse(sender)[n % 2]] : everybodyElse(sender);
    for (const member of lucky) await member.unwrapReceivedMessage(bytes);
  }
  for (let second = 0; second < 60; second += 1) {
    clock.pass(1000);
    for (const member of members) {
      await broadcast(member, await member.wrapSyncMessage(CHANNEL));
      await member.runRepairSweep();
    }
  }
  for (const member of members) {
    assert.deepEqual(new Set(member.getMessageHistory(CHANNEL)), new Set(sent), member.participantId);
    assert.deepEqual(member.getMessageHistory(CHANNEL), members[0].getMessageHistory(CHANNEL));
    assert.deepEqual(member.getIncomingBuffer(CHANNEL), []);
    assert.deepEqual(member.getOutgoingBuffer(CHANNEL), []);
  }
});

test("the filter of a repair tells nothing, so that it acknowledges nothing", async (t) => {
  const { alice, bob, m1 } = await group(t);
  await send(bob, "unheard of");
  const repaired = altered(m1, { messageId: "repaired", bloomFilter: new Uint8Array(), lamportTimestamp: LAMPORT0 });
  await bob.unwrapReceivedMessage(repaired);
  assert.deepEqual(ids(bob.getOutgoingBuffer(CHANNEL)), ["unheard of"]);
  assert.equal(alice.getMessage(CHANNEL, "m1").bloomFilter?.length ?? 0, 0);
});
