/** One received message, written to IndexedDB, beside a bare transaction that writes as many bytes. */

import { receiver, UNACKNOWLEDGED, writtenBytes } from "../receiver.js";
import { openStorage } from "../storage.js";
import { Stopwatch, warmUp } from "../workload.js";

const ROUNDS = 5;
const STORES = ["meta", "history"];

export const groups = UNACKNOWLEDGED.map((unacknowledged) => ({
  name: `IndexedDB relaxed beside a bare transaction, ${unacknowledged.toLocaleString("en")} unacknowledged`,
  units: { "per operation": "µs" },
  places: ["browser"],
  rounds: 7,
  subjects: { ours: { unacknowledged }, "bare transaction": { unacknowledged, bare: true } },
  ratios: [
    { of: "ours", to: "bare transaction", metric: "per operation", better: "lower", target: { atMost: 1.5 } },
  ],
}));

export async function measure({ unacknowledged, bare }) {
  const open = bare ? openBare : openOurs;
  const { work, each } = await open(unacknowledged);
  await warmUp(work);
  const watch = new Stopwatch();
  for (let round = 0; round < ROUNDS; round += 1) await work(watch);
  return { "per operation": watch.per(ROUNDS * each) };
}

async function openOurs(unacknowledged) {
  const { receive, each } = await receiver(await openStorage("IndexedDB relaxed"), unacknowledged);
  return { work: receive, each };
}

async function openBare(unacknowledged) {
  const { snapshot, history } = await writtenBytes(unacknowledged);
  const database = await openDatabase();
  const each = 20;
  let next = 0;
  const write = () =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORES, "readwrite", { durability: "relaxed" });
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
      transaction.objectStore("meta").put(new Uint8Array(snapshot), "room");
      transaction.objectStore("history").put(new Uint8Array(history), ["room", `message ${(next += 1)}`]);
      transaction.commit();
    });
  const work = (watch = new Stopwatch()) =>
    watch.run(async () => {
      for (let count = 0; count < each; count += 1) await write();
    });
  return { work, each };
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("bare", 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
