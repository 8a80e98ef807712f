// ReliableChannel on a transport that can't take anything for a while.

import assert from "node:assert/strict";
import { test } from "node:test";
import { handTransport, idsOf, recordChannel, stopTime } from "../support/channels.mjs";
import { CHANNEL, idle, message, sds, text } from "../support/participants.mjs";

/** A channel on a transport that takes what `takes(message)` says; `tried` has all that it was given. */
async function open(t, { takes, ...options }) {
  const { pass } = stopTime(t);
  const transport = handTransport();
  const tried = [];
  const setting = { takes, tried, transport, pass };
  transport.publish = async (channelId, bytes) => {
    const decoded = sds.decodeMessage(bytes);
    tried.push({ ...decoded, bytes });
    if (!setting.takes(decoded)) throw new Error("offline");
  };
  setting.channel = await sds.ReliableChannel.open({
    participantId: "alice", channelId: CHANNEL, transport, ...options,
  });
  t.after(() => setting.channel.close());
  return setting;
}

const contents = (tried) => idsOf(tried.filter(({ content }) => content.length > 0));

for (const dialect of ["nim-sds", "rfc"]) {
  test(`what was given up is published, in order, when the transport takes something again: ${dialect}`, async (t) => {
    const resend = { maxResendAttempts: 1, resendInterval: 2000, bufferSweepInterval: 1000 };
    const config = { dialect, ...resend, syncMessageInterval: 20_000 };
    const setting = await open(t, { takes: () => false, config });
    const { channel, pass, tried, transport } = setting;
    const sent = recordChannel(channel, ["messageSent"]);
    for (const id of ["c", "b", "a"]) await channel.send(text(id), id);
    await pass(10_000);
    assert.deepEqual(idsOf(sent), ["c", "b", "a"]);
    tried.length = 0;
    setting.takes = () => true;
    await channel.send(text("d"), "d");
    await idle();
    assert.deepEqual(idsOf(tried), ["d", "c", "b", "a"]);
    // As a repair of it.
    const repairRequest = [{ messageId: "c", senderId: "alice" }];
    transport.hears(message("asking", { content: "", repairRequest }));
    await pass(400_000, 1000);
    const [again, repaired] = tried.filter(({ messageId }) => messageId === "c");
    assert.deepEqual(again.bytes, repaired.bytes);
  });
}

test("one that the transport never takes is tried once more per failure, not for ever", async (t) => {
  const config = { maxResendAttempts: 0, resendInterval: 2000, bufferSweepInterval: 1000 };
  const { channel, pass, tried } = await open(t, { takes: ({ messageId }) => messageId !== "too large", config });
  await channel.send(text("?"), "too large");
  for (let n = 0; n < 5; n += 1) await channel.send(text("fits"), `fits ${n}`);
  await pass(300_000, 1000);
  assert.equal(contents(tried).filter((id) => id === "too large").length, 2);
});

test("when the transport fails again at once, all but one keep their try", async (t) => {
  const config = { maxResendAttempts: 0, resendInterval: 2000, bufferSweepInterval: 1000 };
  const setting = await open(t, { takes: () => false, config });
  const { channel, pass, tried } = setting;
  for (const id of ["a", "b", "c"]) await channel.send(text(id), id);
  await pass(5000);
  setting.takes = ({ messageId }) => ["d", "e", "f"].includes(messageId);
  await Promise.all(["d", "e", "f"].map((id) => channel.send(text(id), id)));
  await idle();
  tried.length = 0;
  setting.takes = () => true;
  await channel.send(text("g"), "g");
  await idle();
  assert.deepEqual(contents(tried), ["g", "b", "c"]);
});

test("what is sent again anyway is not published twice", async (t) => {
  const config = { resendInterval: 2000, bufferSweepInterval: 1000 };
  const setting = await open(t, { takes: () => false, config });
  const { channel, pass, tried } = setting;
  for (const id of ["a", "b", "c"]) await channel.send(text(id), id);
  tried.length = 0;
  setting.takes = () => true;
  await pass(3000);
  assert.deepEqual(idsOf(tried), ["a", "b", "c"]);
});

test("what others have got by another way, and what is gone, is not published again", async (t) => {
  const config = { maxResendAttempts: 0, resendInterval: 2000, bufferSweepInterval: 1000, maxMessageHistory: 3 };
  const setting = await open(t, { takes: () => false, config });
  const { channel, pass, tried, transport } = setting;
  await channel.send(text("gone"), "gone");
  await channel.send(text("known"), "known");
  for (const id of ["last", "acknowledged"]) await channel.send(text(id), id);
  transport.hears(message("sync 1", { after: ["acknowledged"], content: "" }));
  await pass(5000);
  assert.deepEqual(channel.unacknowledgedIds(), ["gone", "known", "last"]);
  transport.hears(message("sync 2", { after: [{ messageId: "known", senderId: "alice" }], content: "" }));
  await idle();
  tried.length = 0;
  setting.takes = () => true;
  await pass(61_000, 1000);
  assert.deepEqual(contents(tried), ["last"]);
});

test("closing ends it", async (t) => {
  const setting = await open(t, { takes: () => false });
  const { channel, pass, tried, transport } = setting;
  for (const id of ["a", "b"]) await channel.send(text(id), id);
  let take;
  transport.publish = (channelId, bytes) => {
    tried.push(sds.decodeMessage(bytes));
    return new Promise((resolve) => (take = resolve));
  };
  const sending = channel.send(text("c"), "c");
  await idle();
  await channel.close();
  await sending;
  take();
  await pass(100_000, 1000);
  assert.deepEqual(idsOf(tried), ["a", "b", "c"]);
});

test("what could not be published has told nobody: sync messages go on", async (t) => {
  const { channel, pass, tried } = await open(t, { takes: ({ content }) => content.length === 0 });
  for (let n = 0; n < 20; n += 1) {
    await channel.send(text("?"), `m${n}`);
    await pass(20_000, 1000);
  }
  const syncs = tried.filter(({ content }) => content.length === 0);
  assert.ok(syncs.length >= 6 && syncs.length <= 13, `400 s: ${syncs.length}`);
});
