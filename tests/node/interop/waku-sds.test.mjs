// Messages, acknowledgements and sync messages between this package (dialect "rfc") and @waku/sds 0.0.8.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isSyncMessage } from "@waku/sds";
import { CHANNEL, T0, fromText, participant, sds, text } from "../support/participants.mjs";
import { Ours, Theirs, stopClock } from "../support/waku.mjs";

async function pair(t, { ours, theirs } = {}) {
  const clock = stopClock(t);
  return { ...clock, ours: await Ours.open(t, "ours", ours), theirs: new Theirs("theirs", theirs) };
}

test("it is @waku/sds 0.0.8 that is tested against", () => {
  const entry = import.meta.resolve("@waku/sds");
  const manifest = fileURLToPath(new URL("../package.json", entry));
  assert.equal(JSON.parse(readFileSync(manifest, "utf8")).version, "0.0.8");
});

test("both deliver what the other sends, with all that it says", async (t) => {
  const { ours, theirs } = await pair(t);
  const one = await ours.send("grüße");
  const message = await theirs.receive(one.bytes);
  assert.deepEqual(
    [message.messageId, message.channelId, message.senderId, message.lamportTimestamp, fromText(message.content)],
    [one.messageId, CHANNEL, "ours", BigInt(T0), "grüße"],
  );
  assert.deepEqual(theirs.delivered, [one.messageId]);
  const two = await theirs.send("hello");
  const received = await ours.receive(two.bytes);
  assert.deepEqual([received.delivered, received.senderId, fromText(received.content)], [true, "theirs", "hello"]);
  assert.deepEqual(ours.delivered, [two.messageId]);
  assert.deepEqual(theirs.log, [one.messageId, two.messageId]);
  assert.deepEqual(ours.log, theirs.log);
});

test("the bytes are theirs to the byte: what we encode of their message is their message", async (t) => {
  const { ours, theirs } = await pair(t);
  await theirs.receive((await ours.send("one")).bytes);
  for (const bytes of [(await theirs.send("two")).bytes, await theirs.sync()]) {
    assert.deepEqual(sds.encodeMessage(sds.decodeMessage(bytes), "rfc"), new Uint8Array(bytes));
  }
});

test("the causal history of each is understood by the other, hints and senders included", async (t) => {
  const hint = text("where it is");
  const { ours, theirs } = await pair(t, { ours: { retrievalHint: () => hint } });
  const one = await ours.send("one");
  await theirs.receive(one.bytes);
  const { causalHistory } = sds.decodeMessage((await theirs.send("two")).bytes);
  assert.deepEqual(causalHistory.map(({ messageId, senderId }) => [messageId, senderId]), [[one.messageId, "ours"]]);
  const message = await theirs.receive((await ours.send("three")).bytes);
  const [entry] = message.causalHistory;
  assert.deepEqual([entry.messageId, entry.senderId, new Uint8Array(entry.retrievalHint)], [one.messageId, "ours", hint]);
});

test("clocks: in milliseconds on both sides, and never behind what was delivered", async (t) => {
  const { ours, theirs, pass } = await pair(t);
  const stamp = (bytes) => sds.decodeMessage(bytes).lamportTimestamp;
  pass(5000);
  const [a, b] = [await ours.send("a"), await ours.send("b")];
  assert.deepEqual([stamp(a.bytes), stamp(b.bytes)], [BigInt(T0 + 5000), BigInt(T0 + 5001)]);
  for (const { bytes } of [a, b]) await theirs.receive(bytes);
  const c = await theirs.send("c");
  assert.equal(stamp(c.bytes), BigInt(T0 + 5002));
  await ours.receive(c.bytes);
  assert.equal(stamp((await ours.send("d")).bytes), BigInt(T0 + 5003));
});

test("our messages are acknowledged by their causal history", async (t) => {
  const { ours, theirs } = await pair(t);
  const { messageId, bytes } = await ours.send("one");
  await theirs.receive(bytes);
  const answer = await theirs.send("two");
  // The history alone.
  const silent = { ...sds.decodeMessage(answer.bytes), bloomFilter: undefined };
  await ours.receive(sds.encodeMessage(silent, "rfc"));
  assert.deepEqual(ours.acknowledged, [messageId]);
});

test("their messages are acknowledged by our causal history", async (t) => {
  const { ours, theirs } = await pair(t);
  const { messageId, bytes } = await theirs.send("one");
  await ours.receive(bytes);
  const answer = sds.decodeMessage((await ours.send("two")).bytes);
  await theirs.receive(sds.encodeMessage({ ...answer, bloomFilter: undefined }, "rfc"));
  assert.deepEqual(theirs.acknowledged, [messageId]);
});

/** The same message without its causal history: only its filter tells. */
const filterOnly = (bytes) => sds.encodeMessage({ ...sds.decodeMessage(bytes), causalHistory: [] }, "rfc");

