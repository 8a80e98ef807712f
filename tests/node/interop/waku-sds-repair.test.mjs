// Gaps and repairs between this package (dialect "rfc") and @waku/sds 0.0.8, and a long mixed run over a lossy network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANNEL, T0, dice, sds } from "../support/participants.mjs";
import { Ours, TIMES, Theirs, requested, round, stopClock } from "../support/waku.mjs";

async function group(t, names) {
  const clock = stopClock(t);
  const members = {};
  for (const name of names) members[name] = name.startsWith("ours") ? await Ours.open(t, name) : new Theirs(name);
  return { ...clock, ...members };
}

/** When a member asks for an id, by the public formula, as the other implementation computes it. */
const askTimeOf = (theirs, id) => theirs.channel.repairManager.calculateTReq(id, T0) - T0;

test("a gap at ours: what depends on the lost message waits, and follows it when it comes", async (t) => {
  const { ours, theirs } = await group(t, ["ours", "theirs"]);
  const [one, two, three] = [await theirs.send("one"), await theirs.send("two"), await theirs.send("three")];
  for (const { bytes } of [three, two]) assert.equal((await ours.receive(bytes)).delivered, false);
  assert.deepEqual([ours.missing, ours.delivered], [[one.messageId], []]);
  await ours.receive(one.bytes);
  assert.deepEqual(ours.delivered, [one, two, three].map(({ messageId }) => messageId));
});

test("a gap at theirs is filled by what we send again", async (t) => {
  const { ours, theirs } = await group(t, ["ours", "theirs"]);
  const [one, two] = [await ours.send("one"), await ours.send("two")];
  await theirs.receive(two.bytes);
  assert.deepEqual([theirs.missing, theirs.delivered], [[one.messageId], []]);
  await theirs.receive(one.bytes);
  await theirs.sweep();
  assert.deepEqual(theirs.delivered, [one.messageId, two.messageId]);
});

test("both ask at the same time for the same message, were they the same participant", async (t) => {
  const { "ours same": ours, "theirs": theirs } = await group(t, ["ours same", "theirs"]);
  const twin = new Theirs("ours same");
  for (let n = 0; n < 20; n += 1) {
    const lost = await theirs.send(`lost ${n}`);
    const { bytes } = await theirs.send(`next ${n}`);
    await ours.receive(bytes);
    const requests = ours.manager.getOutgoingRepairBuffer(CHANNEL);
    const { requestAt } = requests.find(({ entry }) => entry.messageId === lost.messageId);
    assert.equal(requestAt - T0, askTimeOf(twin, lost.messageId));
  }
});

test("they ask, and we answer: at once for our own message, later for another's, as they would", async (t) => {
  const { "ours a": alice, "ours b": bob, theirs, pass } = await group(t, ["ours a", "ours b", "theirs"]);
  const [one, two] = [await alice.send("one"), await alice.send("two")];
  for (const { bytes } of [one, two]) await bob.receive(bytes);
  await theirs.receive(two.bytes);
  pass(TIMES.repairTMax);
  const asking = await theirs.sync();
  assert.deepEqual(requested(asking), [one.messageId]);
  for (const member of [alice, bob]) await member.receive(asking);
  const twin = new Theirs("ours b");
  const [{ respondAt }] = bob.manager.getIncomingRepairBuffer(CHANNEL);
  assert.equal(respondAt, twin.channel.repairManager.calculateTResp("ours a", one.messageId, Date.now()));
  const [answer] = await alice.sweep();
  await theirs.receive(answer);
  await theirs.sweep();
  assert.deepEqual(theirs.delivered, [one.messageId, two.messageId]);
  // Bob hears the answer and keeps his to himself.
  await bob.receive(answer);
  pass(TIMES.repairTMax);
  assert.deepEqual((await bob.sweep()).filter((bytes) => sds.decodeMessage(bytes).messageId === one.messageId), []);
});

test("they ask for a message of theirs that only we have, and we answer for them", async (t) => {
  const { ours, "theirs a": alice, "theirs b": bob, pass } = await group(t, ["ours", "theirs a", "theirs b"]);
  const [one, two] = [await alice.send("one"), await alice.send("two")];
  for (const { bytes } of [one, two]) await ours.receive(bytes);
  await bob.receive(two.bytes);
  pass(TIMES.repairTMax);
  await ours.receive(await bob.sync());
  pass(TIMES.repairTMax);
  const [answer] = await ours.sweep();
  const message = await bob.receive(answer);
  await bob.sweep();
  assert.deepEqual([message.senderId, bob.delivered], ["theirs a", [one.messageId, two.messageId]]);
});

