// Compares the ratios of two runs. Times are not compared: machines differ, and so does what else they do.

import { number } from "./table.mjs";

/** What a ratio may lose without a word, if the rounds of both runs were all the same: of counts, and of times. */
const EXACT = 0.02;
const TIMED = 0.1;
/** Where there was one round only, and nothing to tell the noise from. */
const ONCE = 0.3;

/**
 * What got worse from `before` to `after`: the median by more than the tolerance, and even the best round is worse than
 * the worst one was. `missing` are ratios that only `before` has.
 */
export function compare(before, after) {
  const old = ratiosOf(before);
  const fresh = ratiosOf(after);
  const both = [...old.keys()].filter((key) => fresh.has(key));
  const worse = both.filter((key) => isWorse(old.get(key), fresh.get(key)));
  return {
    compared: both.length,
    missing: [...old.keys()].filter((key) => !fresh.has(key)),
    worse: worse.map((key) => `${key}: ${number(old.get(key).median)} before, ${number(fresh.get(key).median)} now`),
  };
}

function isWorse(old, fresh) {
  const [was, is] = old.better === "higher" ? [old, fresh].map(upsideDown) : [old, fresh];
  return is.median > was.median * (1 + tolerance(old, fresh)) && is.low > was.high;
}

/** Of a ratio that should be high, the one that should be low. */
const upsideDown = ({ median, low, high }) => ({ median: 1 / median, low: 1 / high, high: 1 / low });

function tolerance(old, fresh) {
  if (old.exact) return EXACT;
  return Math.min(old.rounds.length, fresh.rounds.length) > 1 ? TIMED : ONCE;
}

/** By what they compare. */
function ratiosOf({ groups }) {
  const entries = groups.flatMap(({ place, name, exact, ratios }) =>
    ratios.map((ratio) => [`${name}: ${ratio.of} / ${ratio.to}, ${ratio.metric}, in ${place}`, { ...ratio, exact }]),
  );
  return new Map(entries);
}
