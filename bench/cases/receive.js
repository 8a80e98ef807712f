/** Receiving in the order of sending: every message is delivered at once. */

import { load, SETTING_NAMES } from "../libraries/index.js";
import { expectEqual, messages, timed } from "../workload.js";

const BATCH = 100;

export const groups = SETTING_NAMES.map((setting) => ({
  name: `receive 1000 in order, ${setting}`,
  unit: "µs",
  rounds: 5,
  subjects: {
    ours: { library: "ours", setting, count: 1000 },
    "@waku/sds": { library: "waku", setting, count: 1000 },
  },
  ratios: [{ of: "@waku/sds", to: "ours", metric: "average", better: "higher", target: { atLeast: 50 } }],
}));

export async function measure({ library, setting, count }) {
  const { Member, options } = await load(library, setting);
  await receiveAll(Member, options, messages(300, 1));
  const { times } = await receiveAll(Member, options, messages(count));
  const sum = times.reduce((total, milliseconds) => total + milliseconds, 0);
  return { average: (sum / count) * 1000, last: (times.at(-1) / BATCH) * 1000 };
}

/** In batches, so that no more than one is in memory before it is received; gives the milliseconds of each. */
async function receiveAll(Member, options, all) {
  const author = await Member.author("bob", options);
  const alice = await Member.open("alice", options);
  const times = [];
  for (let from = 0; from < all.length; from += BATCH) {
    const batch = [];
    for (const message of all.slice(from, from + BATCH)) batch.push(await author.send(message));
    times.push(
      await timed(async () => {
        for (const bytes of batch) await alice.receive(bytes);
      }),
    );
  }
  expectEqual("delivered", alice.delivered, all.length);
  return { times };
}
