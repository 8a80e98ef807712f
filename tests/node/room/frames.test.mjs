// What somebody clicks on, pastes and hands in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BAD, importRoom, roomFor, sds } from "../support/room.mjs";

const { decodeFrame, parsePasted } = await importRoom("frames.js");
const { CHANNEL } = await importRoom("setup.js");
const text = (string) => new TextEncoder().encode(string);
const MESSAGE = { messageId: "x-1", channelId: CHANNEL, senderId: "Xenia", lamportTimestamp: 40n, content: text("hi") };
const foreign = (parts) => sds.encodeMessage({ ...MESSAGE, ...parts });

test("frames are recorded with their fates, and can be read", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 3 });
  await room.advance(20_000);
  const { frames, totals } = room;
  assert.deepEqual(frames.map(({ number }) => number), Array.from(frames, (_, index) => index + 1));
  const count = (kind) => frames.filter((frame) => frame.kind === kind).length;
  const { written, syncs, resends, repairs } = totals;
  const kinds = ["message", "sync", "resend", "repair"].map(count);
  assert.deepEqual(kinds, [written, syncs, resends, repairs]);
  const arrivals = frames.flatMap((frame) => frame.arrivals);
  assert.equal(arrivals.length, totals.deliveries);
  assert.equal(arrivals.filter(({ fate }) => fate === "lost").length, totals.lost);
  assert.equal(arrivals.filter(({ copy }) => copy).length, totals.copies);
  assert.equal(frames.reduce((sum, { bytes }) => sum + bytes.length, 0), totals.bytes);
  for (const { arrivals: all, from, clock } of frames) {
    assert.equal(new Set(all.filter(({ copy }) => !copy).map(({ to }) => to)).size, 3);
    assert.ok(all.every(({ to }) => to !== from));
    const arrived = all.filter(({ fate }) => fate === "arrived");
    assert.ok(arrived.every((arrival) => arrival.clock >= clock), "a receiver's clock is at least the message's");
  }
  // Each message is delivered to each of the others by one arrival at most; cascades are set off by another's.
  assert.ok(arrivals.filter(({ delivered }) => delivered).length > totals.written);
  const repair = frames.find(({ kind, writer }) => kind === "repair" && writer !== undefined);
  const read = decodeFrame(repair.bytes);
  assert.deepEqual([read.messageId, read.kind, read.clock], [repair.messageId, "content", repair.clock]);
  assert.equal(read.senderId, room.peers[repair.writer].name);
  assert.ok(read.text.length > 0 && read.sizes.frame === repair.bytes.length);
  const sync = decodeFrame(frames.findLast(({ kind }) => kind === "sync").bytes);
  assert.deepEqual([sync.kind, sync.text, sync.sizes.content], ["sync", "", 0]);
  assert.ok(sync.causes.length > 0 && sync.sizes.filter > 0);
});

test("pasted bytes: hex as tools print it, base64 as links carry it", () => {
  const bytes = Uint8Array.of(0x0a, 0xff, 0x00, 0x7e);
  const hex = ["0aff007e", " 0A FF\n00 7e ", "0x0a, 0xff, 0x00, 0x7e", "0a:ff:00:7e"];
  for (const pasted of [...hex, "Cv8Afg==", "Cv8Afg", "Cv8A\nfg=="]) {
    assert.deepEqual(parsePasted(pasted), bytes, pasted);
  }
  assert.deepEqual(parsePasted("-_-_"), parsePasted("+/+/"));
});

test("anything else pasted gets a sentence that says what is wrong with it", () => {
  const cases = [
    ["", /nothing here/],
    [" \n", /nothing here/],
    ["abc", /odd number of digits \(3\)/],
    ["hello", /cut off/],
    ["Grüße", /neither hex nor base64: there is a "ü" in it/],
    ["💥", /there is a "💥" in it/],
    ["<script>alert(1)</script>", /"<"/],
    ["a=bg", /"="/],
    ["x".repeat(2 ** 24 + 1), /too long/],
  ];
  for (const [pasted, sentence] of cases) {
    const shown = pasted.slice(0, 30);
    assert.throws(() => parsePasted(pasted), { name: "RangeError", message: sentence }, shown);
  }
});

test("what is handed in goes through the manager like anything received", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 1, rate: 0, loss: 0 });
  const causalHistory = [{ messageId: "x-1", senderId: "Xenia" }];
  await room.inject(2, foreign({ messageId: "x-2", lamportTimestamp: 41n, causalHistory }));
  const { counts, log } = room.peers[2];
  assert.deepEqual([counts.delivered, counts.holes, counts.waiting, counts.behind], [0, 1, 1, 0]);
  assert.deepEqual(log.map(({ id, state, sender }) => [id, state, sender]), [
    ["x-1", "hole", undefined],
    ["x-2", "waiting", undefined],
  ]);
  assert.equal(room.settled, false);
  await room.inject(2, foreign());
  assert.deepEqual(room.peers[2].log.map(({ text: line, state }) => `${line} ${state}`), ["hi received", "hi received"]);
  // It is in the room now: the others learn of it from the next sync message.
  assert.equal(room.peers[0].counts.behind, 2);
  assert.ok(await room.settle());
  assert.equal(room.peers[0].log.length, 2);
  await room.inject(2, foreign());
  assert.equal(room.peers[2].counts.deliveredTwice, 0);
});

test("what doesn't decode is refused and counted, and changes nothing", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 1, rate: 0 });
  await room.advance(500);
  const { clock } = room.peers[1].counts;
  const { length } = room.frames;
  await assert.rejects(room.inject(1, text("no message at all")), { name: "SdsError", code: "DeserializationError" });
  await assert.rejects(room.inject(1, new Uint8Array()), { code: "DeserializationError" });
  await assert.rejects(room.inject(1, "0aff"), { code: "InvalidArgument" });
  await assert.rejects(room.inject(1, foreign({ channelId: "elsewhere" })), /of the channel "elsewhere", not of "lossy-room"/);
  await assert.rejects(room.inject(1, foreign({ lamportTimestamp: 2n ** 63n - 1n })), { code: "DeserializationError" });
  await assert.rejects(room.inject(9, foreign()), RangeError);
  assert.equal(room.totals.refused, 5);
  assert.deepEqual([room.peers[1].counts.clock, room.peers[1].log.length, room.frames.length], [clock, 0, length]);
  await room.advance(500);
});

test("an ephemeral message is told and forgotten", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 1, rate: 0 });
  await room.inject(0, foreign({ lamportTimestamp: undefined }));
  assert.equal(room.peers[0].log.length, 0);
  assert.equal(decodeFrame(foreign({ lamportTimestamp: undefined })).kind, "ephemeral");
});

test("a clock from the far future, or an endless causal history, stops nobody", async (t) => {
  const room = await roomFor(t, { ...BAD, seed: 1, loss: 0.2 });
  await room.advance(1000);
  const names = Array.from({ length: 1000 }, (_, index) => ({ messageId: `nobody-${index}` }));
  await room.inject(0, foreign({ lamportTimestamp: 2n ** 62n }));
  await room.inject(1, foreign({ messageId: "x-9", causalHistory: names }));
  await room.advance(2000);
  assert.ok(room.peers[1].counts.holes >= 1000);
  assert.ok(room.peers[3].counts.clock > 2n ** 62n);
  assert.ok(room.peers[3].counts.delivered > 0);
});
