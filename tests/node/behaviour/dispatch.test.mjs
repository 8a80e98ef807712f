// When events are dispatched, and what listeners may do.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, brief, idle, message, participant, record, send, text } from "../support/participants.mjs";

async function aliceOn(t, persistence) {
  const alice = await participant(t, "alice", { persistence });
  await alice.ensureChannel(CHANNEL);
  return alice;
}

test("events come after both calls have settled and before the operation's promise does", async (t) => {
  for (const first of ["saveChannelMeta", "updateHistory"]) {
    const persistence = new InspectingPersistence();
    const alice = await aliceOn(t, persistence);
    const seen = [];
    alice.addEventListener("messageReady", ({ detail }) => seen.push(`ready ${detail.messageId}`));
    persistence.holds = () => true;
    const operation = alice.unwrapReceivedMessage(message("m")).then(() => seen.push("settled"));
    await idle();
    assert.deepEqual(persistence.waiting.map(({ method }) => method), ["saveChannelMeta", "updateHistory"]);
    assert.deepEqual(alice.getMessageHistory(CHANNEL), ["m"], "memory has it at once");
    persistence.waiting.find(({ method }) => method === first).proceed();
    await idle();
    assert.deepEqual(seen, [], `with ${first} alone done`);
    persistence.proceed();
    await operation;
    assert.deepEqual(seen, ["ready m", "settled"]);
  }
});

test("a failed save holds back neither events nor the promise, and is told first", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  const events = record(alice);
  persistence.failing.add("saveChannelMeta").add("updateHistory");
  await alice.unwrapReceivedMessage(message("m"));
  assert.deepEqual(brief(events), ["persistenceError saveChannelMeta", "persistenceError updateHistory", "messageReady m"]);
});

test("the events of one operation come in one piece, those of several in the order of the operations", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  await alice.unwrapReceivedMessage(message("b", { after: ["a"] }));
  const seen = [];
  alice.addEventListener("messageReady", ({ detail }) => seen.push(detail.messageId));
  const settle = (id) => () => seen.push(`settled ${id}`);
  await Promise.all([
    alice.unwrapReceivedMessage(message("a")).then(settle("a")),
    alice.unwrapReceivedMessage(message("c")).then(settle("c")),
    alice.unwrapReceivedMessage(message("d")).then(settle("d")),
  ]);
  assert.deepEqual(seen.filter((entry) => !entry.startsWith("settled")), ["a", "b", "c", "d"]);
  for (const id of ["a", "c", "d"]) assert.ok(seen.indexOf(id) < seen.indexOf(`settled ${id}`), seen.join());
});

test("listeners may call every operation of the channel their event is about, and wait for it", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  const results = [];
  const operations = {
    wrap: () => send(alice, "from the listener"),
    sync: () => alice.wrapSyncMessage(CHANNEL),
    unwrap: () => alice.unwrapReceivedMessage(message("taken in by the listener")),
    met: () => alice.markDependenciesMet(["x"], CHANNEL),
    check: () => alice.checkUnacknowledgedMessages(CHANNEL),
    sweep: () => alice.runRepairSweep(),
    ensure: () => alice.ensureChannel(CHANNEL),
    other: () => send(alice, "m", "another room"),
  };
  let inner;
  alice.addEventListener("messageReady", () => {
    inner = Object.entries(operations).map(([name, run]) => run().then(() => results.push(name)));
    assert.ok(alice.getMessageHistory(CHANNEL).includes("m"));
  }, { once: true });
  await alice.unwrapReceivedMessage(message("m"));
  await Promise.all(inner);
  assert.deepEqual(results.sort(), Object.keys(operations).sort());
  assert.deepEqual(new Set(alice.getMessageHistory(CHANNEL)), new Set(["m", "from the listener", "taken in by the listener"]));
  assert.deepEqual([...persistence.kept(CHANNEL).log.keys()].sort(), alice.getMessageHistory(CHANNEL).sort());
});

test("what a listener sets off comes after what was already due", async (t) => {
  const alice = await aliceOn(t, new InspectingPersistence());
  for (const id of ["b", "c", "d"]) await alice.unwrapReceivedMessage(message(id, { after: ["a"] }));
  const seen = [];
  let inner;
  alice.addEventListener("messageReady", ({ detail: { messageId } }) => {
    seen.push(messageId);
    if (messageId === "a") inner = alice.unwrapReceivedMessage(message("from the listener"));
  });
  await alice.unwrapReceivedMessage(message("a"));
  assert.deepEqual(seen.slice(0, 4), ["a", "b", "c", "d"]);
  await inner;
  assert.deepEqual(seen.slice(4), ["from the listener"]);
});

