/** What sending one more costs when many wait for an acknowledgement already. */

import { load } from "../libraries/index.js";
import { messages, Stopwatch, warmUp } from "../workload.js";

const TIMED = 200;
const CHANNELS = 5;

export const groups = [
  {
    name: "send, 5,000 unacknowledged beside 100",
    units: { "per message": "µs" },
    rounds: 7,
    subjects: { "5,000": { depth: 5000 }, 100: { depth: 100 } },
    ratios: [{ of: "5,000", to: "100", metric: "per message", better: "lower", target: { atMost: 1.5 } }],
  },
];

/** The 200 messages around the one that finds `depth` others, in several channels. */
export async function measure({ depth }) {
  const { Member, options } = await load("ours", "defaults");
  const before = depth - TIMED / 2;
  const all = messages(before + TIMED);
  await warmUp(() => sendAround(Member, options, messages(TIMED, 1), 0));
  let milliseconds = 0;
  for (let channel = 0; channel < CHANNELS; channel += 1) {
    milliseconds += await sendAround(Member, options, all, before);
  }
  return { "per message": (milliseconds / (CHANNELS * TIMED)) * 1000 };
}

async function sendAround(Member, options, all, before) {
  const alice = await Member.open("alice", options);
  // Collects now: just before what is timed, it would make the allocator give back the memory that this is about to use.
  const watch = new Stopwatch();
  for (const message of all.slice(0, before)) await alice.send(message);
  await watch.run(async () => {
    for (const message of all.slice(before)) await alice.send(message);
  });
  await alice.close();
  return watch.milliseconds;
}
