// ReliableChannel.close() in the middle of anything: no timer, listener or promise is left behind. What rejects
// unhandled or is reported fails these tests by itself: node:test sees to that.

import assert from "node:assert/strict";
import { test } from "node:test";
import { follow, handTransport, recordChannel, stopTime } from "../support/channels.mjs";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, idle, message, sds, text } from "../support/participants.mjs";

const HOUR = 3_600_000;

/** A channel with a slow storage, and all that could be left behind. */
async function setting(t, { parts = {}, ...options } = {}) {
  const { pass, timers } = stopTime(t);
  const persistence = new InspectingPersistence();
  const transport = Object.assign(handTransport(), parts);
  const config = { repairTMin: 0, repairTMax: 40_000 };
  const channel = await sds.ReliableChannel.open({
    participantId: "alice", channelId: CHANNEL, transport, persistence, config, ...options,
  });
  const hold = () => (persistence.holds = () => true);
  const nothingIsLeft = async () => {
    const { published, listening } = transport;
    const before = published.length;
    assert.deepEqual([timers.size, listening], [0, 0]);
    await pass(HOUR, HOUR / 4);
    assert.deepEqual([timers.size, transport.published.length - before], [0, 0]);
  };
  return { channel, transport, persistence, timers, pass, hold, nothingIsLeft };
}

test("an open channel that is closed leaves nothing; its timers were there", async (t) => {
  const { channel, timers, transport, nothingIsLeft } = await setting(t);
  assert.ok(timers.size >= 4);
  assert.equal(transport.listening, 1);
  const events = recordChannel(channel);
  assert.equal(channel.close(), channel.close(), "closing again is the same");
  await channel.close();
  await nothingIsLeft();
  await assert.rejects(channel.send(text("late")), { code: "InvalidState" });
  transport.hears(message("late"));
  transport.hears(text("garbage"));
  await idle();
  assert.deepEqual(events, []);
  assert.deepEqual(channel.status, { missing: 0, lost: 0, unacknowledged: 0, synced: true });
});

test("while a message is being saved: it is saved and handed over, and send resolves", async (t) => {
  const { channel, transport, persistence, hold, nothingIsLeft } = await setting(t);
  hold();
  const sent = channel.send(text("hello"), "m");
  await idle();
  const closing = channel.close();
  await idle();
  persistence.release();
  await closing;
  assert.equal(await sent, "m");
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], ["m"]);
  assert.equal(transport.published.length, 1);
  await nothingIsLeft();
});

test("while a message is being saved, on a transport that never answers", async (t) => {
  const parts = { publish: () => new Promise(() => {}) };
  const { channel, persistence, hold, nothingIsLeft } = await setting(t, { parts });
  hold();
  const sent = channel.send(text("hello"), "m");
  await idle();
  const closing = channel.close();
  persistence.release();
  await closing;
  assert.equal(await sent, "m");
  await nothingIsLeft();
});

test("right after send was called: it is sent in full or refused in full", async (t) => {
  const { channel, persistence, nothingIsLeft } = await setting(t);
  const sent = channel.send(text("hello"), "m");
  await channel.close();
  const [{ status, reason }] = await Promise.allSettled([sent]);
  if (status === "rejected") assert.equal(reason.code, "InvalidState");
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()], status === "fulfilled" ? ["m"] : []);
  await nothingIsLeft();
});

for (const [how, settle] of [
  ["answers", ({ resolve }) => resolve()],
  ["fails", ({ reject }) => reject(new Error("too late"))],
]) {
  test(`while the transport publishes, and ${how} later`, async (t) => {
    const waiting = [];
    const publish = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    const { channel, pass, nothingIsLeft } = await setting(t, { parts: { publish } });
    const events = recordChannel(channel, ["transportError"]);
    const sent = channel.send(text("hello"), "m");
    await pass(61_000, 1000);
    assert.ok(waiting.length >= 2, "a sync message too");
    await channel.close();
    assert.equal(await sent, "m");
    waiting.forEach(settle);
    await nothingIsLeft();
    assert.deepEqual(events, []);
  });

  test(`while something is being retrieved, and retrieve ${how} later`, async (t) => {
    const waiting = [];
    const retrieve = () =>
      new Promise((resolve, reject) => waiting.push({ resolve: () => resolve([message("first")]), reject }));
    const { channel, transport, pass, persistence, nothingIsLeft } = await setting(t, { retrieve });
    const events = recordChannel(channel, ["transportError", "messageReady"]);
    transport.hears(message("second", { after: ["first"] }));
    await pass(1000);
    assert.equal(waiting.length, 1);
    await channel.close();
    waiting.forEach(settle);
    await nothingIsLeft();
    assert.deepEqual([events, persistence.kept(CHANNEL).log.size, waiting.length], [[], 0, 1]);
  });
}

