// ReliableChannel: when sync messages are sent. About one per interval by the group as a whole, sooner to ask.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Network, handTransport, idsOf, openChannel, stopTime } from "../support/channels.mjs";
import { CHANNEL, LAMPORT0, T0, idle, message, sds, text } from "../support/participants.mjs";

const INTERVAL = 30_000;

/** A group that has one message; gives the times of its sync messages over `intervals`. */
async function syncs(t, size, intervals) {
  const { pass } = stopTime(t);
  const network = new Network();
  const members = [];
  for (let n = 0; n < size; n += 1) members.push(await openChannel(t, `member ${n}`, { network }));
  await members[0].send(text("hello"));
  await idle();
  await pass(intervals * INTERVAL, 250);
  return network.sent("sync");
}

test("ten members together send about one sync message per interval, by turns", async (t) => {
  const sent = await syncs(t, 10, 50);
  // Each waits one to two intervals by chance, the first of ten 1.09 on average: 46 in all.
  assert.ok(sent.length >= 36 && sent.length <= 60, `${sent.length}`);
  assert.ok(new Set(sent.map(({ from }) => from)).size >= 6, "it is not always the same one");
  for (const [index, { at }] of sent.entries()) {
    const gap = at - (sent[index - 1]?.at ?? at);
    assert.ok(gap <= 2 * INTERVAL, `nobody waits longer than two intervals: ${gap}`);
  }
});

test("one alone sends one every one to two intervals", async (t) => {
  const sent = await syncs(t, 1, 50);
  assert.ok(sent.length >= 26 && sent.length <= 45, `${sent.length}`);
  for (const [index, { at }] of sent.slice(1).entries()) {
    const gap = at - sent[index].at;
    assert.ok(gap >= INTERVAL && gap <= 2 * INTERVAL + 1000, String(gap));
  }
});

test("whoever sends a message has told what a sync message would tell", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  const alice = await openChannel(t, "alice", { network });
  for (let n = 0; n < 20; n += 1) {
    await alice.send(text("hello"));
    await pass(INTERVAL - 1000, 1000);
  }
  assert.deepEqual(network.sent("sync"), []);
  await pass(INTERVAL + 1000, 1000);
  assert.equal(network.sent("sync").length, 1);
});

/** A channel that has a message, beside a stranger whose sync messages, one each 20 s, name `after`. */
async function besideStranger(t, after) {
  const { pass } = stopTime(t);
  const transport = handTransport();
  const channel = await sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport });
  t.after(() => channel.close());
  transport.hears(message("old"));
  transport.hears(message("new", { after: ["old"], clock: LAMPORT0 + 1n }));
  const buffer = new Uint8Array(100_000);
  for (let n = 0; n < 20; n += 1) {
    const sync = message(`sync ${n}`, { after, content: "" });
    buffer.set(sync);
    transport.hears(buffer.subarray(0, sync.length));
    buffer.fill(0);
    await pass(20_000, 1000);
  }
  return transport.published.length;
}

test("whoever names the newest message has told what we would", async (t) => {
  assert.equal(await besideStranger(t, ["old", "new"]), 0);
});

test("whoever doesn't know the newest message can't keep us from telling", async (t) => {
  const sent = await besideStranger(t, ["old"]);
  assert.ok(sent >= 6 && sent <= 13, `400 s: ${sent}`);
});

test("an own sync message that comes back is no reason to be silent, named or not", async (t) => {
  const { pass } = stopTime(t);
  for (const participantId of ["alice", ""]) {
    const transport = handTransport();
    const channel = await sds.ReliableChannel.open({ participantId, channelId: CHANNEL, transport });
    t.after(() => channel.close());
    let first;
    for (let second = 0; second < 125 && transport.published.length < 2; second += 1) {
      await pass(1000);
      first ??= transport.published[0];
      if (first) transport.hears(first);
    }
    assert.equal(transport.published.length, 2, `${participantId} has sent again`);
    await channel.close();
  }
});

