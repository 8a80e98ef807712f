// Tabs as participants: who they are, and that they hear each other.

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { importRoom, notebook, sds, shelf } from "../support/room.mjs";

const { openTabRoom } = await importRoom("tab-room.js");

let rooms = 0;
/** Options of tabs of one browser. */
const browser = () => ({ name: `tabs-${(rooms += 1)}`, lock: "none" });

async function tab(t, options) {
  const room = await openTabRoom({ session: notebook(), ...options });
  t.after(() => room.close());
  return room;
}

async function until(condition, what) {
  for (let waited = 0; waited < 15_000; waited += 20) {
    if (condition()) return;
    await sleep(20);
  }
  assert.fail(`in vain: ${what}`);
}

const parts = (messageId, lamportTimestamp, after = []) => ({
  messageId,
  channelId: "lossy-room",
  senderId: "Zoe",
  lamportTimestamp,
  causalHistory: after.map((id) => ({ messageId: id })),
  content: new TextEncoder().encode(messageId),
});
const message = (...given) => sds.encodeMessage(parts(...given));
const lines = (room) => room.me.log.map(({ text, sender }) => `${room.names[sender]}: ${text}`);

test("two tabs hear each other, repair what is lost, and see who is there", async (t) => {
  const options = browser();
  const ann = await tab(t, options);
  const bob = await tab(t, { ...options, loss: 0.5 });
  assert.match(ann.me.name, /^[A-Z][a-z]+-[0-9a-f]{3}$/);
  await until(() => ann.others.length === 1 && bob.others.length === 1, "hello");
  assert.deepEqual([ann.others, bob.others], [[bob.me.name], [ann.me.name]]);
  let changes = 0;
  const stop = bob.onChange(() => (changes += 1));
  for (let index = 0; index < 6; index += 1) {
    await ann.send(`a${index}`);
    await bob.send(`b${index}`);
  }
  const whole = (room) => room.me.log.length === 12 && room.me.counts.behind === 0 && room.me.counts.unacknowledged === 0;
  await until(() => whole(ann) && whole(bob), "both whole");
  assert.deepEqual(lines(ann), lines(bob));
  assert.equal(ann.me.counts.deliveredTwice + bob.me.counts.deliveredTwice, 0);
  assert.ok(changes > 0 && bob.totals.lost > 0 && bob.totals.frames > 6, JSON.stringify(bob.totals));
  assert.ok([ann, bob].some(({ frames }) => frames.some(({ from, kind }) => from === 1 && kind === "sync")));
  stop();
  await bob.close();
  await until(() => ann.others.length === 0, "bye");
});

test("a reload is the same participant with its log", async (t) => {
  const options = { ...browser(), session: notebook() };
  const first = await openTabRoom(options);
  await first.send("remember me");
  // Of the year 9999: what names it stands last.
  const second = message("second", 253_370_764_800n, ["first"]);
  await first.inject(second);
  const looks = (room) => room.me.log.map(({ id, text, state }) => `${state}: ${text || id}`);
  const expected = ["pending: remember me", "hole: first", "waiting: second"];
  await until(() => first.me.counts.waiting === 1, "one waits");
  assert.deepEqual(looks(first), expected);
  assert.deepEqual(first.frames.map(({ kind, from }) => `${kind} of ${first.names[from]}`), [
    `message of ${first.me.name}`, "message of Zoe",
  ]);
  await first.close();

  const room = await tab(t, options);
  assert.equal(room.me.name, first.me.name);
  assert.deepEqual(looks(room), expected);
  assert.deepEqual(room.me.log.map(({ restored }) => restored), [true, false, true]);
  assert.ok(room.me.counts.clock >= first.me.counts.clock && first.me.counts.clock === 253_370_764_800n);
  assert.deepEqual(room.status, { missing: 1, lost: 0, unacknowledged: 1, synced: false });
  await room.inject(second);
  await room.inject(message("first", 253_370_764_700n));
  await until(() => room.status.missing === 0, "the hole is filled");
  assert.deepEqual(looks(room), ["pending: remember me", "received: first", "received: second"]);
  const heard = room.frames.filter(({ from }) => from !== 0);
  const fates = heard.map(({ messageId, arrivals: [{ copy, delivered }] }) => [messageId, copy, delivered]);
  assert.deepEqual(fates, [["second", true, true], ["first", false, true]]);
  assert.deepEqual([room.me.counts.delivered, room.me.counts.deliveredTwice], [3, 0]);
});

