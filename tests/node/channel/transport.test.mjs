// ReliableChannel on transports that misbehave: nothing breaks, and what went wrong is reported.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Network, follow, handTransport, idsOf, openChannel, recordChannel, stopTime } from "../support/channels.mjs";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, idle, message, sds, text } from "../support/participants.mjs";

/** A channel on a transport of which the test replaces a part. */
async function open(t, parts = {}, options = {}) {
  const transport = Object.assign(handTransport(), parts);
  const channel = await sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport, ...options });
  t.after(() => channel.close());
  return { channel, transport, events: recordChannel(channel) };
}

const errors = (events) => events.filter(({ type }) => type === "transportError");

for (const [how, publish] of [
  ["rejects", async () => Promise.reject(new Error("offline"))],
  ["throws", () => {
    throw new Error("offline");
  }],
]) {
  test(`a transport that ${how}: send resolves, the error is told, the message is sent again`, async (t) => {
    const { pass } = stopTime(t);
    const config = { resendInterval: 2000, bufferSweepInterval: 1000, syncMessageInterval: 4000 };
    const { channel, transport, events } = await open(t, { publish }, { config });
    const id = await channel.send(text("hello"));
    const [{ type, ...detail }] = errors(events);
    assert.deepEqual(detail, { channelId: CHANNEL, operation: "publish", error: new Error("offline") });
    await pass(10_000);
    const failed = errors(events).length;
    assert.ok(failed >= 5, `resends and a sync message failed as well: ${failed}`);
    assert.ok(errors(events).every(({ operation }) => operation === "publish"));
    const published = [];
    transport.publish = async (channelId, bytes) => void published.push(sds.decodeMessage(bytes));
    await pass(5000);
    assert.ok(idsOf(published).includes(id));
    assert.equal(errors(events).length, failed);
    transport.hears(message("theirs"));
    await idle();
    assert.equal(events.at(-1).messageId, "theirs");
  });
}

test("a transport that never answers: the message is saved, resent, and closing doesn't wait", async (t) => {
  const { pass } = stopTime(t);
  const published = [];
  const publish = (channelId, bytes) => {
    published.push(sds.decodeMessage(bytes));
    return new Promise(() => {});
  };
  const resend = { resendInterval: 2000, bufferSweepInterval: 1000 };
  const config = { ...resend, syncMessageInterval: 1000, repairTMin: 0, repairTMax: 5000 };
  const { channel, transport, events } = await open(t, { publish }, { config });
  let sent = false;
  const sending = channel.send(text("hello"), "m").then(() => (sent = true));
  transport.hears(message("second", { after: ["first"] }));
  await pass(20_000);
  assert.equal(sent, false, "not handed over yet");
  assert.ok(idsOf(published).filter((id) => id === "m").length >= 3);
  assert.ok(published.some(({ repairRequest }) => idsOf(repairRequest).includes("first")));
  assert.deepEqual(errors(events), []);
  await channel.close();
  await sending;
});

test("what is no message is reported, whatever it is; what comes after it is taken in", async (t) => {
  const { transport, events } = await open(t);
  const detached = new Uint8Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });
  const garbage = [detached, undefined, null, "text", 5, {}, [], new ArrayBuffer(8), new Float64Array(3), text(""), text("?")];
  garbage.push(new Uint8Array(9 * 2 ** 20), message("m", { clock: 2n ** 63n - 1n }));
  for (const data of garbage) transport.hears(data);
  await idle();
  const told = errors(events);
  assert.equal(told.length, garbage.length);
  for (const { operation, error, channelId } of told) {
    assert.deepEqual([operation, channelId], ["receive", CHANNEL]);
    assert.ok(error instanceof sds.SdsError);
    assert.ok(["InvalidArgument", "DeserializationError"].includes(error.code), error.code);
  }
  transport.hears(message("m"));
  await idle();
  assert.deepEqual(idsOf(events.filter(({ type }) => type === "messageReady")), ["m"]);
});

test("messages of other channels are refused, and no channel is made for them", async (t) => {
  const persistence = new InspectingPersistence();
  const { channel, transport, events } = await open(t, {}, { persistence });
  const elsewhere = { channelId: "elsewhere" };
  transport.hears(message("content", elsewhere));
  transport.hears(message("sync", { ...elsewhere, content: "" }));
  transport.hears(message("ephemeral", { ...elsewhere, clock: undefined, lamportTimestamp: undefined }));
  await idle();
  assert.deepEqual(events.map(({ type, operation, error }) => [type, operation, error.code]), [
    ["transportError", "receive", "InvalidArgument"],
    ["transportError", "receive", "InvalidArgument"],
    ["transportError", "receive", "InvalidArgument"],
  ]);
  assert.match(events[0].error.message, /elsewhere/);
  await channel.send(text("hello"));
  assert.deepEqual([...new Set(persistence.calls.map(({ channelId }) => channelId))], [CHANNEL]);
});

test("own messages that come back, at once or later, are no messages of others", async (t) => {
  const { pass } = stopTime(t);
  const heard = [];
  const echo = async (channelId, bytes) => {
    heard.push(bytes);
    transport.hears(bytes);
  };
  const { channel, transport, events } = await open(t, { publish: echo });
  const { log } = follow(channel);
  await channel.send(text("one"), "one");
  await channel.send(text("two"), "two");
  await pass(150_000, 1000);
  for (const bytes of [...heard]) transport.hears(bytes);
  await idle();
  assert.deepEqual(idsOf(log), ["one", "two"]);
  assert.deepEqual(channel.status, { missing: 0, lost: 0, unacknowledged: 2, synced: false });
  assert.deepEqual([...new Set(events.map(({ type }) => type))], ["statusChange"]);
});