test("a chain of messages, each sent by the listener of the one before, runs to its end", async (t) => {
  const persistence = new InspectingPersistence();
  const [alice, bob] = [await aliceOn(t, persistence), await participant(t, "bob")];
  let done;
  const finished = new Promise((resolve) => (done = resolve));
  const answer = (from, to) => async ({ detail: { content } }) => {
    const n = content[0] + 1;
    if (n === 50) return done();
    await to.unwrapReceivedMessage(await from.wrapOutgoingMessage(Uint8Array.of(n), `n${n}`, CHANNEL));
  };
  alice.addEventListener("messageReady", answer(alice, bob));
  bob.addEventListener("messageReady", answer(bob, alice));
  await alice.unwrapReceivedMessage(await bob.wrapOutgoingMessage(Uint8Array.of(0), "n0", CHANNEL));
  await finished;
  await Promise.all([alice.ensureChannel(CHANNEL), bob.ensureChannel(CHANNEL)]);
  assert.deepEqual(alice.getMessageHistory(CHANNEL), Array.from({ length: 50 }, (_, n) => `n${n}`));
});

test("a listener may remove the channel its event is about", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await aliceOn(t, persistence);
  const events = record(alice);
  let removal;
  alice.addEventListener("messageReady", () => (removal = alice.removeChannel(CHANNEL)), { once: true });
  await alice.unwrapReceivedMessage(message("m"));
  await removal;
  assert.deepEqual(alice.getChannels(), []);
  assert.equal(persistence.has(CHANNEL), false);
  await alice.unwrapReceivedMessage(message("m"));
  assert.deepEqual(brief(events), ["messageReady m", "messageReady m"]);
});

test("a listener may clean up the manager, reset it, or fail to", async (t) => {
  for (const method of ["cleanup", "reset"]) {
    const persistence = new InspectingPersistence();
    const alice = await aliceOn(t, persistence);
    let inner;
    alice.addEventListener("messageReady", () => (inner = alice[method]()), { once: true });
    const { delivered } = await alice.unwrapReceivedMessage(message("m"));
    await inner;
    assert.equal(delivered, true);
    assert.equal(persistence.has(CHANNEL), method === "cleanup");
  }
});

test("an event listened to once, and one no longer listened to", async (t) => {
  const alice = await participant(t, "alice");
  const seen = [];
  const listener = { handleEvent: ({ type }) => seen.push(type) };
  alice.addEventListener("messageReady", listener);
  alice.addEventListener("messageReady", () => seen.push("once"), { once: true });
  await alice.unwrapReceivedMessage(message("a"));
  alice.removeEventListener("messageReady", listener);
  await alice.unwrapReceivedMessage(message("b"));
  assert.deepEqual(seen, ["messageReady", "once"]);
});

test("a listener's changes to what it is given reach nobody's state", async (t) => {
  const alice = await participant(t, "alice");
  alice.addEventListener("messageReady", ({ detail }) => detail.content.fill(0));
  const received = await alice.unwrapReceivedMessage(message("m", { content: "abc" }));
  assert.deepEqual(received.content, text("abc"));
  assert.deepEqual(alice.getMessage(CHANNEL, "m").content, text("abc"));
});

test("a listener that throws is reported as uncaught and disturbs nothing else", async () => {
  // In a process of its own, where an uncaught exception can be listened for.
  const script = `
    import { CHANNEL, idle, message, sds, send } from ${JSON.stringify(new URL("../support/participants.mjs", import.meta.url).href)};
    const uncaught = [];
    process.on("uncaughtException", (error) => uncaught.push(error.message));
    const alice = await sds.ReliabilityManager.create({ participantId: "alice" });
    await alice.unwrapReceivedMessage(message("b", { after: ["a"] }));
    const seen = [];
    alice.addEventListener("messageReady", ({ detail }) => { throw new Error("no " + detail.messageId); });
    alice.addEventListener("messageReady", ({ detail }) => seen.push(detail.messageId));
    const { delivered } = await alice.unwrapReceivedMessage(message("a"));
    await send(alice, "m");
    await idle();
    console.log(JSON.stringify({ uncaught, seen, delivered, history: alice.getMessageHistory(CHANNEL) }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  assert.deepEqual(JSON.parse(stdout), {
    uncaught: ["no a", "no b"],
    seen: ["a", "b"],
    delivered: true,
    history: ["a", "b", "m"],
  });
});
