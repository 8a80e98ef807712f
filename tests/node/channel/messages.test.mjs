// ReliableChannel.messages(): the log as it is and as it grows, without a gap or a repetition.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { Network, follow, handTransport, idsOf, openChannel, stopTime } from "../support/channels.mjs";
import { CHANNEL, LAMPORT0, fromText, idle, message, sds, text } from "../support/participants.mjs";

async function open(t, options = {}) {
  const transport = handTransport();
  const channel = await sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport, ...options });
  t.after(() => {
    options.persistence?.release?.();
    return channel.close();
  });
  return { channel, transport };
}

/** Holds every save until told: `proceed()`, and then all that follows from it. */
function slowSaves() {
  const persistence = new InspectingPersistence();
  const hold = () => (persistence.holds = ({ method }) => method !== "loadChannel");
  const proceed = async () => {
    persistence.proceed();
    await idle();
  };
  return { persistence, hold, proceed };
}

test("from now on: what is received and what is sent, as it comes", async (t) => {
  const { channel, transport } = await open(t);
  await channel.send(text("before"), "before");
  const { log } = follow(channel);
  transport.hears(message("m1"));
  await idle();
  await channel.send(text("mine"), "mine");
  transport.hears(message("m3", { after: ["m2"] }));
  transport.hears(message("m2"));
  await idle();
  assert.deepEqual(idsOf(log), ["m1", "mine", "m2", "m3"]);
  const { content, lamportTimestamp, ...rest } = log[1];
  assert.deepEqual(rest, { channelId: CHANNEL, messageId: "mine", senderId: "alice" });
  assert.deepEqual([fromText(content), typeof lamportTimestamp], ["mine", "bigint"]);
  assert.deepEqual(Object.keys(log[0]).sort(), Object.keys(log[1]).sort());
});

test("from the start: what a former run has kept, then what comes", async (t) => {
  const persistence = new sds.MemoryPersistence();
  const before = await open(t, { persistence });
  await before.channel.send(text("mine"), "mine");
  before.transport.hears(message("theirs", { clock: LAMPORT0 + 10n ** 9n }));
  await idle();
  await before.channel.close();
  const { channel, transport } = await open(t, { persistence });
  const { log } = follow(channel, { fromStart: true });
  transport.hears(message("new", { clock: LAMPORT0 + 2n * 10n ** 9n }));
  await idle();
  assert.deepEqual(idsOf(log), ["mine", "theirs", "new"]);
  const late = follow(channel);
  await idle();
  assert.deepEqual(late.log, []);
});

test("while saves are slow, nothing is left out or told twice, wherever reading begins", async (t) => {
  const { persistence, hold, proceed } = slowSaves();
  const { channel, transport } = await open(t, { persistence });
  hold();
  const [readings, sent] = [[], []];
  const begin = () => readings.push(follow(channel, { fromStart: true }));
  for (let n = 0; n < 8; n += 1) {
    begin();
    sent.push(channel.send(text(`own ${n}`), `own ${n}`));
    await idle();
    begin();
    const after = n > 0 ? [`theirs ${n - 1}`] : [];
    transport.hears(message(`theirs ${n}`, { clock: LAMPORT0 + 10n ** 10n + BigInt(n), after }));
    await idle();
    if (n % 3 === 1) await proceed();
  }
  for (let round = 0; round < 4; round += 1) await proceed();
  await Promise.all(sent);
  begin();
  await idle();
  const expected = readings.at(-1).log;
  assert.equal(expected.length, 16);
  for (const { log } of readings) {
    assert.deepEqual(idsOf(log).sort(), idsOf(expected).sort());
    for (const kind of ["own", "theirs"]) {
      const order = idsOf(log).filter((id) => id.startsWith(kind));
      assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `${kind} ${n}`));
    }
  }
});

test("messages that come while the kept ones are read follow them", async (t) => {
  const { channel, transport } = await open(t);
  for (const id of ["m1", "m2", "m3"]) await channel.send(text(id), id);
  const reader = channel.messages({ fromStart: true });
  const log = [(await reader.next()).value];
  transport.hears(message("m4"));
  await channel.send(text("m5"), "m5");
  await idle();
  for (let n = 0; n < 4; n += 1) log.push((await reader.next()).value);
  assert.deepEqual(idsOf(log), ["m1", "m2", "m3", "m4", "m5"]);
});

