/** The filters alone: 10,000 ids, which is what both have room for. Ours reads each id from WebAssembly's memory. */

import { messages, Stopwatch, warmUp } from "../workload.js";

const COUNT = 10_000;
const METRICS = ["insert", "find", "miss"];

export const groups = [
  {
    name: "filter",
    units: Object.fromEntries(METRICS.map((metric) => [metric, "µs"])),
    places: ["node"],
    needs: "filter",
    rounds: 5,
    subjects: { ours: { library: "ours" }, "@waku/sds": { library: "waku" } },
    ratios: METRICS.map((metric) => ({ of: "@waku/sds", to: "ours", metric, better: "higher" })),
  },
];

const OPEN = {
  ours: async () => (await import("../libraries/filter.mjs")).openFilter("nim-sds"),
  waku: async () => new (await import("@waku/sds")).MessageChannel("room", "alice").filter,
};

export async function measure({ library }) {
  const ids = messages(COUNT).map(({ id }) => id);
  const others = messages(COUNT, 1).map(({ id }) => id);
  await warmUp(async () => {
    const filter = await OPEN[library]();
    each(ids.slice(0, 1000), (id) => filter.insert(id));
    each(ids.slice(0, 1000), (id) => filter.lookup(id));
  });
  const filter = await OPEN[library]();
  const insert = await time(() => each(ids, (id) => filter.insert(id)));
  const find = await time(() => expectCount(ids, filter, (count) => count === COUNT));
  // One in a thousand is to be taken for known.
  const miss = await time(() => expectCount(others, filter, (count) => count < COUNT / 100));
  return { insert, find, miss };
}

const each = (ids, visit) => ids.forEach(visit);

async function time(body) {
  const watch = new Stopwatch();
  await watch.run(body);
  return watch.per(COUNT);
}

function expectCount(ids, filter, isRight) {
  const count = ids.filter((id) => filter.lookup(id)).length;
  if (!isRight(count)) throw new Error(`the filter knows ${count} of ${ids.length} ids`);
}
