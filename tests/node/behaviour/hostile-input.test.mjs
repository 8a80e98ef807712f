// What anybody on the network may send: none of it stops a manager, and what is good in it still counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import {
  CHANNEL, LAMPORT0, altered, brief, dice, ids, message, participant, record, sds, send, text,
} from "../support/participants.mjs";

function varint(number) {
  const bytes = [];
  for (let rest = BigInt(number); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

/** A filter as it travels: its words, then capacity, error rate in millionths, k and m. A null is left out. */
function filter({ words = new Uint8Array(24), capacity = 10, rate = 1000, k = 10, m = 150 }) {
  const fields = [[2, capacity], [3, rate], [4, k], [5, m]];
  const numbers = fields.flatMap(([tag, number]) => (number === null ? [] : [tag << 3, ...varint(number)]));
  return Uint8Array.from([0x0a, ...varint(words.length), ...words, ...numbers]);
}

const ALL = { words: new Uint8Array(24).fill(255) };

test("a filter made by hand acknowledges what it holds", async (t) => {
  // The cases below differ from this one by what is wrong with them only.
  const alice = await participant(t, "alice");
  await send(alice, "mine");
  await alice.unwrapReceivedMessage(message("x", { bloomFilter: filter(ALL) }));
  assert.deepEqual(alice.getOutgoingBuffer(CHANNEL), []);
});

const ABSURD_FILTERS = {
  "m = 0": filter({ ...ALL, m: 0 }),
  "m and words of nothing": filter({ words: new Uint8Array(), m: 0, k: 0 }),
  "m of more bits than there are": filter({ ...ALL, m: 2n ** 63n }),
  "m of 2^64 - 1": filter({ ...ALL, m: 2n ** 64n - 1n }),
  "k = 0": filter({ ...ALL, k: 0 }),
  "k of 2^32": filter({ ...ALL, k: 2 ** 32 }),
  "k of 2^64 - 1": filter({ ...ALL, k: 2n ** 64n - 1n }),
  "a word too few": filter({ words: new Uint8Array(16).fill(255) }),
  "a word too many": filter({ words: new Uint8Array(32).fill(255) }),
  "half a word too many": filter({ words: new Uint8Array(28).fill(255) }),
  "no words": filter({ words: new Uint8Array() }),
  "no m": filter({ ...ALL, m: null }),
  "no k": filter({ ...ALL, k: null }),
  "noise": Uint8Array.from({ length: 60 }, (_, index) => (index * 71) & 255),
  "a length beyond the end": Uint8Array.of(0x0a, 0xff, 0xff, 0x03, 1, 2, 3),
};

for (const [what, bloomFilter] of Object.entries(ABSURD_FILTERS)) {
  test(`a filter with ${what} is ignored, the rest of its message counts`, async (t) => {
    t.mock.method(console, "debug", () => {});
    const alice = await participant(t, "alice");
    await send(alice, "named");
    await send(alice, "not named");
    const events = record(alice);
    const received = await alice.unwrapReceivedMessage(message("x", { after: ["named"], bloomFilter }));
    assert.equal(received.delivered, true);
    assert.deepEqual(brief(events), ["messageSent named", "messageReady x"]);
    assert.deepEqual(ids(alice.getOutgoingBuffer(CHANNEL)), ["not named"]);
    await send(alice, "on it goes");
  });
}

test("a message that depends on itself does not wait for itself", async (t) => {
  const alice = await participant(t, "alice");
  const events = record(alice);
  const received = await alice.unwrapReceivedMessage(message("self", { after: ["self"] }));
  assert.deepEqual([received.delivered, received.missingDependencies], [true, []]);
  assert.deepEqual(brief(events), ["messageReady self"]);
  const other = await alice.unwrapReceivedMessage(message("self 2", { after: ["self 2", "missing", "missing"] }));
  assert.deepEqual(other.missingDependencies, [{ messageId: "missing" }]);
  await alice.unwrapReceivedMessage(message("missing"));
  assert.deepEqual(alice.getMessageHistory(CHANNEL).sort(), ["missing", "self", "self 2"]);
});

test("messages that depend on each other wait, and are released by the application", async (t) => {
  const alice = await participant(t, "alice");
  await alice.unwrapReceivedMessage(message("a", { after: ["b"] }));
  await alice.unwrapReceivedMessage(message("b", { after: ["a"] }));
  assert.deepEqual(ids(alice.getIncomingBuffer(CHANNEL)), ["a", "b"]);
  const events = record(alice);
  await alice.markDependenciesMet(["a"], CHANNEL);
  assert.deepEqual(brief(events), ["messageReady b", "messageReady a"]);
  assert.deepEqual(alice.getIncomingBuffer(CHANNEL), []);
});

test("a message forged in our name is taken in like any other and acknowledges nothing", async (t) => {
  const alice = await participant(t, "alice");
  await send(alice, "mine");
  const events = record(alice);
  const forged = message("forged", { senderId: "alice", after: ["mine"], bloomFilter: filter(ALL) });
  const received = await alice.unwrapReceivedMessage(forged);
  assert.deepEqual([received.senderId, received.delivered], ["alice", true]);
  assert.deepEqual(brief(events), ["messageReady forged"]);
  assert.deepEqual(ids(alice.getOutgoingBuffer(CHANNEL)), ["mine"]);
});

test("a message that reuses an id under another sender does not replace what was delivered", async (t) => {
  const alice = await participant(t, "alice");
  await alice.unwrapReceivedMessage(message("m", { senderId: "bob", content: "first" }));
  const second = await alice.unwrapReceivedMessage(message("m", { senderId: "mallory", content: "second" }));
  assert.deepEqual([second.duplicate, second.delivered], [true, true]);
  assert.deepEqual(alice.getMessage(CHANNEL, "m").content, text("first"));
});

test("acknowledgements of messages that nobody sent, and requests for messages that nobody has, are nothing", async (t) => {
  const alice = await participant(t, "alice");
  const events = record(alice);
  const repairRequest = Array.from({ length: 1000 }, (_, n) => ({ messageId: `no ${n}`, senderId: "alice" }));
  await alice.unwrapReceivedMessage(message("x", { repairRequest, bloomFilter: filter(ALL) }));
  assert.deepEqual(brief(events), ["messageReady x"]);
  assert.deepEqual(alice.getIncomingRepairBuffer(CHANNEL), []);
});

test("the buffers stay within their limits whatever comes in", async (t) => {
  const config = { maxIncomingBuffer: 20, maxRepairBuffer: 10 };
  const alice = await participant(t, "alice", { config });
  for (let n = 0; n < 100; n += 1) {
    const after = Array.from({ length: 30 }, (_, d) => `missing ${n} ${d}`);
    await alice.unwrapReceivedMessage(message(`m${n}`, { after, clock: LAMPORT0 + BigInt(n) }));
  }
  assert.equal(alice.getIncomingBuffer(CHANNEL).length, 20);
  assert.ok(alice.getOutgoingRepairBuffer(CHANNEL).length <= 10);
  for (let n = 0; n < 30; n += 1) await alice.unwrapReceivedMessage(message(`had ${n}`));
  const repairRequest = Array.from({ length: 30 }, (_, n) => ({ messageId: `had ${n}`, senderId: "bob" }));
  await alice.unwrapReceivedMessage(message("request", { repairRequest }));
  assert.equal(alice.getIncomingRepairBuffer(CHANNEL).length, 10);
});

/** Changes some bytes: flipped, cut out, inserted, doubled, swapped or cut off. */
function mutate(bytes, roll) {
  const mutant = [...bytes];
  for (let change = roll(4); change >= 0; change -= 1) {
    const at = roll(mutant.length || 1);
    const kinds = [
      () => (mutant[at] ^= 1 << roll(8)),
      () => (mutant[at] = roll(256)),
      () => mutant.splice(at, 1 + roll(4)),
      () => mutant.splice(at, 0, roll(256)),
      () => mutant.splice(at, 0, ...mutant.slice(at, at + roll(20))),
      () => mutant.splice(at),
      () => mutant.splice(at, 9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    ];
    kinds[roll(kinds.length)]();
  }
  return Uint8Array.from(mutant);
}

test("2000 mutants of a valid message: each is taken in or refused, and the manager works on", async (t) => {
  t.mock.method(console, "debug", () => {});
  const persistence = new InspectingPersistence();
  const config = { bloomFilterCapacity: 50, maxMessageHistory: 50, maxIncomingBuffer: 50, maxRepairBuffer: 50 };
  const alice = await participant(t, "alice", { persistence, config });
  const bob = await participant(t, "bob", { config });
  await alice.unwrapReceivedMessage(await send(bob, "first"));
  await bob.unwrapReceivedMessage(message("waits", { after: [{ messageId: "gone", senderId: "carol" }] }));
  const origin = altered(await send(bob, "origin"), { repairRequest: [{ messageId: "first", senderId: "bob" }] });
  const roll = dice(20250601);
  const outcomes = { taken: 0, refused: 0 };
  for (let round = 0; round < 2000; round += 1) {
    const mutant = mutate(origin, roll);
    try {
      const { messageId, channelId } = await alice.unwrapReceivedMessage(mutant);
      assert.ok(messageId && channelId);
      outcomes.taken += 1;
    } catch (error) {
      assert.equal(error.code, "DeserializationError", `round ${round}: ${error.message}`);
      outcomes.refused += 1;
    }
    if (round % 100 === 0) await send(alice, `on it goes ${round}`);
  }
  assert.ok(outcomes.taken > 200 && outcomes.refused > 200, JSON.stringify(outcomes));
  for (const channelId of alice.getChannels()) {
    await alice.checkUnacknowledgedMessages(channelId);
    assert.ok(alice.getMessageHistory(channelId).length <= 50);
  }
  await alice.runRepairSweep();
  const carol = await participant(t, "carol");
  const last = altered(await send(alice, "last"), { causalHistory: [] });
  assert.equal((await carol.unwrapReceivedMessage(last)).delivered, true);

  // What was saved of all that loads again.
  const before = alice.getMessageHistory(CHANNEL);
  await alice.cleanup();
  const after = await participant(t, "alice", { persistence, config });
  await after.ensureChannel(CHANNEL);
  assert.deepEqual(after.getMessageHistory(CHANNEL), before);
});

test("2000 mutants of a snapshot: each loads or is refused, and nothing is written over it", async (t) => {
  const source = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence: source });
  await send(alice, "sent");
  await alice.unwrapReceivedMessage(message("had", { senderId: "bob" }));
  const repairRequest = [{ messageId: "had", senderId: "bob" }];
  await alice.unwrapReceivedMessage(message("waits", { after: ["gone", "sent"], repairRequest }));
  source.failing.add("updateHistory");
  await send(alice, "pending");
  const { meta } = source.kept(CHANNEL);
  const roll = dice(7);
  const outcomes = { loaded: 0, refused: 0 };
  for (let round = 0; round < 2000; round += 1) {
    const damaged = mutate(meta, roll);
    const channelId = `room ${round}`;
    const backend = {
      ...Object.fromEntries(["saveChannelMeta", "updateHistory", "dropChannel", "setRetrievalHint"].map((name) => [name, async () => {}])),
      loadChannel: async () => ({ meta: damaged, messageHistory: [] }),
    };
    const manager = await sds.ReliabilityManager.create({ participantId: "alice", persistence: backend, now: () => 1 });
    try {
      await manager.ensureChannel(channelId);
      await manager.wrapOutgoingMessage(text("x"), "new", channelId);
      await manager.runRepairSweep();
      outcomes.loaded += 1;
    } catch (error) {
      assert.equal(error.code, "PersistenceError", `round ${round}: ${error.message}`);
      outcomes.refused += 1;
    }
    await manager.cleanup();
  }
  assert.ok(outcomes.loaded > 100 && outcomes.refused > 100, JSON.stringify(outcomes));
});

test("lengths of what is not there are refused", async (t) => {
  const alice = await participant(t, "alice");
  // Field 5, content, of 2^40 and of 2^32 bytes that are not there.
  for (const length of [2n ** 40n, 2n ** 32n - 1n, 2n ** 29n]) {
    const bytes = Uint8Array.from([0x0a, 1, 0x6d, 0x10, 1, 0x22, 1, 0x63, 0x2a, ...varint(length), 1, 2, 3]);
    await assert.rejects(alice.unwrapReceivedMessage(bytes), { code: "DeserializationError" });
  }
});
