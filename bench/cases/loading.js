/** Loading a channel whose history is in storage. */

import { Ours } from "../libraries/ours.js";
import { openStorage } from "../storage.js";
import { expectEqual, messages, CHANNEL, Stopwatch } from "../workload.js";

const COUNTS = [1000, 10_000];
const BATCH = 100;

export const groups = [
  loading("Memory", ["node", "browser"]),
  loading("IndexedDB relaxed", ["browser"]),
];

function loading(kind, places) {
  const subjects = COUNTS.map((count) => [count.toLocaleString("en"), { kind, count }]);
  return {
    name: `load a channel, ${kind}`,
    units: { "per message": "µs", all: "ms" },
    places,
    rounds: 5,
    subjects: Object.fromEntries(subjects),
    ratios: [{ of: "10,000", to: "1,000", metric: "per message", better: "lower" }],
  };
}

export async function measure({ kind, count }) {
  const config = { maxMessageHistory: count };
  const persistence = await openStorage(kind);
  const writer = await Ours.open("alice", { persistence, config });
  const bob = await Ours.author("bob");
  const all = messages(count);
  for (let from = 0; from < count; from += BATCH) {
    const sent = [];
    for (const message of all.slice(from, from + BATCH)) sent.push(await bob.send(message));
    await Promise.all(sent.map((bytes) => writer.receive(bytes)));
  }
  await writer.close();
  const watch = new Stopwatch();
  const reader = await watch.run(() => Ours.open("alice", { persistence, config }));
  expectEqual("loaded", reader.manager.getMessageHistory(CHANNEL).length, count);
  return { "per message": watch.per(count), all: watch.milliseconds };
}
