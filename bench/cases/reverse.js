/** Receiving the newest first: everything waits until the oldest comes, last of all. */

import { load } from "../libraries/index.js";
import { expectEqual, messages, Stopwatch, warmUp } from "../workload.js";

const UNITS = { "per message": "µs" };

export const groups = [
  compare("receive 1,000 in reverse order, defaults", { setting: "defaults", count: 1000 }, { rounds: 3, slow: true }),
  compare("receive 1,000 in reverse order, alike", { setting: "alike", count: 1000 }, { rounds: 5 }),
  compare("receive 4,000 in reverse order, alike", { setting: "alike", count: 4000 }, { rounds: 3, slow: true }),
  {
    name: "receive in reverse order, 4,000 beside 1,000",
    units: UNITS,
    rounds: 7,
    subjects: {
      "4,000": { library: "ours", setting: "alike", count: 4000 },
      "1,000": { library: "ours", setting: "alike", count: 1000 },
    },
    ratios: [{ of: "4,000", to: "1,000", metric: "per message", better: "lower", target: { atMost: 1.5 } }],
  },
];

function compare(name, subject, group) {
  return {
    name,
    units: UNITS,
    ...group,
    subjects: { ours: { library: "ours", ...subject }, "@waku/sds": { library: "waku", ...subject } },
    ratios: [{ of: "@waku/sds", to: "ours", metric: "per message", better: "higher" }],
  };
}

export async function measure({ library, setting, count }) {
  const { Member, options } = await load(library, setting);
  const few = messages(200, 1);
  await warmUp(() => receiveReversed(Member, options, few));
  const watch = await receiveReversed(Member, options, messages(count));
  return { "per message": watch.per(count) };
}

async function receiveReversed(Member, options, all) {
  const bob = await Member.author("bob", options);
  const alice = await Member.open("alice", options);
  const sent = [];
  for (const message of all) sent.push(await bob.send(message));
  sent.reverse();
  const watch = new Stopwatch();
  await watch.run(async () => {
    for (const bytes of sent) await alice.receive(bytes);
    // Once, though their applications do it every few seconds.
    alice.sweep();
  });
  expectEqual("delivered", alice.delivered, all.length);
  await alice.close();
  await bob.close();
  return watch;
}
