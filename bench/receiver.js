/** A member with a backend and unacknowledged messages, which receives others. */

import { Ours } from "./libraries/ours.js";
import { Counting, openStorage } from "./storage.js";
import { messages, Stopwatch } from "./workload.js";

export const UNACKNOWLEDGED = [1, 100, 1000];

const EACH = 20;

/** As many characters as the ids have that `ReliableChannel` makes. */
const ID = 22;

/** `receive(watch)` times it while it receives `each` messages, one after the other, which acknowledge nothing. */
export async function receiver(persistence, unacknowledged) {
  const bob = await Ours.author("bob");
  const alice = await Ours.open("alice", { persistence });
  for (const message of ours(unacknowledged)) await alice.send(message);
  let seed = 1;
  const receive = async (watch = new Stopwatch()) => {
    const batch = [];
    for (const message of ours(EACH, (seed += 1))) batch.push(await bob.send(message));
    await watch.run(async () => {
      for (const bytes of batch) await alice.receive(bytes);
    });
  };
  return { receive, each: EACH };
}

function ours(...args) {
  return messages(...args).map(({ id, content }) => ({ id: id.slice(0, ID), content }));
}

/** The bytes that receiving one message writes: of the snapshot, and of the history. */
export async function writtenBytes(unacknowledged) {
  const counting = new Counting(await openStorage("Memory"));
  const { receive } = await receiver(counting, unacknowledged);
  await receive();
  const { meta, history } = counting.pairs.at(-1);
  return { snapshot: meta, history };
}
