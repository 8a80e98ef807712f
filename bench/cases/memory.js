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
  const modules = watchModules();
  const { Member, options } = await load(library, setting);
  const all = messages(COUNT);
  const kept = [await fill(Member, options, all)];
  const before = used(modules);
  for (let channel = 0; channel < CHANNELS[library]; channel += 1) kept.push(await fill(Member, options, all));
  return { memory: (used(modules) - before) / CHANNELS[library] / MEGABYTE };
}

async function fill(Member, options, all) {
  const author = await Member.author("bob", options);
  const member = await Member.open("alice", options);
  for (const message of all) await member.receive(await author.send(message));
  await author.close();
  return member;
}

/** The memories of all WebAssembly modules from now on. */
function watchModules() {
  const memories = [];
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    const { memory } = (result.instance ?? result).exports;
    if (memory) memories.push(memory);
    return result;
  };
  return memories;
}

function used(memories) {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, heapUsed + external);
}
