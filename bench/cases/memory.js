/** Memory that 1,000 received messages take: the JavaScript heap, its buffers and the memory of WebAssembly. */

import { load, SETTING_NAMES } from "../libraries/index.js";
import { messages } from "../workload.js";

const COUNT = 1000;
/** So many channels of so many, because memory is taken in pieces, which are small beside what theirs takes. */
const CHANNELS = { ours: 10, waku: 2 };
const MEGABYTE = 1e6;

export const groups = SETTING_NAMES.map((setting) => ({
  name: `memory for 1,000 messages, ${setting}`,
  units: { memory: "MB" },
  places: ["node"],
  rounds: 3,
  subjects: { ours: { library: "ours", setting }, "@waku/sds": { library: "waku", setting } },
  ratios: [{ of: "@waku/sds", to: "ours", metric: "memory", better: "higher" }],
  limits: [{ subject: "ours", metric: "memory", atMost: 2 }],
}));

export async function measure({ library, setting }) {
  const { Member, options } = await load(library, setting);
  const all = await write(Member, options, messages(COUNT));
  const kept = [await fill(Member, options, all)];
  const before = used();
  for (let channel = 0; channel < CHANNELS[library]; channel += 1) kept.push(await fill(Member, options, all));
  return { memory: (used() - before) / CHANNELS[library] / MEGABYTE };
}

/** Made before anything is measured: what an author takes and leaves behind is not what a log takes. */
async function write(Member, options, all) {
  const author = await Member.author("bob", options);
  const written = [];
  for (const message of all) written.push(await author.send(message));
  await author.close();
  return written;
}

async function fill(Member, options, all) {
  const member = await Member.open("alice", options);
  for (const bytes of all) await member.receive(bytes);
  return member;
}

/** `external` has the buffers and the memory of WebAssembly. */
function used() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
