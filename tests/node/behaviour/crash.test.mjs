// A crash at any operation of a run, with any part of that operation's writes on disk: after the restart nothing is
// lost that was reported, nothing is delivered twice, the clock is not lower, and the run comes to the same end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, Clock, LAMPORT0, ids, message, participant, record, send } from "../support/participants.mjs";

const CONFIG = { maxMessageHistory: 12, bloomFilterCapacity: 12, resendInterval: 60_000, maxResendAttempts: 1 };

const at = (seconds) => LAMPORT0 + BigInt(seconds);
const receive = (id, seconds, after = [], more = {}) => {
  const bytes = message(id, { clock: at(seconds), after, ...more });
  return (alice) => alice.unwrapReceivedMessage(bytes);
};
const sending = (id) => async (alice) => {
  try {
    await send(alice, id);
  } catch (error) {
    // Tried again after a crash: it had reached the disk.
    assert.match(error.message, /already used/);
  }
};
const pass = (milliseconds, then) => (alice, clock) => {
  clock.pass(milliseconds);
  return then(alice);
};
const chain = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, n) => receive(`e${from + n}`, 200 + from + n, from + n > 1 ? [`e${from + n - 1}`] : []));

const SCRIPT = [
  sending("a1"),
  receive("b1", 2, ["a1"]),
  receive("b3", 4, ["b2"]),
  receive("c1", 5, ["b3"]),
  sending("a2"),
  receive("sync", 6, ["b1"], { content: "" }),
  receive("b2", 3, ["b1"]),
  receive("d2", 8, ["d1"]),
  (alice) => alice.markDependenciesMet(["d1"], CHANNEL),
  sending("a3"),
  pass(61_000, (alice) => alice.checkUnacknowledgedMessages(CHANNEL)),
  receive("request", 70, [], { repairRequest: [{ messageId: "b1", senderId: "bob" }] }),
  pass(300_000, (alice) => alice.runRepairSweep()),
  receive("fleeting", 0, [], { lamportTimestamp: undefined }),
  (alice) => alice.wrapSyncMessage(CHANNEL),
  receive("b2", 3, ["b1"]),
  pass(1, (alice) => alice.checkUnacknowledgedMessages(CHANNEL)),
  receive("f2", 90, ["f1"]),
  receive("g", 91, ["f1", "f2"]),
  pass(600_001, (alice) => alice.runRepairSweep()),
  receive("f1", 89),
  ...chain(1, 4).reverse(),
  sending("a4"),
  ...chain(5, 8),
  receive("thanks", 300, ["a4"]),
  sending("a5"),
];

const snapshot = (alice) => ({
  history: alice.getMessageHistory(CHANNEL),
  outgoing: ids(alice.getOutgoingBuffer(CHANNEL)),
  incoming: ids(alice.getIncomingBuffer(CHANNEL)),
  clock: alice.getLamportTimestamp(CHANNEL),
});

const both = (first, second) => first.filter((item) => second.includes(item));
const includesAll = (list, wanted, what) => {
  for (const item of wanted) assert.ok(list.includes(item), `${item} is not in ${what}: ${list}`);
};

/** Starts alice, with the ids that become ready noted in `delivered`. */
async function start(t, persistence, clock, delivered) {
  const alice = await participant(t, "alice", { persistence, clock, config: CONFIG });
  alice.addEventListener("messageReady", ({ detail }) => delivered.push(detail.messageId));
  await alice.ensureChannel(CHANNEL);
  return alice;
}

async function uninterrupted(t) {
  const delivered = [];
  const clock = new Clock();
  const alice = await start(t, new InspectingPersistence(), clock, delivered);
  for (const step of SCRIPT) await step(alice, clock);
  const end = snapshot(alice);
  await alice.cleanup();
  return { end, delivered };
}

/**
 * Runs up to and with step `last`, of which the calls in `missing` don't reach the disk; `how` says whether they are
 * lost in a crash, so that the step was never reported, or failed, so that it was. Then starts again.
 */
async function interrupted(t, last, missing, how) {
  const persistence = new InspectingPersistence();
  const clock = new Clock();
  const first = [];
  let alice = await start(t, persistence, clock, first);
  for (const step of SCRIPT.slice(0, last)) await step(alice, clock);
  const before = { ...snapshot(alice), delivered: [...first] };
  if (how === "lost") persistence.loses = ({ method }) => missing.includes(method);
  else missing.forEach((method) => persistence.failing.add(method));
  await SCRIPT[last](alice, clock);
  const after = { ...snapshot(alice), delivered: [...first] };
  // From here on nothing is written: the process is gone.
  persistence.loses = () => true;
  await alice.cleanup();
  persistence.loses = () => false;
  persistence.failing.clear();
  const second = [];
  alice = await start(t, persistence, clock, second);
  return { alice, clock, persistence, before, after, restarted: snapshot(alice), second };
}

/** Ids of messages that were delivered before and are retained must not be delivered again. */
function assertNoneTwice(delivered, second) {
  assert.deepEqual(both(delivered, second), []);
  assert.equal(new Set(second).size, second.length, `delivered twice: ${second}`);
}

const SUBSETS = [["saveChannelMeta"], ["updateHistory"], ["saveChannelMeta", "updateHistory"]];

