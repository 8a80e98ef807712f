/** Receiving in the order of sending: every message is delivered at once. */

import { load, SETTING_NAMES } from "../libraries/index.js";
import { expectEqual, messages, Stopwatch, warmUp } from "../workload.js";

const BATCH = 1000;
const LONG = 10_000;
/** How many are timed at the end of a log that was made before: enough for a hundredth of a second and more. */
const LAST = { ours: 1000, waku: 50 };

export const groups = SETTING_NAMES.flatMap((setting) => [
  compare(`receive 1,000 in order, ${setting}`, { setting, count: 1000 }, { rounds: 7, target: { atLeast: 50 } }),
  compare(
    `receive the last of 10,000 in order, ${setting}`,
    { setting, count: LONG, onlyLast: true },
    { rounds: 3, target: { atLeast: 500 } },
  ),
  growth(setting),
]);

/** All of them, which takes @waku/sds minutes: once, under the settings where it is faster. */
groups.push(compare("receive 10,000 in order, alike", { setting: "alike", count: LONG }, { rounds: 1, slow: true }));

function compare(name, subject, { target, ...group }) {
  return {
    name,
    units: { "per message": "µs" },
    ...group,
    subjects: { ours: { library: "ours", ...subject }, "@waku/sds": { library: "waku", ...subject } },
    ratios: [{ of: "@waku/sds", to: "ours", metric: "per message", better: "higher", target }],
  };
}

function growth(setting) {
  return {
    name: `receive in order, 10,000 beside 1,000, ${setting}`,
    units: { "per message": "µs" },
    rounds: 5,
    subjects: {
      "10,000": { library: "ours", setting, count: LONG },
      "1,000": { library: "ours", setting, count: 1000 },
    },
    ratios: [{ of: "10,000", to: "1,000", metric: "per message", better: "lower", target: { atMost: 1.5 } }],
  };
}

export async function measure({ library, setting, count, onlyLast }) {
  const { Member, options } = await load(library, setting);
  const few = messages(200, 1);
  await warmUp(() => receiveAll(Member, options, few));
  const filled = onlyLast ? count - LAST[library] : 0;
  const milliseconds = await receiveAll(Member, options, messages(count), filled);
  return { "per message": (milliseconds / (count - filled)) * 1000 };
}

/** Made in batches, untimed, so that their bytes fit in memory. */
async function receiveAll(Member, options, all, filled = 0) {
  const bob = await Member.author("bob", options);
  const alice = await Member.open("alice", options);
  if (filled) await alice.fill(bob, all.slice(0, filled));
  let milliseconds = 0;
  for (let from = filled; from < all.length; from += BATCH) {
    const batch = [];
    for (const message of all.slice(from, from + BATCH)) batch.push(await bob.send(message));
    const watch = new Stopwatch();
    await watch.run(async () => {
      for (const bytes of batch) await alice.receive(bytes);
    });
    milliseconds += watch.milliseconds;
  }
  expectEqual("delivered", alice.delivered, all.length);
  await alice.close();
  await bob.close();
  return milliseconds;
}
