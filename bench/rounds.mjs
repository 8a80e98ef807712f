// Takes the measurements of one group in turn, round by round, so that whatever else the machine does meanwhile falls on
// all of them alike.

import { Failure } from "../js/build/common.mjs";
import { summarize } from "./statistics.mjs";

/** @param place Where to measure. @param {() => void} progress Called after each measurement. */
export async function measureGroup(place, group, rounds, progress) {
  const names = Object.keys(group.subjects);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      results[name].push(await measureOne(place, group, name));
      progress();
    }
  }
  const { name, units, ratios, limits = [], exact = false } = group;
  return {
    place: place.name,
    name,
    exact,
    units,
    subjects: Object.fromEntries(names.map((subject) => [subject, summarizeMetrics(results[subject])])),
    ratios: ratios.map((ratio) => ({ ...ratio, ...ratioOf(ratio, results) })),
    limits: limits.map((limit) => ({ ...limit, value: summarizeMetrics(results[limit.subject])[limit.metric].median })),
  };
}

async function measureOne(place, group, name) {
  try {
    return await place.measure(group.file, group.subjects[name]);
  } catch (error) {
    throw new Failure(`${group.name}, ${name}, in ${place.name}: ${error.stderr || error.message}`);
  }
}

/** Round by round, because those of one round were measured one right after the other. */
function ratioOf({ of, to, metric }, results) {
  return summarize(results[of].map((result, round) => result[metric] / results[to][round][metric]));
}

function summarizeMetrics(results) {
  const metrics = Object.keys(results[0]);
  return Object.fromEntries(metrics.map((metric) => [metric, summarize(results.map((result) => result[metric]))]));
}
