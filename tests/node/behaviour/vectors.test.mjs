// The codec as the package exports it, on bytes that nim-sds wrote.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sds } from "../support/participants.mjs";

const vectors = JSON.parse(readFileSync(new URL("../../vectors/nim-sds.json", import.meta.url), "utf8"));

const fromHex = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const toHex = (bytes) => Buffer.from(bytes).toString("hex");

/** The vectors write every field; the package leaves empty ones out of an entry. */
const entry = ({ id, hint, senderId }) => ({
  messageId: id,
  ...(hint && { retrievalHint: fromHex(hint) }),
  ...(senderId && { senderId }),
});

const message = (vector) => ({
  messageId: vector.messageId,
  channelId: vector.channelId,
  senderId: vector.senderId,
  lamportTimestamp: BigInt(vector.lamport),
  causalHistory: vector.causalHistory.map(entry),
  content: fromHex(vector.contentHex),
  bloomFilter: fromHex(vector.bloomHex),
  repairRequest: vector.repairRequest.map(entry),
});

const meta = (input) => ({
  schemaVersion: input.schemaVersion,
  lamportTimestamp: BigInt(input.lamport),
  outgoingBuffer: input.outgoingBuffer.map(({ message: sent, sendTimeMs, resendAttempts }) => ({
    message: message(sent),
    sendTime: sendTimeMs,
    resendAttempts,
  })),
  incomingBuffer: input.incomingBuffer.map(({ message: waiting, missingDeps }) => ({
    message: message(waiting),
    missingDependencies: missingDeps,
  })),
  outgoingRepairBuffer: input.outgoingRepairBuffer.map(({ messageId, entry: repair }) => ({
    messageId,
    entry: entry(repair.outHistEntry),
    requestAt: repair.minTimeRepairReqMs,
  })),
  incomingRepairBuffer: input.incomingRepairBuffer.map(({ messageId, entry: repair }) => ({
    messageId,
    entry: entry(repair.inHistEntry),
    cachedMessage: fromHex(repair.cachedMessageHex),
    respondAt: repair.minTimeRepairRespMs,
  })),
  pendingAppend: [],
  pendingEvict: [],
});

for (const { name, message: vector, hex } of vectors.wire_encode) {
  test(`a message: ${name}`, () => {
    if (!vector.messageId) {
      assert.throws(() => sds.encodeMessage(message(vector)), { code: "InvalidArgument" });
      assert.throws(() => sds.decodeMessage(fromHex(hex)), { code: "DeserializationError" });
      return;
    }
    assert.equal(toHex(sds.encodeMessage(message(vector))), hex);
    assert.deepEqual(sds.decodeMessage(fromHex(hex)), message(vector));
  });
}

for (const { name, input, hex } of vectors.snapshot_channelMeta) {
  test(`a snapshot: ${name}`, () => {
    assert.equal(toHex(sds.encodeChannelMeta(meta(input))), hex);
    assert.deepEqual(sds.decodeChannelMeta(fromHex(hex)), meta(input));
  });
}

for (const { name, hex, type, err } of vectors.snapshot_decode.filter(({ type }) => type === "ChannelMeta")) {
  test(`a snapshot of ${type} ${err ? "is refused" : "is read"}: ${name}`, () => {
    if (err) assert.throws(() => sds.decodeChannelMeta(fromHex(hex)), { code: "DeserializationError" });
    else assert.equal(sds.decodeChannelMeta(fromHex(hex)).lamportTimestamp, 5n);
  });
}

/** What nim-sds makes something of and this package refuses: wrong types of optional fields, and ids that are not UTF-8. */
const REFUSED = /^(wrong wiretype (bloom|causal history|repairRequest) varint|messageId good then wrong wiretype duplicate|invalid utf8 messageId)$/;

/** What that version of nim-sds refuses and later ones send: ephemeral messages. */
const ACCEPTED = /^missing lamport$/;

for (const { name, hex, ok } of vectors.wire_decode) {
  test(`bytes: ${name}`, () => {
    if (REFUSED.test(name) || (!ok && !ACCEPTED.test(name))) {
      assert.throws(() => sds.decodeMessage(fromHex(hex)), { code: "DeserializationError" });
      return;
    }
    const { bloomFilter = new Uint8Array(), ...rest } = sds.decodeMessage(fromHex(hex));
    if (ok) assert.deepEqual({ ...rest, bloomFilter }, message(ok));
    else assert.equal(rest.lamportTimestamp, undefined);
  });
}

test("what is encoded decodes to the same, with everything in it", () => {
  const full = {
    messageId: "m",
    channelId: "c",
    senderId: "s",
    lamportTimestamp: 2n ** 53n + 1n,
    causalHistory: [{ messageId: "a", retrievalHint: Uint8Array.of(1), senderId: "b" }, { messageId: "d" }],
    content: Uint8Array.of(0, 255),
    bloomFilter: Uint8Array.of(7),
    repairRequest: [{ messageId: "r", senderId: "q" }],
  };
  assert.deepEqual(sds.decodeMessage(sds.encodeMessage(full)), full);
  const kept = { ...meta(vectors.snapshot_channelMeta[1].input), pendingAppend: [full], pendingEvict: ["x", "y"] };
  assert.deepEqual(sds.decodeChannelMeta(sds.encodeChannelMeta(kept)), kept);
});
