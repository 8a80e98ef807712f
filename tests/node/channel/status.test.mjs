// ReliableChannel.status and statusChange.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Network, handTransport, openChannel, recordChannel, stopTime } from "../support/channels.mjs";
import { CHANNEL, LAMPORT0, idle, message, sds, text } from "../support/participants.mjs";

async function carol(t, options = {}) {
  const transport = handTransport();
  const channel = await sds.ReliableChannel.open({ participantId: "carol", channelId: CHANNEL, transport, ...options });
  t.after(() => channel.close());
  const told = recordChannel(channel, ["statusChange"]);
  const changes = () => told.map(({ missing, lost, unacknowledged }) => [missing, lost, unacknowledged]);
  return { channel, transport, changes };
}

const QUIET = { missing: 0, lost: 0, unacknowledged: 0, synced: true };

test("an own message is unacknowledged until somebody shows to have it", async (t) => {
  const network = new Network();
  const [alice, bob] = [await openChannel(t, "alice", { network }), await openChannel(t, "bob", { network })];
  const told = recordChannel(alice, ["statusChange"]);
  assert.deepEqual(alice.status, QUIET);
  await alice.send(text("hello"));
  await idle();
  assert.deepEqual(alice.status, { ...QUIET, unacknowledged: 1, synced: false });
  await bob.send(text("got it"));
  await idle();
  assert.deepEqual(alice.status, QUIET);
  assert.deepEqual(told, [
    { type: "statusChange", channelId: CHANNEL, ...QUIET, unacknowledged: 1, synced: false },
    { type: "statusChange", channelId: CHANNEL, ...QUIET },
  ]);
  assert.ok(Object.isFrozen(alice.status));
});

test("gaps are counted once, whoever names them; what waits is not missing", async (t) => {
  const { transport, channel, changes } = await carol(t);
  transport.hears(message("d", { after: ["b", "a"] }));
  await idle();
  transport.hears(message("e", { after: ["d", "c", "b"] }));
  transport.hears(message("e", { after: ["d", "c", "b"] }));
  await idle();
  assert.equal(channel.status.missing, 3);
  transport.hears(message("c", { after: ["b"] }));
  await idle();
  transport.hears(message("b", { after: ["a"] }));
  await idle();
  transport.hears(message("a"));
  await idle();
  assert.deepEqual(channel.status, QUIET);
  assert.deepEqual(changes(), [[2, 0, 0], [3, 0, 0], [2, 0, 0], [1, 0, 0], [0, 0, 0]]);
});

test("what a sync message names is missing; the message itself is not", async (t) => {
  const { transport, changes } = await carol(t);
  transport.hears(message("sync", { after: ["a"], content: "" }));
  await idle();
  transport.hears(message("later", { after: ["sync"] }));
  await idle();
  transport.hears(message("a"));
  await idle();
  assert.deepEqual(changes(), [[1, 0, 0], [0, 0, 0]]);
});

test("a missing message may turn out to be a sync message, as nim-sds logs them", async (t) => {
  const { pass } = stopTime(t);
  const asked = [];
  const retrieve = async (missing) => void asked.push(...missing.map(({ messageId }) => messageId)) ?? [];
  const { transport, channel, changes } = await carol(t, { retrieve });
  transport.hears(message("later", { after: ["sync"] }));
  await pass(1000);
  transport.hears(message("sync", { content: "" }));
  await pass(100_000);
  assert.deepEqual([channel.status, changes(), asked], [QUIET, [[1, 0, 0], [0, 0, 0]], ["sync"]]);
});

test("what was given up is lost, until it comes after all", async (t) => {
  const { pass } = stopTime(t);
  const config = { lostMessageTimeout: 3000, bufferSweepInterval: 1000 };
  const { transport, channel, changes } = await carol(t, { config });
  transport.hears(message("m", { after: ["never"] }));
  transport.hears(message("n", { after: ["never"] }));
  await pass(10_000);
  assert.deepEqual(channel.status, { ...QUIET, lost: 2, synced: false });
  transport.hears(message("m", { after: ["never"] }));
  await idle();
  assert.deepEqual(changes(), [[1, 0, 0], [0, 2, 0], [0, 1, 0]]);
});

test("a timeout of one releases others that wait for the same", async (t) => {
  const { pass } = stopTime(t);
  const config = { lostMessageTimeout: 3000, bufferSweepInterval: 1000 };
  const { transport, channel } = await carol(t, { config });
  transport.hears(message("m", { after: ["never"] }));
  await pass(2500);
  transport.hears(message("n", { after: ["never"] }));
  await pass(1500);
  assert.deepEqual(channel.status, { ...QUIET, lost: 1, synced: false });
});