for (const missing of SUBSETS) {
  test(`a crash in which ${missing.join(" and ")} did not reach the disk, at each step of a run`, async (t) => {
    const { end } = await uninterrupted(t);
    assert.ok(SCRIPT.length >= 30 && end.history.length === CONFIG.maxMessageHistory);
    for (let last = 0; last < SCRIPT.length; last += 1) {
      const { alice, clock, before, after, restarted, second } = await interrupted(t, last, missing, "lost");
      const where = `step ${last}`;
      // The step itself was not reported; it may have had any effect or none.
      includesAll(restarted.history, both(before.history, after.history), `the history, ${where}`);
      includesAll(restarted.outgoing, both(before.outgoing, after.outgoing), `the outgoing buffer, ${where}`);
      includesAll([...restarted.incoming, ...restarted.history], both(before.incoming, [...after.incoming, ...after.history]), `either buffer, ${where}`);
      assert.ok(restarted.clock >= before.clock, where);
      // What one half of the pair brought to disk is no half in memory.
      for (const id of restarted.incoming) assert.ok(!restarted.history.includes(id), where);

      for (const step of SCRIPT.slice(last)) await step(alice, clock);
      const { history, incoming } = snapshot(alice);
      assert.deepEqual([new Set(history), incoming], [new Set(end.history), end.incoming], where);
      assertNoneTwice(both(before.delivered, before.history), second);
      await alice.cleanup();
    }
  });
}

for (const missing of [["saveChannelMeta"], ["updateHistory"]]) {
  test(`a crash after ${missing[0]} failed and the application was told all the same, at each step of a run`, async (t) => {
    for (let last = 0; last < SCRIPT.length; last += 1) {
      const { alice, before, after, restarted, second } = await interrupted(t, last, missing, "failed");
      const where = `step ${last}`;
      includesAll(restarted.history, after.history, `the history, ${where}`);
      includesAll(restarted.outgoing, after.outgoing, `the outgoing buffer, ${where}`);
      assertNoneTwice(both(after.delivered, after.history), second);
      const wrote = after.history.join() !== before.history.join();
      const known = missing[0] === "updateHistory" || wrote ? after : before;
      if (known === after && missing[0] === "updateHistory") {
        assert.equal(restarted.clock, after.clock, where);
        assert.deepEqual(restarted.incoming, after.incoming, where);
        assert.deepEqual(restarted.outgoing, after.outgoing, where);
      }
      assert.ok(restarted.clock >= before.clock, where);
      await alice.cleanup();
    }
  });
}

test("a history that fails for the whole run is in the snapshot, with all the rest", async (t) => {
  const persistence = new InspectingPersistence();
  const clock = new Clock();
  const first = [];
  const alice = await start(t, persistence, clock, first);
  persistence.failing.add("updateHistory");
  for (const step of SCRIPT) await step(alice, clock);
  const before = snapshot(alice);
  assert.equal(persistence.kept(CHANNEL).log.size, 0);
  await alice.cleanup();
  persistence.failing.clear();
  const second = [];
  const again = await start(t, persistence, clock, second);
  assert.deepEqual(snapshot(again), before);
  assert.deepEqual(second, []);
  assert.deepEqual(new Set(persistence.kept(CHANNEL).log.keys()), new Set(before.history), "loading healed it");
});

test("a snapshot that fails for the whole run: the history alone brings back what was delivered and what was sent", async (t) => {
  const persistence = new InspectingPersistence();
  const clock = new Clock();
  const alice = await start(t, persistence, clock, []);
  persistence.failing.add("saveChannelMeta");
  for (const step of SCRIPT) await step(alice, clock);
  const before = snapshot(alice);
  await alice.cleanup();
  persistence.failing.clear();
  const again = await start(t, persistence, clock, []);
  const after = snapshot(again);
  assert.deepEqual(after.history, before.history);
  includesAll(after.outgoing, before.outgoing, "the outgoing buffer");
  const events = record(again);
  await again.unwrapReceivedMessage(message("e8", { clock: at(208), after: ["e7"] }));
  assert.deepEqual(events, []);
});

test("a message that storage has in its history and in the incoming buffer is not delivered again", async (t) => {
  const persistence = new InspectingPersistence();
  const clock = new Clock();
  let alice = await start(t, persistence, clock, []);
  await receive("child", 2, ["parent"])(alice);
  persistence.loses = ({ method }) => method === "saveChannelMeta";
  await receive("parent", 1)(alice);
  await alice.cleanup();
  persistence.loses = () => false;
  assert.deepEqual([[...persistence.kept(CHANNEL).log.keys()], [...persistence.kept(CHANNEL).incoming.keys()]], [["parent", "child"], ["child"]]);
  const second = [];
  alice = await start(t, persistence, clock, second);
  assert.deepEqual(second, []);
  assert.deepEqual(alice.getIncomingBuffer(CHANNEL), []);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), ["parent", "child"]);
});

test("a dependency that only the history shows to be here releases the message when the channel is loaded", async (t) => {
  const persistence = new InspectingPersistence();
  const clock = new Clock();
  const alice = await start(t, persistence, clock, []);
  await receive("child", 2, ["parent"])(alice);
  await alice.cleanup();
  persistence.plant(CHANNEL, { meta: persistence.kept(CHANNEL).meta, messages: [message("parent", { clock: at(1) })] });
  const second = [];
  const again = await start(t, persistence, clock, second);
  assert.deepEqual(second, ["child"]);
  assert.deepEqual(again.getMessageHistory(CHANNEL), ["parent", "child"]);
  assert.ok(persistence.kept(CHANNEL).log.has("child"), "and it is saved");
});
