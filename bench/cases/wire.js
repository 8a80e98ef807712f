/** How long a message of 200 bytes is on the wire, once the log is longer than any causal history. */

import { load, SETTING_NAMES } from "../libraries/index.js";
import { messages } from "../workload.js";

const COUNT = 300;

export const groups = SETTING_NAMES.map((setting) => ({
  name: `bytes on the wire, ${setting}`,
  units: { bytes: "B" },
  rounds: 1,
  exact: true,
  subjects: { ours: { library: "ours", setting }, "@waku/sds": { library: "waku", setting } },
  ratios: [{ of: "@waku/sds", to: "ours", metric: "bytes", better: "higher" }],
}));

export async function measure({ library, setting }) {
  const { Member, options } = await load(library, setting);
  const author = await Member.author("alice", options);
  let bytes;
  for (const message of messages(COUNT)) bytes = await author.send(message);
  await author.close();
  return { bytes: bytes.length };
}