test("a sync message doesn't wait: what it named is given up with the last that waits for it", async (t) => {
  const { transport, channel } = await carol(t, { config: { maxIncomingBuffer: 1 } });
  transport.hears(message("sync", { after: ["a"], content: "" }));
  await idle();
  transport.hears(message("m", { after: ["a"] }));
  transport.hears(message("n", { after: ["b"] }));
  await idle();
  assert.deepEqual(channel.status, { missing: 1, lost: 1, unacknowledged: 0, synced: false });
});

test("listeners see the status as it is after the event", async (t) => {
  const { transport, channel } = await carol(t);
  const seen = [];
  for (const type of ["missingDependencies", "messageReady"]) {
    channel.addEventListener(type, ({ detail }) => seen.push([type, detail.messageId, channel.status.missing]));
  }
  transport.hears(message("second", { after: ["first"] }));
  await idle();
  transport.hears(message("first"));
  await idle();
  assert.deepEqual(seen, [
    ["missingDependencies", "second", 1],
    ["messageReady", "first", 0],
    ["messageReady", "second", 0],
  ]);
});

test("after reopening it is what it was, and only changes are told", async (t) => {
  const persistence = new sds.MemoryPersistence();
  const before = await carol(t, { persistence });
  await before.channel.send(text("mine"), "mine");
  before.transport.hears(message("b", { after: ["a"], clock: LAMPORT0 }));
  before.transport.hears(message("c", { after: ["b"], clock: LAMPORT0 + 1n }));
  before.transport.hears(message("sync", { after: ["x"], content: "" }));
  await idle();
  const { status } = before.channel;
  assert.deepEqual(status, { missing: 2, lost: 0, unacknowledged: 1, synced: false });
  await before.channel.close();
  const { channel, transport, changes } = await carol(t, { persistence });
  assert.deepEqual(channel.status, status);
  await idle();
  transport.hears(message("b", { after: ["a"], clock: LAMPORT0 }));
  transport.hears(message("d"));
  await idle();
  assert.deepEqual(changes(), []);
  transport.hears(message("x"));
  await idle();
  transport.hears(message("a", { after: ["mine"], clock: LAMPORT0 - 1n }));
  await idle();
  assert.deepEqual(changes(), [[1, 0, 1], [0, 0, 0]]);
});

test("an own message that others had already is never counted", async (t) => {
  const { transport, channel, changes } = await carol(t);
  const sent = channel.send(text("again"), "question");
  // Taken in before send has resolved: they have it from a run that was forgotten here.
  transport.hears(message("answer", { after: ["question"] }));
  await sent;
  await idle();
  assert.deepEqual([channel.status, changes()], [QUIET, []]);
  await channel.send(text("another"), "another");
  assert.equal(channel.status.unacknowledged, 1);
});

test("however many ids strangers name, it stays within bounds", async (t) => {
  const config = { maxIncomingBuffer: 10, maxRepairBuffer: 10 };
  const { transport, channel } = await carol(t, { config });
  for (let n = 0; n < 25; n += 1) {
    const after = Array.from({ length: 1000 }, (_, index) => `nothing ${n} ${index}`);
    transport.hears(message(`sync ${n}`, { after, content: "" }));
  }
  await idle();
  assert.equal(channel.status.missing, 10_000);
});

/** How long `take` needs for messages that each push out one of a thousand that wait, each for fifty. */
async function timeOfOverflow(take) {
  const after = (n) => Array.from({ length: 50 }, (_, index) => `nothing ${n} ${index}`);
  const flood = Array.from({ length: 1200 }, (_, n) => message(`m${n}`, { after: after(n) }));
  for (const bytes of flood.slice(0, 1000)) take(bytes);
  await idle();
  const before = performance.now();
  for (const bytes of flood.slice(1000)) take(bytes);
  await idle();
  return performance.now() - before;
}

test("strangers whose messages wait for much take little more time than the protocol needs", async (t) => {
  const { transport, channel } = await carol(t);
  const manager = await sds.ReliabilityManager.create({ participantId: "carol" });
  t.after(() => manager.cleanup());
  const alone = await timeOfOverflow((bytes) => void manager.unwrapReceivedMessage(bytes));
  const whole = await timeOfOverflow((bytes) => transport.hears(bytes));
  assert.equal(channel.status.lost, 200);
  assert.ok(whole < 10 * alone, `${whole} ms, of which the protocol needs ${alone}`);
});