test("what waits for an own message comes after it", async (t) => {
  // Its storage was lost, and it sends what others have answered to already.
  const { channel, transport } = await open(t);
  const { log } = follow(channel);
  transport.hears(message("answer", { after: ["question"] }));
  await idle();
  assert.equal(channel.status.missing, 1);
  await channel.send(text("again"), "question");
  await idle();
  assert.deepEqual(idsOf(log), ["question", "answer"]);
  assert.equal(channel.status.missing, 0);
});

test("of several sent at once under one id, the one that is accepted is told once", async (t) => {
  const tooLarge = new Uint8Array(2 ** 20 + 1);
  const [m, n] = [text("m"), text("n")];
  for (const contents of [[tooLarge, m], [m, tooLarge], [m, n], [tooLarge, tooLarge, m]]) {
    const { channel } = await open(t);
    const { log } = follow(channel);
    const sent = await Promise.allSettled(contents.map((content) => channel.send(content, "m")));
    await idle();
    assert.equal(sent.filter(({ status }) => status === "fulfilled").length, 1);
    assert.deepEqual(idsOf(log), ["m"]);
  }
});

test("a message whose id is used again while it is being saved is told once it is", async (t) => {
  const { persistence, hold, proceed } = slowSaves();
  const { channel } = await open(t, { persistence });
  const { log } = follow(channel);
  hold();
  const sent = channel.send(text("m"), "m");
  await idle();
  await assert.rejects(channel.send(text("n"), "m"), { code: "InvalidArgument" });
  assert.deepEqual(log, []);
  await proceed();
  await sent;
  assert.deepEqual(idsOf(log), ["m"]);
});

test("several loops read on their own", async (t) => {
  const { channel } = await open(t);
  await channel.send(text("m1"), "m1");
  const [one, two] = [follow(channel, { fromStart: true }), channel.messages({ fromStart: true })];
  await channel.send(text("m2"), "m2");
  await idle();
  assert.deepEqual(idsOf(one.log), ["m1", "m2"]);
  const both = await Promise.all([two.next(), two.next()]);
  assert.deepEqual(both.map(({ value, done }) => [value.messageId, done]), [["m1", false], ["m2", false]]);
});

test("an ephemeral message is no part of the log, whatever its id", async (t) => {
  const { channel, transport } = await open(t);
  const heard = [];
  channel.addEventListener("messageReady", ({ detail }) => heard.push(detail.messageId));
  const { log } = follow(channel);
  transport.hears(message("second", { after: ["first"] }));
  await idle();
  transport.hears(message("first", { clock: undefined, lamportTimestamp: undefined }));
  await idle();
  assert.deepEqual([heard, log, channel.status.missing], [["first"], [], 1]);
});

test("a loop that is left ends its reader", async (t) => {
  const { channel } = await open(t);
  await channel.send(text("m1"), "m1");
  const reader = channel.messages({ fromStart: true });
  for await (const { messageId } of reader) {
    assert.equal(messageId, "m1");
    break;
  }
  await channel.send(text("m2"), "m2");
  assert.deepEqual(await reader.next(), { done: true, value: undefined });
  await assert.rejects(async () => {
    for await (const _ of channel.messages({ fromStart: true })) throw new Error("in the loop");
  }, /in the loop/);
});

test("a signal ends a loop, whether it waits or not, and is let go of", async (t) => {
  const { channel } = await open(t);
  const aborter = new AbortController();
  const { signal } = aborter;
  const added = t.mock.method(signal, "addEventListener");
  const removed = t.mock.method(signal, "removeEventListener");
  const left = channel.messages({ signal });
  await left.return();
  const reading = follow(channel, { signal });
  await channel.send(text("m1"), "m1");
  await idle();
  assert.equal(reading.ended, false);
  aborter.abort();
  await reading.done;
  assert.deepEqual([idsOf(reading.log), reading.error], [["m1"], undefined]);
  assert.deepEqual([added.mock.callCount(), removed.mock.callCount()], [2, 2]);
  const late = follow(channel, { fromStart: true, signal });
  await late.done;
  assert.deepEqual(late.log, []);
});

