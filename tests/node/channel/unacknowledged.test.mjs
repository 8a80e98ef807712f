// ReliableChannel: which own messages nobody is known to have, and what shows that somebody has them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { Network, handTransport, idsOf, openChannel, recordChannel, stopTime } from "../support/channels.mjs";
import { CHANNEL, LAMPORT0, idle, message, participant, sds, text } from "../support/participants.mjs";

/** Nothing is sent again. */
const IMPATIENT = { maxResendAttempts: 0, resendInterval: 1000, bufferSweepInterval: 1000 };

async function alice(t, { config, ...options } = {}) {
  const transport = handTransport();
  const channel = await sds.ReliableChannel.open({
    participantId: "alice", channelId: CHANNEL, transport, config: { ...IMPATIENT, ...config }, ...options,
  });
  t.after(() => channel.close());
  return { channel, transport, sent: recordChannel(channel, ["messageSent"]) };
}

/** Alice, who has sent and given up these. */
async function unheard(t, ids, options) {
  const { pass } = stopTime(t);
  const setting = await alice(t, options);
  for (const id of ids) await setting.channel.send(text(id), id);
  await pass(3000);
  assert.deepEqual(setting.sent.map((event) => [event.messageId, event.acknowledged]), ids.map((id) => [id, false]));
  return { ...setting, pass };
}

const numbered = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => `m${from + index}`);
const sync = (id, after, rest) => message(id, { after, content: "", ...rest });

test("what was given up is unacknowledged until somebody names it", async (t) => {
  const { channel, transport } = await unheard(t, ["a", "b"]);
  const told = recordChannel(channel, ["statusChange"]);
  assert.deepEqual(channel.status, { missing: 0, lost: 0, unacknowledged: 2, synced: false });
  transport.hears(sync("sync 1", []));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), ["a", "b"]);
  transport.hears(sync("sync 2", ["a"]));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), ["b"]);
  transport.hears(message("answer", { after: ["b"] }));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), []);
  assert.deepEqual(told.map(({ unacknowledged, synced }) => [unacknowledged, synced]), [[1, false], [0, true]]);
});

test("a message that waits shows what it names once it is delivered", async (t) => {
  const { channel, transport } = await unheard(t, ["a"]);
  transport.hears(message("second", { after: ["a", "first"] }));
  await idle();
  transport.hears(message("first"));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), []);
});

test("who names an own message has the own ones before it, however many", async (t) => {
  const ids = numbered(1, 70);
  const { channel, transport } = await unheard(t, ids);
  transport.hears(sync("sync", ids.slice(40, 60)));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), numbered(61, 70));
});

test("an own message that is sent later shows it too, when it is named", async (t) => {
  const { channel, transport, pass } = await unheard(t, ["a", "b"]);
  await channel.send(text("c"), "c");
  transport.hears(sync("sync", [{ messageId: "c", senderId: "alice" }]));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), []);
  // Named already when what it names was given up: it has to be named again.
  await channel.send(text("d"), "d");
  await pass(3000);
  await channel.send(text("e"), "e");
  transport.hears(sync("sync again", ["e"]));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), []);
});

test("an own message that doesn't lead back to it shows nothing", async (t) => {
  const { channel, transport } = await unheard(t, ["a"], { config: { maxCausalHistory: 3 } });
  const clock = (n) => LAMPORT0 + 1000n + BigInt(n);
  for (let n = 0; n < 4; n += 1) transport.hears(message(`theirs ${n}`, { clock: clock(n), senderId: "bob" }));
  await idle();
  await channel.send(text("b"), "b");
  transport.hears(sync("sync", ["b"]));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), ["a"]);
});

test("who has received a later one may wait for this one: an acknowledgement is no proof", async (t) => {
  const { channel, transport, sent } = await unheard(t, ["a"]);
  const bob = await participant(t, "bob", { clock: { now: Date.now } });
  await channel.send(text("b"), "b");
  const { delivered } = await bob.unwrapReceivedMessage(transport.published.at(-1));
  assert.equal(delivered, false);
  transport.hears(await bob.wrapSyncMessage(CHANNEL));
  await idle();
  assert.deepEqual(sent.slice(1).map((event) => [event.messageId, event.acknowledged]), [["b", true]]);
  assert.deepEqual(channel.unacknowledgedIds(), ["a"]);
});

