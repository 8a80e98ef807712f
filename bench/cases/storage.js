/**
 * One received message at a time, written to each backend, with some own messages that wait for an acknowledgement: the
 * snapshot that is written has them all.
 */

import { receiver, UNACKNOWLEDGED } from "../receiver.js";
import { ALL, IN_NODE, openStorage } from "../storage.js";
import { Stopwatch, warmUp } from "../workload.js";

const ROUNDS = 5;

export const groups = UNACKNOWLEDGED.flatMap((unacknowledged) => [
  byBackend("node", IN_NODE, unacknowledged),
  byBackend("browser", ALL, unacknowledged),
]);

function byBackend(place, kinds, unacknowledged) {
  return {
    name: `receive with ${unacknowledged.toLocaleString("en")} unacknowledged`,
    units: { "per operation": "µs" },
    places: [place],
    rounds: 5,
    subjects: Object.fromEntries(kinds.map((kind) => [kind, { kind, unacknowledged }])),
    ratios: kinds.slice(1).map((kind) => ({ of: kind, to: kinds[0], metric: "per operation", better: "lower" })),
  };
}

export async function measure({ kind, unacknowledged }) {
  const { receive, each } = await receiver(await openStorage(kind), unacknowledged);
  await warmUp(receive);
  const watch = new Stopwatch();
  for (let round = 0; round < ROUNDS; round += 1) await receive(watch);
  return { "per operation": watch.per(ROUNDS * each) };
}