test("close ends the loops, those that wait and those that have more to read", async (t) => {
  const { channel } = await open(t);
  for (const id of ["m1", "m2"]) await channel.send(text(id), id);
  const waiting = follow(channel);
  const behind = channel.messages({ fromStart: true });
  assert.equal((await behind.next()).value.messageId, "m1");
  await channel.close();
  await waiting.done;
  assert.equal(waiting.error, undefined);
  assert.deepEqual(await behind.next(), { done: true, value: undefined });
  assert.throws(() => channel.messages(), { code: "InvalidState" });
});

test("a loop that falls behind ends with an error, once, and disturbs nobody", async (t) => {
  const config = { maxMessageHistory: 3 };
  const { channel } = await open(t, { config });
  const send = async (from, to) => {
    for (let n = from; n <= to; n += 1) await channel.send(text(`m${n}`), `m${n}`);
  };
  const [slow, other] = [channel.messages(), follow(channel)];
  const [evicted, fromStart] = [() => channel.messages({ fromStart: true }), []];
  await send(1, 3);
  fromStart.push(evicted(), evicted());
  await send(4, 4);
  const behind = { name: "SdsError", code: "InvalidState", message: /fell behind by more than the 3/ };
  await assert.rejects(slow.next(), behind);
  assert.deepEqual(await slow.next(), { done: true, value: undefined });
  await assert.rejects(fromStart[0].next(), { code: "InvalidState" });
  assert.deepEqual(await fromStart[0].next(), { done: true, value: undefined });
  await fromStart[1].return();
  await idle();
  assert.deepEqual(idsOf(other.log), ["m1", "m2", "m3", "m4"]);
  const kept = channel.messages();
  await send(5, 7);
  for (const id of ["m5", "m6", "m7"]) assert.equal((await kept.next()).value.messageId, id);
});

test("what is no option, or none of its values, is refused by name", async (t) => {
  const { channel } = await open(t);
  const refused = (options, message) => assert.throws(() => channel.messages(options), { code: "InvalidArgument", message });
  refused({ fromstart: true }, "options.fromstart is not an option");
  refused({ fromStart: "no" }, 'options.fromStart must be true or false, got string "no"');
  refused({ fromStart: null }, "options.fromStart must be true or false, got null");
  refused({ signal: null }, "options.signal must be an AbortSignal, got null");
  assert.ok(channel.messages({ fromStart: undefined, signal: undefined }));
});

test("what is concurrent comes as it is heard; the history is by clock, then by the ids' UTF-8", async (t) => {
  const { channel, transport } = await open(t);
  const { log } = follow(channel);
  // By UTF-16, which is what < compares, the last two were the other way round.
  const sorted = ["B", "a", "b", "\uffff", "\u{1f600}"];
  const heard = ["b", "\u{1f600}", "a", "\uffff", "B"];
  for (const id of heard) transport.hears(message(id));
  await idle();
  const history = follow(channel, { fromStart: true });
  await idle();
  assert.deepEqual(idsOf(log), heard);
  assert.deepEqual(idsOf(history.log), sorted);
});

test("what is no signal or no options is refused, and leaves no reader", async (t) => {
  const { channel } = await open(t);
  for (const wrong of [null, 5, [], { signal: 5 }, { signal: null }, { signal: new EventTarget() }]) {
    assert.throws(() => channel.messages(wrong), { name: "SdsError", code: "InvalidArgument" });
  }
});

test("a busy group: loops begun at any time agree", async (t) => {
  const { pass } = stopTime(t);
  const network = new Network({ loss: 0.2, seed: 3 });
  const repair = { repairTMin: 500, repairTMax: 4000, repairSweepInterval: 500 };
  const config = { ...repair, resendInterval: 3000, bufferSweepInterval: 1000 };
  const members = [];
  for (const name of ["alice", "bob", "carol"]) {
    members.push(await openChannel(t, name, { network, config, persistence: new InspectingPersistence() }));
  }
  const readings = [];
  for (let n = 0; n < 30; n += 1) {
    if (n % 5 === 0) readings.push(follow(members[2], { fromStart: true }));
    await members[n % 3].send(text(`m${n}`), `m${n}`);
    await pass(700, 100);
  }
  await pass(400_000, 1000);
  for (const { log } of readings) {
    assert.equal(log.length, 30);
    assert.equal(new Set(idsOf(log)).size, 30);
  }
});