test("own messages that come back prove nothing", async (t) => {
  const { channel, transport } = await unheard(t, ["a"]);
  transport.hears(message("forgotten", { after: ["a"], senderId: "alice" }));
  transport.hears(sync("own sync", ["a"], { senderId: "alice" }));
  await idle();
  assert.equal(channel.status.unacknowledged, 1);
});

test("the nameless learn it too", async (t) => {
  const { channel, transport } = await unheard(t, ["a", "b"], { participantId: "" });
  transport.hears(message("answer", { after: ["b"], senderId: "" }));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), []);
});

test("what nobody has may be evicted here: it is still unacknowledged, and still shown by its name", async (t) => {
  const { channel, transport } = await unheard(t, ["a"], { config: { maxMessageHistory: 2 } });
  for (const id of ["x", "y", "z"]) transport.hears(message(id, { clock: LAMPORT0 + 1000n }));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), ["a"]);
  transport.hears(sync("sync", ["a"]));
  await idle();
  assert.deepEqual(channel.unacknowledgedIds(), []);
});

for (const [name, hears, unacknowledged] of [
  ["given up before send has resolved: it counts", [], ["a"]],
  ["given up and named before send has resolved: it doesn't", [message("answer", { after: ["a"] })], []],
]) {
  test(name, async (t) => {
    const { pass } = stopTime(t);
    const persistence = new InspectingPersistence();
    const { channel, transport, sent } = await alice(t, { persistence, config: { resendInterval: 500 } });
    persistence.holds = () => true;
    transport.hears(message("theirs"));
    await idle();
    const sending = channel.send(text("a"), "a");
    await pass(3000);
    for (const bytes of hears) transport.hears(bytes);
    await idle();
    persistence.release();
    await sending;
    await idle();
    assert.deepEqual([idsOf(sent), channel.unacknowledgedIds()], [["a"], unacknowledged]);
  });
}

test("the ids are in the order of sending, whatever was given up, and after a reload", async (t) => {
  const { pass } = stopTime(t);
  const persistence = new sds.MemoryPersistence();
  const before = await alice(t, { persistence });
  for (const id of ["z", "y"]) await before.channel.send(text(id), id);
  await pass(3000);
  await Promise.all(["x", "w", "v"].map((id) => before.channel.send(text(id), id)));
  // Bob has received w, but not what it depends on.
  const bob = await participant(t, "bob", { clock: { now: Date.now } });
  await bob.unwrapReceivedMessage(before.transport.published.at(-2));
  before.transport.hears(await bob.wrapSyncMessage(CHANNEL));
  await idle();
  const ids = before.channel.unacknowledgedIds();
  assert.deepEqual(ids, ["z", "y", "x", "v"]);
  ids.length = 0;
  assert.equal(before.channel.status.unacknowledged, 4);
  await before.channel.close();
  assert.deepEqual(before.channel.unacknowledgedIds(), ["z", "y", "x", "v"]);
  // What was given up is not kept.
  const { channel } = await alice(t, { persistence });
  assert.deepEqual([channel.unacknowledgedIds(), channel.status.unacknowledged], [["x", "v"], 2]);
});

test("of more than are kept, the oldest are forgotten", async (t) => {
  const { channel } = await alice(t, { config: { maxMessageHistory: 10, bloomFilterCapacity: 100 } });
  const ids = numbered(1, 10_003);
  for (const id of ids) await channel.send(text(id), id);
  assert.equal(channel.status.unacknowledged, 10_000);
  assert.deepEqual(channel.unacknowledgedIds(), ids.slice(3));
});

test("a group where one was cut off for long: it learns when all have what it sent", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network();
  const config = { ...IMPATIENT, repairTMin: 1000, repairTMax: 10_000, repairSweepInterval: 500 };
  const [one, two] = [await openChannel(t, "one", { network, config }), await openChannel(t, "two", { network, config })];
  network.loses = () => true;
  for (const id of numbered(1, 30)) await one.send(text(id), id);
  await pass(5000);
  assert.deepEqual([one.status.unacknowledged, two.status.missing], [30, 0]);
  network.loses = () => false;
  const heard = recordChannel(two, ["messageReady"]);
  for (let second = 0; one.status.unacknowledged > 0; second += 1) {
    assert.ok(second < 600, `${one.status.unacknowledged} left, ${heard.length} heard`);
    await pass(1000, 1000);
  }
  assert.deepEqual(idsOf(heard), numbered(1, 30));
});
