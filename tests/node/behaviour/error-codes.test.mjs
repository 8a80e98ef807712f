// Each error code that an operation can end with, and that nothing has changed after it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, LAMPORT0, T0, message, participant, record, sds, send, text } from "../support/participants.mjs";

const MIB = 1024 * 1024;

const code = (expected, pattern) => (error) => {
  assert.ok(error instanceof sds.SdsError, String(error));
  assert.equal(error.code, expected, error.message);
  if (pattern) assert.match(error.message, pattern);
  return true;
};

/** What must be the same before and after a refused call. */
const state = (manager) => ({
  channels: manager.getChannels(),
  history: manager.getMessageHistory(CHANNEL),
  clock: manager.getLamportTimestamp(CHANNEL),
  outgoing: manager.getOutgoingBuffer(CHANNEL),
  incoming: manager.getIncomingBuffer(CHANNEL),
  requests: manager.getOutgoingRepairBuffer(CHANNEL),
  answers: manager.getIncomingRepairBuffer(CHANNEL),
  pending: manager.getPendingHistory(CHANNEL),
});

/** A manager with something in every buffer, and a check that a call is refused and changes nothing. */
async function refusing(t) {
  const persistence = new InspectingPersistence();
  const manager = await participant(t, "alice", { persistence });
  await send(manager, "sent");
  await manager.unwrapReceivedMessage(message("received"));
  await manager.unwrapReceivedMessage(message("waiting", { after: ["missing"] }));
  const request = [{ messageId: "received", senderId: "bob" }];
  await manager.unwrapReceivedMessage(message("request", { repairRequest: request }));
  const events = record(manager);
  const refused = async (call, expected) => {
    const [before, calls] = [state(manager), persistence.calls.length];
    await assert.rejects(call(manager), expected);
    assert.deepEqual(state(manager), before);
    assert.equal(persistence.calls.length, calls, "nothing was written");
    assert.deepEqual(events, []);
  };
  return { manager, persistence, refused };
}

test("InvalidArgument: empty content, on every way to send", async (t) => {
  const { refused } = await refusing(t);
  const empty = new Uint8Array();
  await refused((m) => m.wrapOutgoingMessage(empty, "m", CHANNEL), code("InvalidArgument", /content must not be empty/));
  await refused((m) => m.wrapEphemeralMessage(empty, "m", CHANNEL), code("InvalidArgument", /content must not be empty/));
  await refused((m) => m.wrapOutgoingMessage(empty, "m", "another room"), code("InvalidArgument"));
});

test("InvalidArgument: an id that is used already, sent or received, delivered, waiting or evicted", async (t) => {
  const { refused } = await refusing(t);
  for (const used of ["sent", "received", "waiting"]) {
    await refused((m) => send(m, used), code("InvalidArgument", new RegExp(`"${used}" is already used in channel "${CHANNEL}"`)));
  }
  const small = await participant(t, "alice", { config: { maxMessageHistory: 1, bloomFilterCapacity: 10 } });
  await send(small, "m1");
  await send(small, "m2");
  assert.deepEqual(small.getMessageHistory(CHANNEL), ["m2"]);
  await assert.rejects(send(small, "m1"), code("InvalidArgument", /already used/));
});

test("the same id may be used in two channels, and after the channel was removed", async (t) => {
  const alice = await participant(t, "alice");
  await send(alice, "m");
  await send(alice, "m", "another room");
  await alice.removeChannel(CHANNEL);
  await send(alice, "m");
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m"]);
});

test("InvalidArgument: dependencies met in a channel nobody opened", async (t) => {
  const { refused } = await refusing(t);
  await refused((m) => m.markDependenciesMet(["missing"], "unknown"), code("InvalidArgument", /"unknown" is not a channel/));
});

test("sweeps of a channel nobody opened do nothing", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await alice.checkUnacknowledgedMessages("unknown");
  await alice.runRepairSweep();
  assert.deepEqual(alice.getChannels(), []);
  assert.equal(persistence.calls.length, 0);
});

