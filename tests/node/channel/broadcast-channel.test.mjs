// BroadcastChannelTransport on the platform's BroadcastChannel: real time, so these tests wait for what is to come.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { idsOf, recordChannel } from "../support/channels.mjs";
import { CHANNEL, fromText, message, sds, text } from "../support/participants.mjs";

const { BroadcastChannelTransport, ReliableChannel } = sds;

/** A name that no other test uses. */
const fresh = () => `test ${crypto.randomUUID()}`;

async function open(t, participantId, transport, channelId = CHANNEL) {
  const channel = await ReliableChannel.open({ participantId, channelId, transport });
  t.after(() => channel.close());
  return channel;
}

/** What is heard on a name and channel, without anything of ours. */
function listen(t, name, channelId = CHANNEL) {
  const port = new BroadcastChannel(`${name}/${channelId}`);
  t.after(() => port.close());
  return port;
}

const heard = async (port) => (await once(port, "message"))[0].data;
const next = async (channel, type) => (await once(channel, type))[0].detail;

test("two channels in one process hear each other, each by a transport of its own", async (t) => {
  const name = fresh();
  const alice = await open(t, "alice", new BroadcastChannelTransport(name));
  const bob = await open(t, "bob", new BroadcastChannelTransport(name));
  const [events, delivered] = [recordChannel(alice), next(bob, "messageReady")];
  const id = await alice.send(text("hello"));
  const { messageId, content, senderId } = await delivered;
  assert.deepEqual([messageId, fromText(content), senderId], [id, "hello", "alice"]);
  const acknowledged = next(alice, "messageSent");
  await bob.send(text("got it"));
  assert.deepEqual(await acknowledged, { channelId: CHANNEL, messageId: id, acknowledged: true });
  assert.deepEqual(events.filter(({ type }) => type === "transportError"), []);
});

test("a thread of its own hears and is heard, and ends when its channel is closed", async (t) => {
  const name = fresh();
  const alice = await open(t, "alice", new BroadcastChannelTransport(name));
  const url = new URL("../support/broadcast-worker.mjs", import.meta.url);
  const worker = new Worker(url, { workerData: { name, channelId: CHANNEL, participantId: "worker" } });
  t.after(() => worker.terminate());
  const told = [];
  worker.on("message", (data) => told.push(data));
  const ended = once(worker, "exit");
  await once(worker, "message");
  const log = [];
  for (let n = 0; n < 20; n += 1) await alice.send(text("?"), `question ${n}`);
  for await (const { messageId } of alice.messages({ fromStart: true })) {
    log.push(messageId);
    if (log.length === 40) break;
  }
  for (let n = 0; n < 20; n += 1) assert.ok(log.indexOf(`question ${n}`) < log.indexOf(`answer ${n}`));
  worker.postMessage("close");
  const [code] = await ended;
  assert.equal(code, 0);
  const questions = told.filter(({ senderId }) => senderId === "alice").map(({ messageId }) => messageId);
  assert.deepEqual(questions, Array.from({ length: 20 }, (_, n) => `question ${n}`));
});

test("channels and names are kept apart", async (t) => {
  const name = fresh();
  const transport = new BroadcastChannelTransport(name);
  const [lobby, kitchen] = [await open(t, "alice", transport, "lobby"), await open(t, "alice", transport, "kitchen")];
  const [lobbys, kitchens] = [recordChannel(lobby), recordChannel(kitchen)];
  const elsewhere = new BroadcastChannelTransport(fresh());
  await elsewhere.publish("lobby", message("elsewhere", { channelId: "lobby" }));
  const sender = new BroadcastChannelTransport(name);
  const both = [next(lobby, "messageReady"), next(kitchen, "messageReady")];
  for (const channelId of ["lobby", "kitchen"]) {
    await sender.publish(channelId, message(`for ${channelId}`, { channelId }));
  }
  await Promise.all(both);
  assert.deepEqual([lobbys, kitchens].map(idsOf), [["for lobby"], ["for kitchen"]]);
});

test("what is published before anything is listened to is heard by others, and not by oneself", async (t) => {
  const name = fresh();
  const port = listen(t, name);
  const transport = new BroadcastChannelTransport(name);
  const first = heard(port);
  await transport.publish(CHANNEL, text("one"));
  assert.equal(fromText(await first), "one");
  const own = [];
  t.after(transport.subscribe(CHANNEL, (bytes) => own.push(fromText(bytes))));
  const second = heard(port);
  await transport.publish(CHANNEL, text("two"));
  assert.equal(fromText(await second), "two");
  port.postMessage(text("three"));
  while (own.length === 0) await new Promise(setImmediate);
  assert.deepEqual(own, ["three"]);
});