test("what is sent again is told apart, by whom and why", async (t) => {
  const options = browser();
  const ann = await tab(t, options);
  const kinds = () => ann.frames.filter(({ from, kind }) => from === 0 && kind !== "sync");
  const brief = ({ kind, messageId, writer }) => [kind, messageId, ann.names[writer ?? 0]];
  const id = await ann.send("does anybody hear me?");
  await until(() => kinds().length === 2, "nobody does");
  assert.deepEqual(kinds().map(brief), [["message", id, ann.me.name], ["resend", id, ann.me.name]]);
  await ann.inject(message("heard", 253_370_764_800n, [id]));
  await until(() => ann.status.synced, "acknowledged");
  const wanted = [id, "heard"].map((messageId, index) => ({ messageId, senderId: [ann.me.name, "Zoe"][index] }));
  const asking = { ...parts("asking", 253_370_764_801n), senderId: "Yan", content: new Uint8Array(0) };
  await ann.inject(sds.encodeMessage({ ...asking, repairRequest: wanted }));
  await until(() => kinds().length === 4, "both answered");
  assert.deepEqual(kinds().slice(2).map(brief).sort((a, b) => (a[1] === id ? -1 : 1)), [
    ["repair", id, ann.me.name], ["repair", "heard", "Zoe"],
  ]);
  const { written, resends, repairs, frames, syncs, refused } = ann.totals;
  assert.deepEqual([written, resends, repairs, frames - syncs, refused], [1, 1, 2, 4, 0]);
});

test("a duplicated tab finds its database locked and becomes somebody new", async (t) => {
  const session = notebook();
  const storage = { ...shelf(), kind: "indexeddb" };
  const { open } = storage;
  const held = new Set();
  storage.open = async (name) => {
    if (held.has(name)) throw new sds.SdsError("StorageLocked", "open elsewhere");
    held.add(name);
    return open(name);
  };
  const options = { ...browser(), storage, session };
  const first = await tab(t, options);
  const second = await tab(t, options);
  assert.notEqual(second.me.name, first.me.name);
  storage.open = async () => {
    throw new sds.SdsError("StorageLocked", "open elsewhere");
  };
  await assert.rejects(openTabRoom(options), { code: "StorageLocked" });
});

test("a tab whose channel can't be opened leaves its database to the next", async (t) => {
  const storage = shelf();
  const { open } = storage;
  let closed = 0;
  storage.open = async (name) => {
    const loadChannel = async () => {
      throw new Error("unreadable");
    };
    return { ...(await open(name)), loadChannel, close: async () => (closed += 1) };
  };
  await assert.rejects(tab(t, { ...browser(), storage }), /unreadable/);
  assert.equal(closed, 1);
});

test("other things on the channels are ignored, strangers' bytes refused", async (t) => {
  const options = browser();
  const room = await tab(t, { ...options, storage: "memory" });
  const other = sds.encodeMessage({ ...parts("x", 1n), channelId: "elsewhere" });
  // Well-formed, but of a clock that nobody reaches.
  const late = sds.encodeMessage({ ...parts("y", 2n ** 63n - 1n), senderId: "" });
  const things = [null, 5, "hello", { type: "hello" }, { name: 5 }, new Uint8Array(10), other, late];
  for (const name of [options.name, `${options.name}/lossy-room`]) {
    const channel = new BroadcastChannel(name);
    t.after(() => channel.close());
    for (const thing of things) channel.postMessage(thing);
  }
  await until(() => room.totals.refused === things.length, "all refused");
  assert.deepEqual([room.others, room.me.log, room.names], [[], [], [room.me.name]]);
  assert.equal(room.totals.deliveries, things.length);
  await assert.rejects(room.inject(other), RangeError);
  await assert.rejects(openTabRoom({ ...options, storage: "memory", loss: 1 }), RangeError);
});