test("InvalidArgument: settings out of range name the setting and the range", async () => {
  const cases = [
    [{ bloomFilterCapacity: 0 }, /config\.bloomFilterCapacity must be a whole number from 1 to 1000000, got 0/],
    [{ bloomFilterErrorRate: 0 }, /config\.bloomFilterErrorRate must be a number from 0\.000001 to 0\.999999, got 0/],
    [{ maxRepairRequests: -1 }, /config\.maxRepairRequests must be a whole number from 0 to 1000, got -1/],
    [{ possibleAcksThreshold: 0 }, /config\.possibleAcksThreshold must be a whole number from 1/],
    [{ numResponseGroups: 0 }, /config\.numResponseGroups must be a whole number from 1/],
    [{ maxIncomingBuffer: Infinity }, /config\.maxIncomingBuffer must be a whole number from 1 to 1000000/],
    [{ lostMessageTimeout: 0.5 }, /config\.lostMessageTimeout must be a whole number/],
    [{ repairTMin: null }, /config\.repairTMin must be a number/],
    [{ dialect: 1 }, /dialect/],
  ];
  for (const [config, pattern] of cases) {
    await assert.rejects(sds.ReliabilityManager.create({ participantId: "a", config }), code("InvalidArgument", pattern));
  }
});

test("InvalidState: after cleanup", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence });
  await alice.ensureChannel(CHANNEL);
  await alice.cleanup();
  await assert.rejects(send(alice, "m"), code("InvalidState", /cleaned up/));
  assert.throws(() => alice.getChannels(), code("InvalidState", /cleaned up/));
  assert.throws(() => alice.startPeriodicTasks(), code("InvalidState", /cleaned up/));
});

test("MessageTooLarge: one byte over 1 MiB, on every way to send; 1 MiB itself goes through", async (t) => {
  const { manager, refused } = await refusing(t);
  const pattern = /^content is 1048577 bytes, the limit is 1048576$/;
  await refused((m) => m.wrapOutgoingMessage(new Uint8Array(MIB + 1), "m", CHANNEL), code("MessageTooLarge", pattern));
  await refused((m) => m.wrapEphemeralMessage(new Uint8Array(MIB + 1), "m", CHANNEL), code("MessageTooLarge", pattern));
  const largest = new Uint8Array(MIB).fill(7);
  const bytes = await manager.wrapOutgoingMessage(largest, "largest", CHANNEL);
  const bob = await participant(t, "bob");
  assert.deepEqual((await bob.unwrapReceivedMessage(bytes)).content, largest);
  const fleeting = await manager.wrapEphemeralMessage(largest, "fleeting", CHANNEL);
  assert.equal((await bob.unwrapReceivedMessage(fleeting)).content.length, MIB);
});

test("DeserializationError: what is no message, for the codec as for a manager", async (t) => {
  const { refused } = await refusing(t);
  const valid = message("valid", { after: ["received"], bloomFilter: new Uint8Array(100) });
  const forged = (changes) => sds.encodeMessage({ ...sds.decodeMessage(valid), ...changes });
  const hex = (string) => Uint8Array.from(Buffer.from(string, "hex"));
  const cases = {
    "no bytes at all": new Uint8Array(),
    "noise": Uint8Array.from({ length: 64 }, (_, index) => (index * 97) & 255),
    "text": text("hello"),
    "a content over the limit": Uint8Array.from([...hex("0a026d3110012201632a818040"), ...new Uint8Array(MIB + 1)]),
    "far too many bytes": new Uint8Array(9 * MIB),
    "a clock of 2^63 - 1": forged({ lamportTimestamp: 2n ** 63n - 1n }),
    "a clock near 2^63": forged({ lamportTimestamp: 2n ** 63n - 2n ** 31n }),
    "a clock above 2^63 - 1": hex("0a016d108080808080808080800122016332002a0178"),
    "no id": hex("10012201632a01783200"),
    "an empty id": hex("0a0010012201632a01783200"),
    "no channel": hex("0a026d3110012a01783200"),
    "an empty channel": hex("0a026d31100122002a01783200"),
    "an id that is not UTF-8": hex("0a02fffe10012201632a01783200"),
    "a clock of a wrong type": hex("0a026d311201052201632a01783200"),
    "an entry without an id": hex("0a026d3110011a0012002201632a01783200"),
    "too many dependencies": hex(`0a026d311001${"1a030a0178".repeat(1001)}2201632a0178`),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    // How far a clock may be ahead is for a manager to judge.
    if (!what.includes("2^63")) assert.throws(() => sds.decodeMessage(bytes), code("DeserializationError"), what);
    await refused((m) => m.unwrapReceivedMessage(bytes), code("DeserializationError"));
  }
  for (let length = 0; length < valid.length; length += 1) {
    // A message that ends early may still be one, where it ends between two fields and nothing required is missing.
    try {
      sds.decodeMessage(valid.subarray(0, length));
    } catch (error) {
      assert.equal(error.code, "DeserializationError", `cut off at ${length}`);
      await refused((m) => m.unwrapReceivedMessage(valid.subarray(0, length)), code("DeserializationError"));
    }
  }
});

