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
  assert.ok(bob.frames.some(({ from, kind }) => from === 1 && kind === "sync"));
  stop();
  await bob.close();
  await until(() => ann.others.length === 0, "bye");
});

test("a reload is the same participant with its log", async (t) => {
  const options = { ...browser(), session: notebook() };
  const first = await openTabRoom(options);
  await first.send("remember me");
  await first.close();
  const room = await tab(t, options);
  assert.equal(room.me.name, first.me.name);
  const [entry, ...more] = room.me.log;
  assert.deepEqual([entry.text, entry.state, entry.restored, more], ["remember me", "pending", true, []]);
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

test("other things on the channel are ignored, strangers' bytes refused", async (t) => {
  const options = browser();
  const room = await tab(t, { ...options, storage: "memory" });
  const channel = new BroadcastChannel(options.name);
  t.after(() => channel.close());
  for (const thing of [null, 5, "hello", { type: "hello" }, { name: 5 }, new Uint8Array(10)]) channel.postMessage(thing);
  const other = sds.encodeMessage({ messageId: "x", channelId: "elsewhere", lamportTimestamp: 1n, content: Uint8Array.of(1) });
  channel.postMessage(other);
  await until(() => room.totals.refused === 2, "two refused");
  assert.deepEqual([room.others, room.me.log, room.names], [[], [], [room.me.name]]);
  await assert.rejects(room.inject(other), RangeError);
  await assert.rejects(openTabRoom({ ...options, storage: "memory", loss: 1 }), RangeError);
});