for (const [whose, sender] of [["their own message", "theirs"], ["a message of a third", "ours b"]]) {
  test(`we ask, and they answer: with ${whose}`, async (t) => {
    const { "ours a": ours, "ours b": other, theirs, pass } = await group(t, ["ours a", "ours b", "theirs"]);
    const from = sender === "theirs" ? theirs : other;
    const [one, two] = [await from.send("one"), await from.send("two")];
    if (from === other) for (const { bytes } of [one, two]) await theirs.receive(bytes);
    await ours.receive(two.bytes);
    pass(TIMES.repairTMax - 1000);
    const asking = await ours.sync();
    assert.deepEqual(requested(asking), [one.messageId]);
    await theirs.receive(asking);
    pass(TIMES.repairTMax);
    const answers = await theirs.sweep();
    assert.equal(answers.length, 1);
    await ours.receive(answers[0]);
    assert.deepEqual(ours.delivered, [one.messageId, two.messageId]);
  });
}

test("a request of either is heard by the other, which then doesn't ask itself", async (t) => {
  const { ours, theirs, "theirs c": sender, pass } = await group(t, ["ours", "theirs", "theirs c"]);
  await sender.send("one");
  const { bytes } = await sender.send("two");
  for (const member of [ours, theirs]) await member.receive(bytes);
  pass(TIMES.repairTMax);
  await ours.receive(await theirs.sync());
  assert.deepEqual(ours.missing, []);
  await sender.send("three");
  const four = await sender.send("four");
  for (const member of [ours, theirs]) await member.receive(four.bytes);
  const before = theirs.missing.length;
  pass(TIMES.repairTMax);
  await theirs.receive(await ours.sync());
  assert.ok(theirs.missing.length < before);
});

for (const seed of [1, 2, 3]) {
  const name = "three of ours and two of theirs, a third of everything lost: every message gets everywhere";
  test(`${name} (seed ${seed})`, async (t) => {
    const { pass, ...members } = await group(t, ["ours a", "ours b", "ours c", "theirs d", "theirs e"]);
    const all = Object.values(members);
    const random = dice(seed);
    let loss = 33;
    const carry = async (from, bytes) => {
      for (const member of all) if (member !== from && random(100) >= loss) await member.receive(bytes);
    };
    const sent = new Map();
    for (let second = 0; second < 120; second += 1) {
      pass(1000);
      if (second % 2 === 0) {
        const from = all[random(all.length)];
        const { messageId, bytes } = await from.send(`line ${second}`);
        sent.set(messageId, bytes);
        await carry(from, bytes);
      }
      const sync = second % 5 === 0 ? [all[random(all.length)]] : [];
      await round(all, carry, { sync, resend: second % 10 === 0 });
    }
    const everywhere = () => all.every(({ log }) => log.length === sent.size);
    for (let second = 0; second < 1200 && !everywhere(); second += 5) {
      pass(5000);
      await round(all, carry, { sync: [all[random(all.length)]], resend: true });
      for (const theirs of all.slice(3)) await theirs.fetch(sent);
    }
    const expected = [...sent.keys()].sort();
    for (const { name, log } of all) assert.deepEqual([...log].sort(), expected, name);
    // The same log, too: ours to the order, theirs by the same rule.
    for (const { name, log } of all.slice(1)) assert.deepEqual(log, all[0].log, name);
    for (const { delivered, errors = [] } of all) {
      assert.equal(new Set(delivered).size, delivered.length);
      assert.deepEqual(errors, []);
    }
    for (const { name, fetched } of all.slice(3)) assert.ok(fetched.length <= 6, `${name}: ${fetched.length} fetched`);
    // And every sender learns of it.
    loss = 0;
    for (let n = 0; n < 3; n += 1) await round(all, carry, { sync: all });
    for (const { name, manager } of all.slice(0, 3)) assert.deepEqual(manager.getOutgoingBuffer(CHANNEL), [], name);
    for (const { name, channel } of all.slice(3)) {
      const { unacknowledged, possiblyAcknowledged } = channel.sweepOutgoingBuffer();
      assert.deepEqual([...unacknowledged, ...possiblyAcknowledged], [], name);
    }
  });
}