test("a clock far ahead, but not absurd, is followed and leaves room for what comes", async (t) => {
  const alice = await participant(t, "alice");
  const ahead = 2n ** 62n;
  await alice.unwrapReceivedMessage(message("ahead", { clock: ahead }));
  assert.equal(alice.getLamportTimestamp(CHANNEL), ahead + 1n);
  const { lamportTimestamp } = sds.decodeMessage(await send(alice, "m"));
  assert.equal(lamportTimestamp, ahead + 2n);
});

test("the largest clock that is accepted can't keep anybody from sending", async (t) => {
  const alice = await participant(t, "alice");
  const bob = await participant(t, "bob");
  const largest = 2n ** 63n - 1n - 2n ** 32n;
  await alice.unwrapReceivedMessage(message("largest", { clock: largest }));
  await assert.rejects(alice.unwrapReceivedMessage(message("beyond", { clock: largest + 1n })), code("DeserializationError"));
  for (const id of ["m1", "m2"]) {
    const received = await bob.unwrapReceivedMessage(altered(await send(alice, id)));
    assert.equal(received.delivered, true);
  }
  assert.deepEqual(bob.getMessageHistory(CHANNEL), ["m1", "m2"]);
});

/** Without dependencies, which are not the point here. */
const altered = (bytes) => sds.encodeMessage({ ...sds.decodeMessage(bytes), causalHistory: [] });

const EMPTY_META = {
  schemaVersion: 1,
  lamportTimestamp: LAMPORT0,
  outgoingBuffer: [],
  incomingBuffer: [],
  outgoingRepairBuffer: [],
  incomingRepairBuffer: [],
  pendingAppend: [],
  pendingEvict: [],
};

const DAMAGED = {
  "noise for a snapshot": { meta: Uint8Array.of(1, 2, 3, 4, 255) },
  "an empty snapshot": { meta: new Uint8Array() },
  "a snapshot cut short": { meta: sds.encodeChannelMeta({ ...EMPTY_META, pendingEvict: ["abcdef"] }).slice(0, -3) },
  "a snapshot of schema version 2": { meta: sds.encodeChannelMeta({ ...EMPTY_META, schemaVersion: 2 }) },
  "a snapshot of schema version 0": { meta: sds.encodeChannelMeta({ ...EMPTY_META, schemaVersion: 0 }) },
  "noise in the history": { meta: sds.encodeChannelMeta(EMPTY_META), messages: [message("good"), text("noise")] },
  "an ephemeral message in the history": { messages: [message("fleeting", { lamportTimestamp: undefined })] },
};

for (const [what, damage] of Object.entries(DAMAGED)) {
  test(`PersistenceError: ${what}; storage is left as it is`, async (t) => {
    const persistence = new InspectingPersistence();
    // The backend must not look inside, since it can't.
    persistence.plant(CHANNEL, damage);
    const [meta, count] = [damage.meta?.slice(), damage.messages?.length ?? 0];
    const alice = await participant(t, "alice", { persistence });
    for (const operation of [
      () => alice.ensureChannel(CHANNEL),
      () => send(alice, "m"),
      () => alice.wrapSyncMessage(CHANNEL),
      () => alice.unwrapReceivedMessage(message("x")),
    ]) {
      await assert.rejects(operation(), code("PersistenceError", new RegExp(`^loadChannel of channel "${CHANNEL}": `)));
    }
    await assert.rejects(alice.markDependenciesMet(["x"], CHANNEL), code("InvalidArgument"));
    await alice.checkUnacknowledgedMessages(CHANNEL);
    await alice.runRepairSweep();
    assert.deepEqual(alice.getChannels(), []);
    await alice.cleanup();
    assert.deepEqual(new Set(persistence.calls.map(({ method }) => method)), new Set(["loadChannel"]));
    assert.deepEqual([persistence.kept(CHANNEL).meta, persistence.kept(CHANNEL).bytes.size], [meta, count]);
  });
}

test("a channel that can't be loaded can still be removed", async (t) => {
  const persistence = new InspectingPersistence();
  persistence.plant(CHANNEL, DAMAGED["noise for a snapshot"]);
  const alice = await participant(t, "alice", { persistence });
  await assert.rejects(alice.ensureChannel(CHANNEL), code("PersistenceError"));
  await alice.removeChannel(CHANNEL);
  await send(alice, "m");
  assert.equal(alice.getOutgoingBuffer(CHANNEL)[0].sendTime, T0);
});
