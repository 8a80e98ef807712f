/** Sending, without any acknowledgement: everything stays in the outgoing buffer. */

import { load, SETTING_NAMES } from "../libraries/index.js";
import { messages, timed } from "../workload.js";

const TARGETS = { 1000: { atLeast: 20 } };

export const groups = SETTING_NAMES.flatMap((setting) =>
  [1000, 5000].map((count) => ({
    name: `send ${count}, ${setting}`,
    unit: "µs",
    rounds: count > 1000 ? 3 : 5,
    slow: count > 1000,
    subjects: {
      ours: { library: "ours", setting, count },
      "@waku/sds": { library: "waku", setting, count },
    },
    ratios: [{ of: "@waku/sds", to: "ours", metric: "average", better: "higher", target: TARGETS[count] }],
  })),
);

export async function measure({ library, setting, count }) {
  const { Member, options } = await load(library, setting);
  await sendAll(await Member.open("alice", options), messages(300, 1));
  const alice = await Member.open("alice", options);
  const all = messages(count);
  const milliseconds = await timed(() => sendAll(alice, all));
  return { average: (milliseconds / count) * 1000 };
}

async function sendAll(member, all) {
  for (const message of all) await member.send(message);
}