test("repeated messages are delivered once", async (t) => {
  const { transport, events } = await open(t);
  for (const id of ["m", "m", "n", "m", "n"]) transport.hears(message(id));
  await idle();
  assert.deepEqual(idsOf(events), ["m", "n"]);
});

test("a transport may use its buffer again at once, whatever kind of array it is", async (t) => {
  for (const from of [(bytes) => bytes, (bytes) => Buffer.from(bytes)]) {
    const { transport, events } = await open(t);
    transport.hears(message("m"));
    await idle();
    for (const bytes of [message("n", { after: ["m"] }), message("sync", { content: "", after: ["n"] })]) {
      const buffer = from(bytes);
      transport.hears(buffer);
      buffer.fill(255);
    }
    await idle();
    assert.deepEqual(idsOf(events), ["m", "n"]);
  }
});

test("a transport that delivers from inside subscribe, before open has resolved", async (t) => {
  const hears = (onBytes) => {
    onBytes(message("m1"));
    onBytes(message("m3", { after: ["m2"] }));
    onBytes(text("garbage"));
    onBytes(message("sync", { content: "" }));
    return () => {};
  };
  const { channel } = await open(t, { subscribe: (channelId, onBytes) => hears(onBytes) });
  const { log } = follow(channel, { fromStart: true });
  await idle();
  assert.deepEqual(idsOf(log), ["m1"]);
  assert.equal(channel.status.missing, 1);
});

test("the transport's methods are called on the transport, with the channel's id", async (t) => {
  class Radio {
    calls = [];
    async publish(channelId) {
      this.calls.push(["publish", channelId]);
    }
    subscribe(channelId) {
      this.calls.push(["subscribe", channelId]);
      return () => this.calls.push(["unsubscribe"]);
    }
  }
  const transport = new Radio();
  const channel = await sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport });
  await channel.send(text("hello"));
  await channel.close();
  await channel.close();
  assert.deepEqual(transport.calls, [["subscribe", CHANNEL], ["publish", CHANNEL], ["unsubscribe"]]);
});

test("a transport that is a promise or a class is refused as that", async () => {
  const open = (transport) => sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport });
  const refused = (message) => ({ code: "InvalidArgument", message });
  await assert.rejects(open(Promise.resolve(handTransport())), refused(/^options\.transport is a promise: await it$/));
  await assert.rejects(open(class Radio {}), refused(/^options\.transport is the class Radio: give an instance of it$/));
});

test("a subscribe that fails is an error of open, and leaves nothing behind", async (t) => {
  const { pass, timers } = stopTime(t);
  const asked = [];
  const subscribes = [
    [() => {
      throw new Error("no antenna");
    }, /subscribe failed: no antenna/],
    [() => undefined, /subscribe failed: what it returns must be a function/],
    [async () => () => {}, /subscribe failed: what it returns must be a function/],
  ];
  for (const [fail, expected] of subscribes) {
    const transport = handTransport();
    transport.subscribe = (channelId, onBytes) => {
      // What has come must not go on in a channel that never was.
      onBytes(message("second", { after: ["first"] }));
      onBytes(message("sync", { content: "" }));
      return fail();
    };
    const retrieve = async (missing) => void asked.push(missing) ?? [];
    const opening = sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport, retrieve });
    await assert.rejects(opening, { code: "InvalidArgument", message: expected });
  }
  await pass(100_000, 1000);
  assert.deepEqual([timers.size, asked], [0, []]);
});

test("an unsubscribe that fails is told, and doesn't keep the channel open", async (t) => {
  for (const fail of [
    () => {
      throw new Error("stuck");
    },
    () => Promise.reject(new Error("stuck")),
  ]) {
    const { channel, events } = await open(t, { subscribe: () => fail });
    const closing = [];
    channel.addEventListener("transportError", () => closing.push(channel.close()));
    await channel.close();
    await Promise.all(closing);
    await idle();
    const told = errors(events).map(({ operation, error }) => [operation, error.message]);
    assert.deepEqual(told, [["unsubscribe", "stuck"]]);
  }
});

test("a save that fails is told, and nothing stops", async (t) => {
  const persistence = new InspectingPersistence();
  const network = new Network();
  const alice = await openChannel(t, "alice", { network, persistence });
  const bob = await openChannel(t, "bob", { network });
  const [events, bobs] = [recordChannel(alice), recordChannel(bob)];
  persistence.failing.add("saveChannelMeta");
  const id = await alice.send(text("hello"));
  await idle();
  const [failed] = events.filter(({ type }) => type === "persistenceError");
  assert.deepEqual([failed.operation, failed.error.cause], ["saveChannelMeta", persistence.error]);
  assert.deepEqual(idsOf(bobs), [id]);
});

test("a load that fails is an error of open; the transport hears nothing of it", async () => {
  const persistence = new InspectingPersistence();
  persistence.failing.add("loadChannel");
  const transport = handTransport();
  const opening = sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport, persistence });
  await assert.rejects(opening, { code: "PersistenceError", cause: persistence.error });
  assert.equal(transport.hears, undefined);
});

test("a message names 20 others, or as many as it is told to", async (t) => {
  for (const [config, named] of [
    [undefined, 20],
    [{ maxCausalHistory: undefined }, 20],
    [{ maxCausalHistory: 3 }, 3],
  ]) {
    const network = new Network();
    const channel = await openChannel(t, "alice", { network, config });
    for (let n = 0; n < 22; n += 1) await channel.send(text("hello"));
    assert.equal(network.published.at(-1).message.causalHistory.length, named);
  }
});
