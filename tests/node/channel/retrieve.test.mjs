// ReliableChannel: missing messages fetched by the application.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { handTransport, idsOf, recordChannel, stopTime } from "../support/channels.mjs";
import { CHANNEL, T0, idle, message, sds, text } from "../support/participants.mjs";

/** Carol, who fetches with `retrieve`; `asked` has the ids of each call, and when. */
async function carol(t, retrieve, options = {}) {
  const transport = handTransport();
  const asked = [];
  const channel = await sds.ReliableChannel.open({
    participantId: "carol",
    channelId: CHANNEL,
    transport,
    retrieve: (missing) => {
      asked.push([Date.now() - T0, ...idsOf(missing)]);
      return retrieve(missing);
    },
    ...options,
  });
  t.after(() => channel.close());
  return { channel, transport, asked, events: recordChannel(channel) };
}

const kinds = (events, type) => events.filter((event) => event.type === type);
const waiting = message("second", { after: [{ messageId: "first", senderId: "bob", retrievalHint: text("there") }] });

test("a gap is fetched a second after it shows; what comes is delivered like anything received", async (t) => {
  const { pass } = stopTime(t);
  const entries = [];
  const { transport, asked, events } = await carol(t, async (missing) => {
    entries.push(...missing);
    return [message("first")];
  });
  transport.hears(waiting);
  await pass(999, 999);
  assert.deepEqual(asked, []);
  await pass(1);
  assert.deepEqual(asked, [[1000, "first"]]);
  assert.deepEqual(entries, [{ messageId: "first", senderId: "bob", retrievalHint: text("there") }]);
  assert.deepEqual(idsOf(kinds(events, "messageReady")), ["first", "second"]);
  await pass(300_000, 1000);
  assert.equal(asked.length, 1);
  assert.deepEqual(kinds(events, "transportError"), []);
});

test("what isn't found is asked for ever more seldom, up to once in 64 seconds", async (t) => {
  const { pass } = stopTime(t);
  const { transport, asked } = await carol(t, async () => []);
  transport.hears(waiting);
  await idle();
  await pass(260_000, 1000);
  const times = asked.map(([at]) => at / 1000);
  assert.deepEqual(times, [1, 3, 7, 15, 31, 63, 127, 191, 255]);
});

test("what comes by itself is not asked for, nor is what has come of a batch", async (t) => {
  const { pass } = stopTime(t);
  const { transport, asked } = await carol(t, async () => [message("b")]);
  transport.hears(message("m", { after: ["a", "b", "c"] }));
  await pass(500);
  transport.hears(message("a"));
  await pass(500);
  assert.deepEqual(asked, [[1000, "b", "c"]]);
  await pass(2000);
  assert.deepEqual(asked.slice(1), [[3000, "c"]]);
  transport.hears(message("c"));
  await pass(300_000, 1000);
  assert.equal(asked.length, 2);
});

test("a dependency that came, and waits itself, is not asked for", async (t) => {
  const { pass } = stopTime(t);
  const { transport, asked } = await carol(t, async () => []);
  transport.hears(waiting);
  await pass(100);
  transport.hears(message("first", { after: ["zeroth"] }));
  await pass(2000);
  assert.deepEqual(asked, [[1100, "zeroth"]].concat(asked.slice(1)));
  assert.ok(asked.flat().includes("first") === false);
});

test("never twice at once for an id, however long it takes and whoever names it meanwhile", async (t) => {
  const { pass } = stopTime(t);
  const answers = [];
  const { transport, asked } = await carol(t, () => new Promise((resolve) => answers.push(resolve)));
  transport.hears(waiting);
  await pass(1000);
  transport.hears(message("third", { after: ["first", "other"] }));
  await pass(100_000, 1000);
  assert.deepEqual(asked, [[1000, "first"], [2000, "other"]]);
  answers[0]([]);
  await idle();
  await pass(2000);
  assert.deepEqual(asked.slice(2), [[103_000, "first"]]);
});

test("an id that is given up and named again, while it is being fetched, is not fetched twice at once", async (t) => {
  const { pass } = stopTime(t);
  const answers = [];
  const config = { maxIncomingBuffer: 1 };
  const retrieve = () => new Promise((resolve) => answers.push(resolve));
  const { transport, asked, events } = await carol(t, retrieve, { config });
  transport.hears(waiting);
  await pass(1000);
  transport.hears(message("waits for another", { after: ["another"] }));
  await pass(1);
  const lost = kinds(events, "messageLost");
  assert.deepEqual(lost.map(({ messageId, reason }) => [messageId, reason]), [["second", "overflow"]]);
  transport.hears(waiting);
  await pass(4000);
  assert.equal(asked.filter(([, ...ids]) => ids.includes("first")).length, 1);
  answers[0]([message("first")]);
  await idle();
  assert.deepEqual(idsOf(kinds(events, "messageReady")), ["first", "second"]);
});

