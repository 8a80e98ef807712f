/** Many operations at once: those that come while storage is busy share the next transaction. */

import { Ours } from "../libraries/ours.js";
import { ALL, countTransactions, openStorage } from "../storage.js";
import { messages, Stopwatch, warmUp } from "../workload.js";

const TOTAL = 300;
const IN_FLIGHT = [1, 10, 100];
const UNACKNOWLEDGED = 10;

export const groups = [
  ...["Memory"].map((kind) => byNumber(kind, ["node", "browser"])),
  ...ALL.filter((kind) => kind.startsWith("IndexedDB")).map((kind) => byNumber(kind, ["browser"])),
];

function byNumber(kind, places) {
  const hasTransactions = kind.startsWith("IndexedDB");
  return {
    name: `operations in flight, ${kind}`,
    units: { "per operation": "µs", ...(hasTransactions && { transactions: "" }) },
    places,
    rounds: 5,
    subjects: Object.fromEntries(IN_FLIGHT.map((inFlight) => [`${inFlight} in flight`, { kind, inFlight }])),
    ratios: IN_FLIGHT.slice(1).map((inFlight) => {
      const ratio = { of: "1 in flight", to: `${inFlight} in flight`, metric: "per operation", better: "higher" };
      return ratio;
    }),
    limits: hasTransactions ? [{ subject: "100 in flight", metric: "transactions", atMost: 5 }] : [],
  };
}

export async function measure({ kind, inFlight }) {
  const persistence = await openStorage(kind);
  const bob = await Ours.author("bob");
  const alice = await Ours.open("alice", { persistence });
  for (const message of messages(UNACKNOWLEDGED)) await alice.send(message);
  let seed = 1;
  const sent = async (count) => {
    const batch = [];
    for (const message of messages(count, (seed += 1))) batch.push(await bob.send(message));
    return batch;
  };
  const receive = async (batch) => {
    for (let from = 0; from < batch.length; from += inFlight) {
      await Promise.all(batch.slice(from, from + inFlight).map((bytes) => alice.receive(bytes)));
    }
  };
  await warmUp(async () => receive(await sent(inFlight)));
  const batch = await sent(TOTAL);
  const watch = new Stopwatch();
  const transactions = kind.startsWith("IndexedDB") && countTransactions();
  await watch.run(() => receive(batch));
  const result = { "per operation": watch.per(TOTAL) };
  // Of as many operations as are in flight.
  return transactions ? { ...result, transactions: transactions() / (TOTAL / inFlight) } : result;
}
