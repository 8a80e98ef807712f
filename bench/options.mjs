// What is typed after `npm run bench --`.

import { parseArgs } from "node:util";
import { Failure } from "../js/build/common.mjs";

export const HELP = `Usage: npm run bench -- [options]

Builds the package and measures it beside @waku/sds, in Node. Prints tables and
writes a JSON file. Some of it takes @waku/sds minutes; --quick leaves that out.

  --browser      in headless Chromium, too
  --quick        without what takes long, and in three rounds
  --rounds N     in so many rounds, 1 to 100
  --only TEXT    only what has this text in its name; may be given several times
  --list         only names
  --out FILE     where to write the results (default: bench/last.json); a run that
                 is interrupted leaves there what it has
  --check FILE   compare the ratios with the results in FILE; exits with 1 if
                 any got worse (FILE may be bench/reference.json)
  --no-build     measure pkg/ as it is
  --help         this text`;

const OPTIONS = {
  browser: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  rounds: { type: "string" },
  only: { type: "string", multiple: true, default: [""] },
  list: { type: "boolean", default: false },
  out: { type: "string", default: "bench/last.json" },
  check: { type: "string" },
  build: { type: "boolean", default: true },
  help: { type: "boolean", default: false },
};

/** @param {string[]} args */
export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: OPTIONS, allowNegative: true }));
  } catch (error) {
    throw new Failure(`${error.message.split(/\.\s/)[0]}\nTry --help.`);
  }
  return { ...values, rounds: readRounds(values.rounds) };
}

function readRounds(text) {
  if (text === undefined) return undefined;
  const rounds = Number(text);
  if (/^\d+$/.test(text) && rounds >= 1 && rounds <= 100) return rounds;
  throw new Failure(`--rounds must be a whole number from 1 to 100, got "${text}"\nTry --help.`);
}