test("the nameless listen to each other's sync messages too", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  for (const seat of ["one", "two", "three", "four"]) await openChannel(t, seat, { network, participantId: "" });
  await pass(30 * INTERVAL, 1000);
  // Four that don't listen: 80.
  const { length } = network.sent("sync");
  assert.ok(length >= 18 && length <= 36, String(length));
});

/** Twenty ids of missing messages, and when Carol asks for each, as hashes have it: the earliest first. */
async function dueTimes(t, config) {
  const manager = await sds.ReliabilityManager.create({ participantId: "carol", config });
  t.after(() => manager.cleanup());
  for (let n = 0; n < 20; n += 1) await manager.unwrapReceivedMessage(message(`m${n}`, { after: [`d${n}`] }));
  const requests = manager.getOutgoingRepairBuffer(CHANNEL).map(({ entry, requestAt }) => [entry.messageId, requestAt]);
  return requests.sort((one, other) => one[1] - other[1]);
}

const asked = ({ published }) => published.flatMap((bytes) => idsOf(sds.decodeMessage(bytes).repairRequest));

test("a request that is due is sent soon, not with the regular sync message", async (t) => {
  const { pass } = stopTime(t);
  const config = { repairTMin: 1000, repairTMax: 120_000, syncMessageInterval: 100_000 };
  const [[first, due]] = await dueTimes(t, config);
  const transport = handTransport();
  const carol = await sds.ReliableChannel.open({ participantId: "carol", channelId: CHANNEL, transport, config });
  t.after(() => carol.close());
  transport.hears(message("second", { after: [first] }));
  await pass(due - Date.now() - 1);
  assert.deepEqual(transport.published, []);
  await pass(1 + 100_000 / 4);
  assert.ok(Date.now() - T0 < 100_000, "nothing else is due yet");
  assert.deepEqual([asked(transport), transport.published.length], [[first], 1]);
});

test("a request that is due earlier than the one waited for is not late", async (t) => {
  const { pass } = stopTime(t);
  const config = { repairTMin: 0, repairTMax: 2_000_000, syncMessageInterval: 1000 };
  const times = await dueTimes(t, config);
  const [early, due] = times[0];
  const [late, later] = times.at(-1);
  assert.ok(later - due > 500_000);
  const transport = handTransport();
  const carol = await sds.ReliableChannel.open({ participantId: "carol", channelId: CHANNEL, transport, config });
  t.after(() => carol.close());
  transport.hears(message("waits for late", { after: [late] }));
  await idle();
  transport.hears(message("waits for early", { after: [early] }));
  // Others speak so often that no regular sync message is due.
  while (Date.now() < due + 3000) {
    transport.hears(message(`sync ${Date.now()}`, { content: "" }));
    await pass(1000);
  }
  assert.deepEqual(asked(transport), [early]);
});

test("an answer that comes in time: nothing is asked", async (t) => {
  const { pass } = stopTime(t);
  const config = { repairTMin: 5000, repairTMax: 6000, syncMessageInterval: 100_000 };
  const transport = handTransport();
  const carol = await sds.ReliableChannel.open({ participantId: "carol", channelId: CHANNEL, transport, config });
  t.after(() => carol.close());
  transport.hears(message("second", { after: ["first"] }));
  await pass(1000);
  transport.hears(message("first"));
  await pass(60_000);
  assert.deepEqual(transport.published, [], "nor is anything sent to ask with");
});

test("one of two answers comes in time: the other is asked for when it is due", async (t) => {
  const { pass } = stopTime(t);
  const config = { repairTMin: 1000, repairTMax: 120_000, syncMessageInterval: 400_000 };
  const [[early, due], , , [late, later]] = await dueTimes(t, config);
  const transport = handTransport();
  const carol = await sds.ReliableChannel.open({ participantId: "carol", channelId: CHANNEL, transport, config });
  t.after(() => carol.close());
  transport.hears(message("second", { after: [early, late] }));
  await idle();
  transport.hears(message(early));
  await pass(later - Date.now() - 1);
  assert.ok(Date.now() > due);
  assert.deepEqual(transport.published, []);
  await pass(2 * 100_000 + 1000);
  assert.deepEqual(asked(transport), [late]);
});