test("every subscription of a transport hears all, until it is ended; ending twice ends once", async (t) => {
  const name = fresh();
  const port = listen(t, name);
  const transport = new BroadcastChannelTransport(name);
  const got = [[], []];
  const same = (index) => (bytes) => got[index].push(fromText(bytes));
  const one = same(0);
  const ends = [one, one, same(1)].map((listener) => transport.subscribe(CHANNEL, listener));
  const until = async (index, count) => {
    while (got[index].length < count) await new Promise(setImmediate);
  };
  port.postMessage(text("a"));
  await until(1, 1);
  assert.deepEqual(got, [["a", "a"], ["a"]]);
  ends[0]();
  ends[0]();
  port.postMessage(text("b"));
  await until(1, 2);
  assert.deepEqual(got, [["a", "a", "b"], ["a", "b"]]);
  ends[1]();
  ends[2]();
  // Listening again begins anew.
  const again = [];
  t.after(transport.subscribe(CHANNEL, (bytes) => again.push(fromText(bytes))));
  port.postMessage(text("c"));
  while (again.length === 0) await new Promise(setImmediate);
  assert.deepEqual([again, got], [["c"], [["a", "a", "b"], ["a", "b"]]]);
});

test("a listener that throws keeps the message from nobody else, and its error is told", async (t) => {
  const name = fresh();
  const port = listen(t, name);
  const transport = new BroadcastChannelTransport(name);
  const told = new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
  t.after(() => process.setUncaughtExceptionCaptureCallback(null));
  const failure = new Error("by the application");
  t.after(transport.subscribe(CHANNEL, () => {
    throw failure;
  }));
  const got = new Promise((resolve) => t.after(transport.subscribe(CHANNEL, resolve)));
  port.postMessage(text("a"));
  assert.equal(fromText(await got), "a");
  assert.equal(await told, failure);
});

test("who begins to listen while a message is told hears from the next one on", async (t) => {
  const name = fresh();
  const port = listen(t, name);
  const transport = new BroadcastChannelTransport(name);
  const late = [];
  const begin = () => t.after(transport.subscribe(CHANNEL, (bytes) => late.push(fromText(bytes))));
  const end = transport.subscribe(CHANNEL, () => {
    begin();
    end();
  });
  for (const letter of ["a", "b"]) port.postMessage(text(letter));
  while (late.length === 0) await new Promise(setImmediate);
  assert.deepEqual(late, ["b"]);
});

test("of a part of a buffer that part is sent, whatever kind of array it is", async (t) => {
  const name = fresh();
  const port = listen(t, name);
  const transport = new BroadcastChannelTransport(name);
  const whole = text("secret hello secret");
  const shared = new Uint8Array(new SharedArrayBuffer(5));
  shared.set(text("hello"));
  for (const part of [whole.subarray(7, 12), Buffer.from(whole.buffer, 7, 5), shared]) {
    const arrived = heard(port);
    await transport.publish(CHANNEL, part);
    const data = await arrived;
    assert.deepEqual([fromText(data), data.buffer.byteLength], ["hello", 5]);
  }
});

test("what is no message, from others of the same name, is reported", async (t) => {
  const name = fresh();
  const alice = await open(t, "alice", new BroadcastChannelTransport(name));
  const failed = next(alice, "transportError");
  listen(t, name).postMessage({ hello: "world" });
  const { operation, error } = await failed;
  assert.deepEqual([operation, error.code], ["receive", "InvalidArgument"]);
});

test("arguments are checked", async () => {
  for (const wrong of [5, null, {}, "\ud800"]) {
    assert.throws(() => new BroadcastChannelTransport(wrong), { code: "InvalidArgument", message: /^name/ });
  }
  const transport = new BroadcastChannelTransport();
  assert.throws(() => transport.subscribe("", () => {}), { code: "InvalidArgument", message: /^channelId/ });
  assert.throws(() => transport.subscribe(CHANNEL), { code: "InvalidArgument", message: /^onBytes/ });
  await assert.rejects(transport.publish("", text("x")), { code: "InvalidArgument", message: /^channelId/ });
  await assert.rejects(transport.publish(CHANNEL, "x"), { code: "InvalidArgument", message: /^bytes must be a Uint8Array/ });
});
