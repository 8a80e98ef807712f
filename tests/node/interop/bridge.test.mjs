// Both dialects in one room: this package reads either, whatever its own, and a relay of a few lines is all that
// @waku/sds needs to hear a member that speaks like nim-sds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANNEL, dice, idle, sds } from "../support/participants.mjs";
import { Ours, TIMES, Theirs, requested, round, stopClock } from "../support/waku.mjs";

const NIM = { config: { dialect: "nim-sds" } };
const isRfc = (bytes) => sds.encodeMessage(sds.decodeMessage(bytes), "rfc").length === bytes.length;
const dialectOf = (bytes) => (isRfc(bytes) ? "rfc" : "nim-sds");

/** What a relay gives to those who read "rfc" only. A filter is of use to its own dialect alone, and left out. */
function translate(bytes) {
  if (dialectOf(bytes) === "rfc") return bytes;
  return sds.encodeMessage({ ...sds.decodeMessage(bytes), bloomFilter: undefined }, "rfc");
}

async function room(t) {
  const clock = stopClock(t);
  const [nim, rfc] = [await Ours.open(t, "nim", NIM), await Ours.open(t, "rfc")];
  return { ...clock, nim, rfc };
}

test("each writes its own dialect, and both read both", async (t) => {
  const { nim, rfc } = await room(t);
  const [one, two] = [await nim.send("one"), await rfc.send("two")];
  assert.deepEqual([dialectOf(one.bytes), dialectOf(two.bytes)], ["nim-sds", "rfc"]);
  await rfc.receive(one.bytes);
  await nim.receive(two.bytes);
  const three = await nim.send("three");
  await rfc.receive(three.bytes);
  assert.deepEqual([nim.delivered, rfc.delivered], [[two.messageId], [one.messageId, three.messageId]]);
  const ids = [one, two, three].map(({ messageId }) => messageId);
  assert.deepEqual(nim.log, ids, "one log, though the clocks' units differ");
  assert.deepEqual(rfc.log, nim.log);
});

for (const [from, to] of [["nim", "rfc"], ["rfc", "nim"]]) {
  test(`messages of ${from} are acknowledged by ${to}: by history, and by filter across the dialects`, async (t) => {
    const { [from]: sender, [to]: reader } = await room(t);
    const one = await sender.send("one");
    await reader.receive(one.bytes);
    await sender.receive((await reader.send("two")).bytes);
    assert.deepEqual(sender.acknowledged, [one.messageId]);
    const two = await sender.send("by filter");
    await reader.receive(two.bytes);
    const replies = [await reader.send("a"), await reader.send("b")];
    for (const { bytes } of replies) {
      const silent = { ...sds.decodeMessage(bytes), causalHistory: [] };
      await sender.receive(sds.encodeMessage(silent, dialectOf(bytes)));
    }
    assert.deepEqual(sender.acknowledged, [one.messageId, two.messageId]);
  });

  test(`${from} repairs a gap of ${to}, in its own dialect`, async (t) => {
    const { [from]: sender, [to]: reader, pass } = await room(t);
    const [one, two] = [await sender.send("one"), await sender.send("two")];
    await reader.receive(two.bytes);
    pass(TIMES.repairTMax);
    const asking = await reader.sync();
    assert.deepEqual(requested(asking), [one.messageId]);
    await sender.receive(asking);
    const answers = (await sender.sweep()).filter((bytes) => sds.decodeMessage(bytes).messageId === one.messageId);
    assert.equal(answers.length, 1);
    assert.equal(dialectOf(answers[0]), from === "nim" ? "nim-sds" : "rfc");
    await reader.receive(answers[0]);
    assert.deepEqual(reader.delivered, [one.messageId, two.messageId]);
  });
}

test("what one dialect sent, a member of the other answers for, in its own", async (t) => {
  const { nim, rfc, pass } = await room(t);
  const theirs = new Theirs("theirs");
  const [one, two] = [await nim.send("one"), await nim.send("two")];
  for (const { bytes } of [one, two]) await rfc.receive(bytes);
  await theirs.receive(translate(two.bytes));
  pass(TIMES.repairTMax);
  await rfc.receive(await theirs.sync());
  pass(TIMES.repairTMax);
  const [answer] = await rfc.sweep();
  assert.equal(dialectOf(answer), "rfc");
  await theirs.receive(answer);
  await theirs.sweep();
  assert.deepEqual(theirs.delivered, [one.messageId, two.messageId]);
});

test("a room of both dialects and @waku/sds through one relay, with losses: every message gets everywhere", async (t) => {
  const { pass, ...ours } = await room(t);
  const theirs = [new Theirs("theirs a"), new Theirs("theirs b")];
  const all = [...Object.values(ours), await Ours.open(t, "nim too", NIM), ...theirs];
  const random = dice(5);
  const relay = async (from, bytes) => {
    for (const member of all) {
      if (member === from || random(100) < 25) continue;
      await member.receive(member instanceof Theirs ? translate(bytes) : bytes);
    }
  };
  const sent = new Map();
  for (let second = 0; second < 100; second += 1) {
    pass(1000);
    if (second % 2 === 0) {
      const from = all[random(all.length)];
      const { messageId, bytes } = await from.send(`line ${second}`);
      sent.set(messageId, translate(bytes));
      await relay(from, bytes);
    }
    await round(all, relay, { sync: second % 5 === 0 ? [all[random(all.length)]] : [], resend: second % 10 === 0 });
  }
  const everywhere = () => all.every(({ log }) => log.length === sent.size);
  for (let second = 0; second < 1000 && !everywhere(); second += 5) {
    pass(5000);
    await round(all, relay, { sync: [all[random(all.length)]], resend: true });
    for (const member of theirs) await member.fetch(sent);
  }
  await idle();
  for (const { name, log, errors = [] } of all) {
    assert.deepEqual([...log].sort(), [...sent.keys()].sort(), name);
    assert.deepEqual(errors, []);
  }
  for (const { name, fetched } of theirs) assert.ok(fetched.length <= 5, `${name}: ${fetched.length} not by the group`);
  for (const { manager } of all.slice(0, 3)) assert.deepEqual(manager.getMessageHistory(CHANNEL), all[0].log);
});
