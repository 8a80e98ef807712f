/**
 * How far a message is from what can't be saved: its bytes, 19 kB, have to be copied into WebAssembly's memory or out of it.
 * The floor is one copy of each kind, as much as sending a message and receiving it need together.
 */

import { load } from "../libraries/index.js";
import { messages, Stopwatch, warmUp } from "../workload.js";

const COUNT = 2000;
const LENGTH = 19_810;
const FLOOR = "a copy in and a copy out";

export const groups = [
  {
    name: "the floor: 19 kB across the boundary",
    units: { "per message": "µs" },
    rounds: 7,
    subjects: { "send and receive": { work: "talk" }, [FLOOR]: { work: "copy" } },
    ratios: [{ of: "send and receive", to: FLOOR, metric: "per message", better: "lower" }],
  },
];

const WORK = { talk, copy };

export async function measure({ work }) {
  await warmUp(() => WORK[work](200));
  const watch = await WORK[work](COUNT);
  return { "per message": watch.per(COUNT) };
}

async function talk(count) {
  const { Member, options } = await load("ours", "defaults");
  const [alice, bob] = [await Member.open("alice", options), await Member.open("bob", options)];
  const all = messages(count);
  const watch = new Stopwatch();
  await watch.run(async () => {
    for (const message of all) await bob.receive(await alice.send(message));
  });
  await alice.close();
  await bob.close();
  return watch;
}

async function copy(count) {
  const { buffer } = new WebAssembly.Memory({ initial: 16 });
  const inside = new Uint8Array(buffer, 4096, LENGTH);
  const message = new Uint8Array(LENGTH).fill(7);
  let last;
  const watch = new Stopwatch();
  await watch.run(async () => {
    for (let done = 0; done < count; done += 1) {
      inside.set(message);
      last = inside.slice();
    }
  });
  if (last.length !== LENGTH) throw new Error("nothing was copied");
  return watch;
}