test("our messages are acknowledged by the filters of two of their messages", async (t) => {
  const { ours, theirs } = await pair(t);
  const unheard = await ours.send("unheard");
  const { messageId, bytes } = await ours.send("one");
  await theirs.receive(filterOnly(bytes));
  await ours.receive(filterOnly((await theirs.send("two")).bytes));
  assert.deepEqual(ours.acknowledged, []);
  await ours.receive(filterOnly((await theirs.send("three")).bytes));
  assert.deepEqual(ours.acknowledged, [messageId]);
  const left = ours.manager.getOutgoingBuffer(CHANNEL).map(({ message }) => message.messageId);
  assert.deepEqual(left, [unheard.messageId]);
});

test("their messages are acknowledged by the filters of two of ours", async (t) => {
  const { ours, theirs } = await pair(t);
  await theirs.send("unheard");
  const { messageId, bytes } = await theirs.send("one");
  await ours.receive(filterOnly(bytes));
  await theirs.receive(filterOnly((await ours.send("two")).bytes));
  assert.deepEqual(theirs.acknowledged, []);
  await theirs.receive(filterOnly((await ours.send("three")).bytes));
  assert.deepEqual(theirs.acknowledged, [messageId]);
});

const filterOf = (bytes) => sds.decodeMessage(bytes).bloomFilter;

test("filters agree about every one of two hundred ids", async (t) => {
  const { ours, theirs } = await pair(t);
  const ids = [];
  for (let n = 0; n < 200; n += 1) {
    const { messageId, bytes } = await theirs.send(`line ${n}`);
    ids.push(messageId);
    await ours.receive(filterOnly(bytes));
  }
  const [ourFilter, theirFilter] = [await ours.sync(), await theirs.sync()].map(filterOf);
  assert.deepEqual(ourFilter, theirFilter);
  assert.equal(new Set(ids).size, 200);
});

test("sync messages: each learns of what it has not, and that the other has what it sent", async (t) => {
  const { ours, theirs } = await pair(t);
  const lost = await ours.send("lost");
  const sync = await ours.sync();
  const message = await theirs.receive(sync);
  assert.ok(isSyncMessage(message));
  assert.deepEqual([theirs.delivered, theirs.missing], [[], [lost.messageId]]);
  const lostToo = await theirs.send("lost, too");
  await ours.receive(await theirs.sync());
  assert.deepEqual([ours.delivered, ours.missing], [[], [lostToo.messageId]]);
  await theirs.receive(lost.bytes);
  await ours.receive(await theirs.sync());
  assert.deepEqual([ours.acknowledged, theirs.delivered], [[lost.messageId], [lost.messageId]]);
});

test("a sync message of ours before anything was said: they take it", async (t) => {
  const { ours, theirs } = await pair(t);
  await theirs.receive(await ours.sync());
  assert.deepEqual(theirs.errors, []);
});

test("ephemeral messages: both can read the other's; delivering theirs is their user's", async (t) => {
  const { ours, theirs } = await pair(t);
  const message = await theirs.receive(await ours.manager.wrapEphemeralMessage(text("psst"), "e", CHANNEL));
  assert.deepEqual([message.lamportTimestamp, fromText(message.content)], [undefined, "psst"]);
  let bytes;
  await theirs.channel.pushOutgoingEphemeralMessage(text("psst"), async (sent) => ((bytes = sent.encode()), true));
  await theirs.channel.processTasks();
  const received = await ours.receive(bytes);
  assert.deepEqual([received.kind, fromText(received.content)], ["ephemeral", "psst"]);
});

test("messages without a sender are understood both ways", async (t) => {
  stopClock(t);
  const manager = await participant(t, "", { config: { dialect: "rfc" } });
  const theirs = new Theirs("theirs");
  const bytes = await manager.wrapOutgoingMessage(text("who?"), "anonymous", CHANNEL);
  const message = await theirs.receive(bytes);
  assert.deepEqual([message.senderId, theirs.delivered], ["", ["anonymous"]]);
  const nobody = new Theirs("");
  assert.equal((await manager.unwrapReceivedMessage((await nobody.send("me")).bytes)).senderId, "");
});

test("their message that is repeated is delivered here once", async (t) => {
  const { ours, theirs } = await pair(t);
  const { bytes } = await theirs.send("one");
  for (let n = 0; n < 3; n += 1) await ours.receive(bytes);
  assert.equal(ours.delivered.length, 1);
});

test("nothing we send makes them throw: resends and repairs, with and without a filter", async (t) => {
  const { ours, theirs, pass } = await pair(t, { ours: { config: { resendInterval: 1000, repairTMax: 2000 } } });
  const sent = [await ours.send("one"), await ours.send("two")];
  const { messageId, bytes } = await theirs.send("three");
  await ours.receive(bytes);
  const repairRequest = sent.map((own) => ({ messageId: own.messageId, senderId: "ours" }));
  repairRequest.push({ messageId, senderId: "theirs" });
  const request = { messageId: "request", channelId: CHANNEL, senderId: "else", lamportTimestamp: 1n, content: text("?") };
  await ours.receive(sds.encodeMessage({ ...request, repairRequest }, "rfc"));
  pass(5000);
  const due = await ours.sweep();
  assert.equal(due.length, 5, "two resends and three repairs");
  const third = new Theirs("third");
  for (const data of due) await third.receive(data);
  await third.sweep();
  assert.deepEqual([...third.log].sort(), [...sent.map((own) => own.messageId), messageId].sort());
  assert.deepEqual(third.errors, []);
});
