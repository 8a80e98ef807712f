// Retrieval hints: asked of the application once, stored once, sent from then on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { InspectingPersistence } from "../support/inspecting-persistence.mjs";
import { CHANNEL, brief, message, participant, record, sds, send, text } from "../support/participants.mjs";

const history = (bytes) => sds.decodeMessage(bytes).causalHistory;

function hinting({ knows = () => true } = {}) {
  const asked = [];
  const retrievalHint = (messageId, channelId) => {
    asked.push([messageId, channelId]);
    return knows(messageId) ? text(`hint of ${messageId}`) : undefined;
  };
  return { asked, retrievalHint };
}

test("a hint is asked for when a message enters a causal history, once, and stored, once", async (t) => {
  const persistence = new InspectingPersistence();
  const { asked, retrievalHint } = hinting();
  const alice = await participant(t, "alice", { persistence, retrievalHint });
  await send(alice, "m1");
  assert.deepEqual(asked, []);
  const before = persistence.calls.length;
  const m2 = await send(alice, "m2");
  const entry = { messageId: "m1", retrievalHint: text("hint of m1"), senderId: "alice" };
  assert.deepEqual(history(m2), [entry]);
  assert.deepEqual(asked, [["m1", CHANNEL]]);
  assert.deepEqual(persistence.turns(before), [["saveChannelMeta", "updateHistory", "setRetrievalHint"]]);
  assert.deepEqual(persistence.calls.at(-1).args, ["m1", text("hint of m1")]);
  const m3 = await send(alice, "m3");
  assert.deepEqual(history(m3)[0], entry);
  assert.deepEqual(asked, [["m1", CHANNEL], ["m2", CHANNEL]]);
  await alice.wrapSyncMessage(CHANNEL);
  assert.deepEqual(asked.at(-1), ["m3", CHANNEL]);
  assert.equal(persistence.count("setRetrievalHint"), 3);
});

test("loaded hints are used again, without asking", async (t) => {
  const persistence = new InspectingPersistence();
  const before = await participant(t, "alice", { persistence, retrievalHint: hinting().retrievalHint });
  await send(before, "m1");
  await send(before, "m2");
  await before.cleanup();
  const { asked, retrievalHint } = hinting();
  const alice = await participant(t, "alice", { persistence, retrievalHint });
  const m3 = await send(alice, "m3");
  assert.deepEqual(history(m3).map((entry) => entry.retrievalHint), [text("hint of m1"), text("hint of m2")]);
  assert.deepEqual(asked, [["m2", CHANNEL]]);
});

test("a message without a hint is sent without one, and asked about again", async (t) => {
  const { asked, retrievalHint } = hinting({ knows: (id) => id !== "m1" });
  const alice = await participant(t, "alice", { retrievalHint });
  for (const id of ["m1", "m2"]) await send(alice, id);
  assert.deepEqual(history(await send(alice, "m3")), [
    { messageId: "m1", senderId: "alice" },
    { messageId: "m2", retrievalHint: text("hint of m2"), senderId: "alice" },
  ]);
  assert.deepEqual(asked.map(([id]) => id).sort(), ["m1", "m1", "m2"]);
});

test("hints of others are passed on in what is asked for, and only messages of the causal history are asked about", async (t) => {
  const { asked, retrievalHint } = hinting();
  const alice = await participant(t, "alice", { retrievalHint, config: { maxCausalHistory: 2 } });
  for (const id of ["m1", "m2", "m3"]) await alice.unwrapReceivedMessage(message(id));
  const gap = { messageId: "gap", retrievalHint: text("where to find it"), senderId: "carol" };
  await alice.unwrapReceivedMessage(message("waits", { after: [gap] }));
  assert.deepEqual(alice.getOutgoingRepairBuffer(CHANNEL)[0].entry, gap);
  await send(alice, "mine");
  assert.deepEqual(asked.map(([id]) => id).sort(), ["m2", "m3"]);
});

test("a hint that can't be stored is reported and stored with a later operation; it is sent all the same", async (t) => {
  const persistence = new InspectingPersistence();
  const { asked, retrievalHint } = hinting();
  const alice = await participant(t, "alice", { persistence, retrievalHint });
  const events = record(alice);
  await send(alice, "m1");
  persistence.failing.add("setRetrievalHint");
  assert.deepEqual(history(await send(alice, "m2"))[0].retrievalHint, text("hint of m1"));
  assert.deepEqual(brief(events), ["persistenceError setRetrievalHint"]);
  assert.deepEqual([...persistence.kept(CHANNEL).hints.keys()], []);
  persistence.failing.clear();
  await alice.runRepairSweep();
  assert.deepEqual([...persistence.kept(CHANNEL).hints], [["m1", text("hint of m1")]]);
  assert.deepEqual(asked.length, 1);
});

test("removing a channel removes its hints", async (t) => {
  const persistence = new InspectingPersistence();
  const alice = await participant(t, "alice", { persistence, retrievalHint: hinting().retrievalHint });
  for (const id of ["m1", "m2"]) await send(alice, id);
  await alice.removeChannel(CHANNEL);
  await send(alice, "m1");
  assert.deepEqual([...persistence.kept(CHANNEL).hints.keys()], []);
});

test("the function that gives hints may look into the manager and start operations, and may reuse its buffer", async (t) => {
  const buffer = new Uint8Array(1);
  const started = [];
  let alice;
  const retrievalHint = (messageId, channelId) => {
    assert.deepEqual(alice.getMessage(channelId, messageId).messageId, messageId);
    buffer[0] += 1;
    if (started.length < 3) started.push(send(alice, `started ${started.length}`), alice.removeChannel("another room"));
    return buffer;
  };
  alice = await participant(t, "alice", { retrievalHint });
  await send(alice, "m1");
  const [entry] = history(await send(alice, "m2"));
  buffer[0] = 255;
  assert.deepEqual(entry.retrievalHint, Uint8Array.of(1));
  assert.equal((await Promise.allSettled(started)).some(({ status }) => status === "rejected"), false);
  assert.deepEqual(history(await send(alice, "m3"))[0].retrievalHint, Uint8Array.of(1));
});