test("what others still wait for is still asked for, when one that waited is given up", async (t) => {
  const { pass } = stopTime(t);
  const { transport, asked, channel } = await carol(t, async () => [], { config: { maxIncomingBuffer: 1 } });
  transport.hears(waiting);
  await pass(100);
  transport.hears(message("third", { after: ["first"] }));
  await pass(900);
  assert.deepEqual(asked, [[1000, "first"]]);
  assert.deepEqual(channel.status, { missing: 1, lost: 1, unacknowledged: 0, synced: false });
  transport.hears(message("fourth", { after: ["another"] }));
  await pass(10_000);
  assert.deepEqual(asked.filter(([, ...ids]) => ids.includes("first")), [[1000, "first"]]);
  assert.deepEqual(channel.status, { missing: 1, lost: 2, unacknowledged: 0, synced: false });
});

test("whatever else it gives is reported, and it is asked again", async (t) => {
  const { pass } = stopTime(t);
  const failures = [
    () => Promise.reject(new Error("no store")),
    () => {
      throw new Error("thrown");
    },
    async () => undefined,
    async () => message("first"),
    async () => ({ length: 1e9 }),
    async () => [text("garbage")],
    async () => [undefined],
    async () => [message("first", { channelId: "elsewhere" })],
  ];
  const expected = ["no store", "thrown", /an array/, /an array/, /an array/, /message/, /Uint8Array/, /elsewhere/];
  let call = 0;
  const retrieve = () => failures[call++]?.() ?? Promise.resolve([message("first")]);
  const { transport, events, channel } = await carol(t, retrieve);
  transport.hears(waiting);
  await pass(600_000, 1000);
  const errors = kinds(events, "transportError");
  assert.equal(errors.length, expected.length);
  for (const [index, { error, operation, channelId }] of errors.entries()) {
    assert.deepEqual([operation, channelId], ["retrieve", CHANNEL]);
    assert.match(error.message, new RegExp(expected[index]));
  }
  const codes = errors.slice(5).map(({ error: { code } }) => code);
  assert.deepEqual(codes, ["DeserializationError", "InvalidArgument", "InvalidArgument"]);
  assert.deepEqual(idsOf(kinds(events, "messageReady")), ["first", "second"]);
  assert.equal(channel.status.synced, true);
});

test("one bad result of several doesn't spoil the others; a repeated one is no news", async (t) => {
  const { pass } = stopTime(t);
  const found = [text("garbage"), message("first"), message("first"), message("unasked")];
  const { transport, events } = await carol(t, async () => found);
  transport.hears(waiting);
  await pass(1000);
  assert.deepEqual(idsOf(kinds(events, "messageReady")), ["first", "second", "unasked"]);
  assert.equal(kinds(events, "transportError").length, 1);
});

test("the application may keep and change the list it is given", async (t) => {
  const { pass } = stopTime(t);
  const { transport, asked } = await carol(t, async (missing) => missing.splice(0) && []);
  transport.hears(waiting);
  await pass(3000);
  assert.deepEqual(asked, [[1000, "first"], [3000, "first"]]);
});

for (const participantId of ["carol", ""]) {
  test(`what messages of the last run wait for is fetched, by ${participantId || "the nameless"} too`, async (t) => {
    const { pass } = stopTime(t);
    const persistence = new InspectingPersistence();
    const config = { repairTMin: 0, repairTMax: 1 };
    const before = await sds.ReliabilityManager.create({ participantId, persistence, config });
    await before.unwrapReceivedMessage(waiting);
    // Asked for once already: the repair buffer is empty.
    await before.wrapSyncMessage(CHANNEL);
    await before.cleanup();
    const retrieve = async () => [message("first")];
    const { asked, channel } = await carol(t, retrieve, { participantId, persistence, config });
    assert.equal(channel.status.missing, 1);
    await pass(1000);
    assert.deepEqual(asked, [[1000, "first"]]);
    assert.equal(channel.status.synced, true);
  });
}

test("a hint that comes with a later name is given to the application", async (t) => {
  const { pass } = stopTime(t);
  const hints = [];
  const { transport } = await carol(t, async (missing) => void hints.push(missing[0].retrievalHint) ?? []);
  transport.hears(message("by its sender", { after: ["first"] }));
  await pass(1000);
  transport.hears(waiting);
  await pass(2000);
  transport.hears(message("by one who has none", { after: ["first"] }));
  await pass(4000);
  assert.deepEqual(hints, [undefined, text("there"), text("there")]);
});
