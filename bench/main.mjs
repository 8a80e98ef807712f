// `npm run bench`

import { mkdirSync, writeFileSync } from "node:fs";
import { build } from "../js/build/build.mjs";
import { inRoot, whenMain } from "../js/build/common.mjs";
import { setup } from "../js/build/setup.mjs";
import { GROUPS } from "./cases/index.js";
import { openNode } from "./places/node.mjs";
import { summarize } from "./statistics.mjs";
import { number, table } from "./table.mjs";

await whenMain(import.meta.url, async (args) => {
  const quick = args.includes("--quick");
  if (!args.includes("--no-build")) {
    await setup();
    await build();
  }
  const place = await openNode();
  const measured = [];
  for (const group of GROUPS) {
    if (quick && group.slow) continue;
    process.stderr.write(`${group.name} `);
    measured.push(await run(place, group, quick ? 3 : group.rounds));
    process.stderr.write("\n");
  }
  await place.close();
  console.log(ratioTable(measured));
  mkdirSync(inRoot("target", "bench"), { recursive: true });
  writeFileSync(inRoot("target", "bench", "last.json"), JSON.stringify(measured, null, 2));
});

/** The subjects in turn, round by round. */
async function run(place, group, rounds) {
  const values = Object.fromEntries(Object.keys(group.subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, subject] of Object.entries(group.subjects)) {
      values[name].push(await place.measure(group.file, subject));
      process.stderr.write(".");
    }
  }
  const ratios = group.ratios.map((ratio) => {
    const each = values[ratio.of].map((result, round) => result[ratio.metric] / values[ratio.to][round][ratio.metric]);
    return { ...ratio, ...summarize(each) };
  });
  const metrics = Object.entries(values).map(([name, results]) => {
    const keys = Object.keys(results[0]);
    return [name, Object.fromEntries(keys.map((key) => [key, summarize(results.map((result) => result[key]))]))];
  });
  return { name: group.name, unit: group.unit, subjects: Object.fromEntries(metrics), ratios };
}

function ratioTable(measured) {
  const rows = measured.flatMap(({ name, unit, subjects, ratios }) =>
    ratios.map(({ of, to, metric, median, low, high, target }) => [
      name,
      number(median),
      `${number(low)}-${number(high)}`,
      target ? `>= ${target.atLeast} ${median >= target.atLeast ? "met" : "NOT MET"}` : "",
      `${number(subjects[to][metric].median)} ${unit}`,
      `${number(subjects[of][metric].median)} ${unit}`,
    ]),
  );
  return table(["", "ratio", "rounds", "target", "ours", "@waku/sds"], rows);
}