test("while open loads: open resolves to a channel that can be closed", async (t) => {
  const { timers } = stopTime(t);
  const persistence = new InspectingPersistence();
  persistence.holds = () => true;
  const transport = handTransport();
  const opening = sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport, persistence });
  await idle();
  assert.deepEqual([timers.size, transport.listening], [0, 0]);
  persistence.release();
  const channel = await opening;
  await channel.close();
  assert.deepEqual([timers.size, transport.listening], [0, 0]);
});

test("while a sync message is being made", async (t) => {
  const { channel, transport, persistence, pass, hold, nothingIsLeft } = await setting(t);
  transport.hears(message("second", { after: ["first"] }));
  await idle();
  hold();
  const before = persistence.calls.length;
  await pass(61_000, 1000);
  assert.ok(persistence.calls.length > before);
  assert.deepEqual(transport.published, []);
  const closing = channel.close();
  await idle();
  persistence.release();
  await closing;
  await nothingIsLeft();
});

test("while something is to be retrieved, and asked for", async (t) => {
  const asked = [];
  const retrieve = async (missing) => void asked.push(missing) ?? [];
  const { channel, transport, timers, pass, nothingIsLeft } = await setting(t, { retrieve });
  const before = timers.size;
  transport.hears(message("second", { after: ["first"] }));
  await pass(500);
  assert.equal(timers.size, before + 2, "for the retrieval and for the request");
  await channel.close();
  await nothingIsLeft();
  assert.deepEqual(asked, []);
});

test("in the moment when everything is due", async (t) => {
  const retrieve = async () => [];
  const { channel, transport, nothingIsLeft } = await setting(t, { retrieve });
  await channel.send(text("hello"), "m");
  transport.hears(message("second", { after: ["first"] }));
  await idle();
  t.mock.timers.tick(200_000);
  await channel.close();
  await nothingIsLeft();
});

test("while received messages are being saved: gaps and sync messages of the last moment set no timer", async (t) => {
  const retrieve = async () => [];
  const { channel, transport, persistence, hold, nothingIsLeft } = await setting(t, { retrieve });
  hold();
  transport.hears(message("m"));
  await idle();
  transport.hears(message("second", { after: ["first"] }));
  transport.hears(message("sync", { content: "", after: ["x"] }));
  await idle();
  const closing = channel.close();
  await idle();
  persistence.release();
  await closing;
  assert.equal(persistence.kept(CHANNEL).incoming.size, 1, "what was taken in is kept");
  await nothingIsLeft();
});

test("while own and received messages are being saved, with a loop that reads", async (t) => {
  const { channel, transport, persistence, hold, nothingIsLeft } = await setting(t);
  const { done } = follow(channel);
  hold();
  transport.hears(message("first"));
  await idle();
  const sent = channel.send(text("hello"), "m");
  transport.hears(message("second", { after: ["first"] }));
  transport.hears(message("sync", { content: "", after: ["first"] }));
  await idle();
  const closing = channel.close();
  await idle();
  persistence.release();
  await Promise.all([closing, sent, done]);
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()].sort(), ["first", "m", "second"]);
  await nothingIsLeft();
});

test("while messages are being saved that name what was given up", async (t) => {
  const config = { maxResendAttempts: 0, resendInterval: 1000, bufferSweepInterval: 1000 };
  const { channel, transport, persistence, pass, hold, nothingIsLeft } = await setting(t, { config });
  await channel.send(text("hello"), "m");
  await pass(3000);
  hold();
  transport.hears(message("first"));
  await idle();
  transport.hears(message("second", { after: ["m"] }));
  transport.hears(message("sync", { content: "", after: ["m"] }));
  await idle();
  const closing = channel.close();
  await idle();
  persistence.release();
  await closing;
  await nothingIsLeft();
});

test("while resends and repairs are due", async (t) => {
  const { channel, transport, persistence, pass, hold, nothingIsLeft } = await setting(t);
  await channel.send(text("hello"), "m");
  transport.hears(message("request", { repairRequest: [{ messageId: "m", senderId: "alice" }] }));
  await idle();
  hold();
  await pass(121_000, 1000);
  const closing = channel.close();
  await idle();
  persistence.release();
  await closing;
  await nothingIsLeft();
});

test("from inside every listener", async (t) => {
  for (const type of ["messageReady", "missingDependencies", "statusChange", "transportError"]) {
    const { channel, transport, timers } = await setting(t);
    let closing;
    channel.addEventListener(type, () => (closing = channel.close()));
    transport.hears(message("m"));
    transport.hears(message("second", { after: ["first"] }));
    transport.hears(text("garbage"));
    await idle();
    assert.ok(closing, type);
    await closing;
    assert.deepEqual([timers.size, transport.listening], [0, 0], type);
    t.mock.timers.reset();
    t.mock.restoreAll();
  }
});

test("closes with its block", async (t) => {
  const { channel, nothingIsLeft } = await setting(t);
  await channel[Symbol.asyncDispose]();
  await nothingIsLeft();
});
