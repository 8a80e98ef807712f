// Where @waku/sds 0.0.8 does otherwise, and what that means for those who share a channel with it. When one of these
// fails with a later version, docs/interop.md has to be changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannelEvent } from "@waku/sds";
import { CHANNEL, sds, text } from "../support/participants.mjs";
import { Ours, TIMES, Theirs, requested, stopClock } from "../support/waku.mjs";

async function pair(t) {
  const clock = stopClock(t);
  return { ...clock, ours: await Ours.open(t, "ours"), theirs: new Theirs("theirs") };
}

test("the id of their messages is a hash of the content: the same content again is the same message", async (t) => {
  const { ours, theirs } = await pair(t);
  const first = await theirs.send("hello");
  await ours.receive(first.bytes);
  // Acknowledged, so that it is no retry.
  await theirs.receive((await ours.send("got it")).bytes);
  const second = await theirs.send("hello");
  assert.equal(second.messageId, first.messageId);
  assert.equal((await ours.receive(second.bytes)).duplicate, true);
  const [one, two] = [await ours.send("hello, one"), await ours.send("hello, two")];
  assert.notEqual(one.messageId, two.messageId);
});

test("they ask for a message once; we ask again", async (t) => {
  const { ours, theirs, pass } = await pair(t);
  const sender = new Theirs("sender");
  const lost = await sender.send("lost");
  const { bytes } = await sender.send("next");
  for (const member of [ours, theirs]) await member.receive(bytes);
  const asked = { ours: 0, theirs: 0 };
  for (let second = 0; second < 200; second += 1) {
    pass(1000);
    for (const member of [ours, theirs]) {
      await member.sweep();
      const sync = await member.sync();
      if (sync && requested(sync).includes(lost.messageId)) asked[member.name] += 1;
    }
  }
  assert.equal(asked.theirs, 1);
  assert.ok(asked.ours >= 200_000 / (3 * TIMES.repairTMax), String(asked.ours));
});

test("they deliver what depends on a message that still waits itself; we keep the causal order", async (t) => {
  const { ours, theirs } = await pair(t);
  const sender = new Theirs("sender");
  const [one, two, three] = [await sender.send("one"), await sender.send("two"), await sender.send("three")];
  // Each names the one before only.
  const naming = ({ bytes }, before) =>
    sds.encodeMessage({ ...sds.decodeMessage(bytes), causalHistory: [{ messageId: before.messageId }] }, "rfc");
  for (const member of [ours, theirs]) {
    await member.receive(naming(two, one));
    await member.receive(naming(three, two));
  }
  assert.deepEqual([theirs.delivered, ours.delivered], [[three.messageId], []]);
});

test("they tell a delivery again when its message comes again; we tell it once", async (t) => {
  const { ours, theirs } = await pair(t);
  let told = 0;
  theirs.channel.addEventListener(MessageChannelEvent.InMessageDelivered, () => (told += 1));
  const one = await ours.send("one");
  for (let n = 0; n < 3; n += 1) await theirs.receive(one.bytes);
  assert.equal(told, 3);
});

test("they throw on a filter of another length, even on none at all: we never send one", async (t) => {
  const { theirs } = await pair(t);
  const sender = new Theirs("sender");
  const { bytes } = await sender.send("one");
  for (const length of [0, 8, 18_000]) {
    await theirs.send(`unacknowledged ${length}`);
    const message = Object.assign(await new Theirs("reader").receive(bytes), { bloomFilter: new Uint8Array(length) });
    theirs.channel.pushIncomingMessage(message);
    await theirs.channel.processTasks();
    assert.ok(theirs.errors.pop() instanceof RangeError, String(length));
  }
  const written = sds.decodeMessage(sds.encodeMessage({ ...sds.decodeMessage(bytes), bloomFilter: new Uint8Array() }, "rfc"));
  assert.equal(written.bloomFilter, undefined);
});

test("they hand no ephemeral message on; we do", async (t) => {
  const { ours, theirs } = await pair(t);
  const told = [];
  for (const type of Object.values(MessageChannelEvent)) theirs.channel.addEventListener(type, () => told.push(type));
  const bytes = await ours.manager.wrapEphemeralMessage(text("psst"), "e", CHANNEL);
  await theirs.receive(bytes);
  assert.deepEqual(told, []);
  const other = await Ours.open(t, "other");
  await other.receive(bytes);
  assert.deepEqual(other.delivered, ["e"]);
});
