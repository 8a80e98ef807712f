// `npm run bench`: measures, prints the tables, writes the results, compares them with earlier ones.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "../js/build/build.mjs";
import { Failure, inRoot, say, whenMain } from "../js/build/common.mjs";
import { setup } from "../js/build/setup.mjs";
import { allGroups } from "./cases/index.js";
import { compare } from "./check.mjs";
import { buildFilter } from "./libraries/filter.mjs";
import { machine, versions } from "./machine.mjs";
import { HELP, readOptions } from "./options.mjs";
import { openBrowser } from "./places/browser.mjs";
import { openNode } from "./places/node.mjs";
import { report, summary } from "./report.mjs";
import { measureGroup } from "./rounds.mjs";
import { table } from "./table.mjs";

const QUICK_ROUNDS = 3;

/** Selected, each with the number of its rounds. */
function plan(groups, { quick, rounds, only }) {
  const isAsked = ({ name }) => only.some((text) => name.includes(text));
  const chosen = groups.filter((group) => isAsked(group) && !(quick && group.slow));
  if (!chosen.length) throw new Failure(`no measurement has "${only.join('" or "')}" in its name: --list shows them`);
  const roundsOf = (group) => (group.exact ? 1 : (rounds ?? (quick ? Math.min(QUICK_ROUNDS, group.rounds) : group.rounds)));
  return chosen.map((group) => ({ ...group, rounds: roundsOf(group) }));
}

const isAt = ({ name }) => ({ places = ["node", "browser"] }) => places.includes(name);

/** Measures, and keeps the results in `file` as they come. */
async function measureAll(places, groups, file) {
  const results = { date: new Date().toISOString(), machine: machine(), versions: versions(places), groups: [] };
  for (const place of places) {
    for (const group of groups.filter(isAt(place))) {
      process.stderr.write(`▸ ${place.name}: ${group.name} `);
      results.groups.push(await measureGroup(place, group, group.rounds, () => process.stderr.write(".")));
      process.stderr.write("\n");
      writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
    }
  }
  return results;
}

async function measure(groups, { browser, out }) {
  const places = [await openNode()];
  try {
    if (browser) places.push(await openBrowser());
    return await measureAll(places, groups, out);
  } finally {
    for (const place of places) await place.close();
  }
}

function print(results) {
  for (const { title, text } of report(results, table)) console.log(`\n${title}\n\n${text}`);
  console.log(`\n${summary(results)}`);
}

function check(file, results) {
  const { compared, missing, worse } = compare(readResults(file), results);
  if (missing.length) say(`${missing.length} ratios of ${file} were not measured this time`);
  if (worse.length) throw new Failure(`worse than in ${file}:\n  ${worse.join("\n  ")}`);
  say(`none of ${compared} ratios is worse than in ${file}`);
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure(`${file} has no results of an earlier run: ${error.message}`);
  }
}

await whenMain(import.meta.url, async (args) => {
  const options = readOptions(args);
  if (options.help) return console.log(HELP);
  // Before anything takes time.
  if (options.check) readResults(options.check);
  if (options.build) {
    await setup();
    await build();
  } else if (!existsSync(inRoot("pkg", "package.json"))) {
    throw new Failure("there is no pkg/ to measure yet: leave out --no-build");
  }
  const groups = plan(await allGroups(), options);
  if (options.list) return console.log([...new Set(groups.map(({ name }) => name))].join("\n"));
  if (options.build && groups.some(({ needs }) => needs === "filter")) await buildFilter();
  const results = await measure(groups, options);
  print(results);
  say(`${options.out} has every round`);
  if (options.check) check(options.check, results);
});
