// The command line.

import { parseArgs } from "node:util";
import { NAMES } from "./script.mjs";

const NUMBERS = {
  participants: { default: 4, min: 2, max: NAMES.length, says: "processes that talk to each other" },
  messages: { default: 12, min: 1, max: 100, says: "lines that each of them says" },
  loss: { default: 25, min: 0, max: 90, says: "per cent of the frames that get lost" },
  duplicate: { default: 10, min: 0, max: 100, says: "per cent of the others that arrive twice" },
  seed: { default: 1, min: 0, max: 2 ** 32 - 1, says: "of the network's dice" },
  timeout: { default: undefined, min: 1, max: 3600, says: "seconds until it gives up (30 + 1 per line)" },
};

export class UsageError extends Error {
  constructor(message) {
    super(`${message}\nTry --help.`);
  }
}

export function help() {
  const rows = Object.entries(NUMBERS).map(([name, { default: value, min, max, says }]) => {
    const range = `${min} to ${max}${value === undefined ? "" : `, default ${value}`}`;
    return `  --${name.padEnd(12)}  ${says}\n${" ".repeat(18)}${range}`;
  });
  return `Usage: npm run example -- [options]

Participants chat over a network that loses, repeats and reorders what they
send. One of them is killed in mid-traffic and comes back from its folder. In
the end all must have the same log, in causal order.

${rows.join("\n")}
  --help          this text

The same seed rolls the same dice for each link. Real processes are never on
time to the millisecond, so the figures of two runs are alike, not equal.
Exit code: 0 all logs agree, 1 they do not, 2 wrong options.`;
}

function wholeNumber(name, text) {
  const { min, max } = NUMBERS[name];
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, got "${text}"`);
}

function parse(args) {
  const strings = Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, { type: "string" }]));
  try {
    return parseArgs({ args, options: { ...strings, help: { type: "boolean" } } }).values;
  } catch (error) {
    // The first sentence says it; the rest is advice on what does not apply here.
    throw new UsageError(error.message.split(/\.\s/)[0]);
  }
}

/** The options, complete and checked; `{ help: true }` if that was asked for. */
export function readOptions(args) {
  const given = parse(args);
  if (given.help) return { help: true };
  const options = {};
  for (const [name, { default: value }] of Object.entries(NUMBERS)) {
    options[name] = given[name] === undefined ? value : wholeNumber(name, given[name]);
  }
  options.timeout ??= 30 + options.messages;
  return options;
}
