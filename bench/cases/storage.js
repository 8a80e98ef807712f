/**
 * One received message at a time, written to each backend, with some own messages that wait for an acknowledgement: the
 * snapshot that is written has them all. And the floor: a bare transaction that writes as many bytes.
 */

import { Ours } from "../libraries/ours.js";
import { ALL, Counting, IN_NODE, openStorage } from "../storage.js";
import { messages, Stopwatch, warmUp } from "../workload.js";

const TIMED = 100;
const UNACKNOWLEDGED = [1, 100, 1000];
const UNITS = { "per operation": "µs" };

export const groups = [
  ...UNACKNOWLEDGED.flatMap((unacknowledged) => [byBackend("node", unacknowledged), byBackend("browser", unacknowledged)]),
  ...UNACKNOWLEDGED.map(besideBare),
  written(),
];

function byBackend(place, unacknowledged) {
  const kinds = place === "node" ? IN_NODE : ALL;
  return {
    name: `receive with ${unacknowledged.toLocaleString("en")} unacknowledged`,
    units: UNITS,
    places: [place],
    rounds: 5,
    subjects: Object.fromEntries(kinds.map((kind) => [kind, { kind, unacknowledged }])),
    ratios: kinds.slice(1).map((kind) => ({ of: kind, to: kinds[0], metric: "per operation", better: "lower" })),
  };
}

function besideBare(unacknowledged) {
  return {
    name: `IndexedDB relaxed beside a bare transaction, ${unacknowledged.toLocaleString("en")} unacknowledged`,
    units: UNITS,
    places: ["browser"],
    rounds: 7,
    subjects: {
      ours: { kind: "IndexedDB relaxed", unacknowledged },
      "bare transaction": { bare: true, unacknowledged },
    },
    ratios: [
      { of: "ours", to: "bare transaction", metric: "per operation", better: "lower", target: { atMost: 1.5 } },
    ],
  };
}

function written() {
  const subjects = UNACKNOWLEDGED.map((unacknowledged) => [`${unacknowledged} unacknowledged`, { count: true, unacknowledged }]);
  return {
    name: "bytes written per operation",
    units: { snapshot: "B", history: "B" },
    rounds: 1,
    exact: true,
    places: ["node"],
    subjects: Object.fromEntries(subjects),
    ratios: [],
    limits: [{ subject: "100 unacknowledged", metric: "snapshot", atMost: 60_000 }],
  };
}

export async function measure({ kind = "Memory", unacknowledged, bare, count }) {
  if (count) return sizes(unacknowledged);
  if (bare) return { "per operation": await timeBare(await sizes(unacknowledged)) };
  const persistence = await openStorage(kind);
  const receive = await receiver(persistence, unacknowledged);
  await warmUp(receive);
  const watch = new Stopwatch();
  for (let round = 0; round < TIMED / 20; round += 1) await receive(watch);
  return { "per operation": watch.per(TIMED) };
}

/** A function that receives 20 messages, one after the other. */
async function receiver(persistence, unacknowledged) {
  const bob = await Ours.author("bob");
  const alice = await Ours.open("alice", { persistence });
  for (const message of messages(unacknowledged)) await alice.send(message);
  let seed = 1;
  return async (watch = new Stopwatch()) => {
    const batch = [];
    for (const message of messages(20, (seed += 1))) batch.push(await bob.send(message));
    await watch.run(async () => {
      for (const bytes of batch) await alice.receive(bytes);
    });
  };
}

/** Bytes that one operation writes. */
async function sizes(unacknowledged) {
  const counting = new Counting(await openStorage("Memory"));
  const receive = await receiver(counting, unacknowledged);
  await receive();
  const { meta, history } = counting.pairs.at(-1);
  return { snapshot: meta, history };
}

async function timeBare({ snapshot, history }) {
  const database = await openBare();
  let next = 0;
  const write = () =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(["meta", "history"], "readwrite", { durability: "relaxed" });
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
      transaction.objectStore("meta").put(new Uint8Array(snapshot), "room");
      transaction.objectStore("history").put(new Uint8Array(history), ["room", `message ${(next += 1)}`]);
      transaction.commit();
    });
  const writeSome = async () => {
    for (let count = 0; count < 20; count += 1) await write();
  };
  await warmUp(writeSome);
  const watch = new Stopwatch();
  for (let round = 0; round < TIMED / 20; round += 1) await watch.run(writeSome);
  return watch.per(TIMED);
}

function openBare() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("bare", 1);
    request.onupgradeneeded = () => {
      for (const store of ["meta", "history"]) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
