/** From the import of the library to the bytes of the first message, in a process or page that has not seen it before. */

import { load } from "../libraries/index.js";
import { messages } from "../workload.js";

export const groups = [
  {
    name: "import to first message",
    units: { time: "ms" },
    rounds: 11,
    subjects: { ours: { library: "ours" }, "@waku/sds": { library: "waku" } },
    ratios: [{ of: "@waku/sds", to: "ours", metric: "time", better: "higher", target: { above: 1 } }],
  },
];

export async function measure({ library }) {
  const [message] = messages(1);
  const start = performance.now();
  const { Member, options } = await load(library, "defaults");
  const member = await Member.open("alice", options);
  await member.send(message);
  return { time: performance.now() - start };
}
