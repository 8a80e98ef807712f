/** What a room can be told, by a link or by its controls. */

/** @typedef {import("./types.js").Settings} Settings */

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  seed: 1,
  peers: 4,
  loss: 0.25,
  duplication: 0.05,
  latency: 250,
  reordering: 0.2,
  rate: 1,
  speed: 1,
});

/** @type {Readonly<Record<keyof Settings, Readonly<import("./types.js").Limit>>>} */
export const LIMITS = Object.freeze({
  seed: limit("seed", 0, 2 ** 32 - 1, 1, ""),
  peers: limit("number of peers", 2, 8, 1, ""),
  loss: limit("loss", 0, 0.9, 0.01, "share"),
  duplication: limit("duplication", 0, 0.5, 0.01, "share"),
  latency: limit("latency", 0, 3000, 10, "ms"),
  reordering: limit("reordering", 0, 1, 0.01, "share"),
  rate: limit("rate of messages", 0, 20, 0.1, "per second"),
  speed: limit("speed", 0.25, 20, 0.25, "times"),
});

/** `step` is for sliders; of the settings, only whole numbers are bound to it. */
function limit(label, min, max, step, unit) {
  return Object.freeze({ label, min, max, step, unit, whole: step === 1 && unit === "" });
}

/**
 * Reads a link's query. Each value that is no good is replaced by the default and reported in a sentence; parameters that
 * are no settings may belong to others.
 * @param {string} search
 * @returns {{ settings: Settings, problems: string[] }}
 */
export function parseSettings(search) {
  const settings = { ...DEFAULTS };
  const problems = [];
  const given = new URLSearchParams(search);
  for (const name of Object.keys(LIMITS)) {
    const text = given.get(name);
    if (text === null) continue;
    const value = parseNumber(text);
    const reason = complaint(name, value);
    if (reason) problems.push(`${reason}, not ${quoted(text)}: ${DEFAULTS[name]} is used instead.`);
    else settings[name] = value;
  }
  return { settings, problems };
}

/** A query for a link. The seed is always in it: it is what makes the run the same. @param {Settings} settings */
export function formatSettings(settings) {
  const names = Object.keys(LIMITS).filter((name) => name === "seed" || settings[name] !== DEFAULTS[name]);
  return new URLSearchParams(names.map((name) => [name, String(settings[name])])).toString();
}

/**
 * Checks one value. @param {keyof Settings} name @param {unknown} value
 * @returns {number} @throws {RangeError}
 */
export function checkSetting(name, value) {
  if (!Object.hasOwn(LIMITS, name)) throw new RangeError(`There is no setting ${quoted(name)}.`);
  const reason = complaint(name, value);
  if (reason) throw new RangeError(`${reason}, not ${quoted(value)}.`);
  return value;
}

/** Checks them all; what is missing has its default. @param {Partial<Settings>} given @returns {Readonly<Settings>} */
export function checkSettings(given) {
  const settings = { ...DEFAULTS, ...given };
  for (const [name, value] of Object.entries(settings)) checkSetting(name, value);
  return Object.freeze(settings);
}

/** What is wrong with a value, as the beginning of a sentence; undefined if nothing is. */
function complaint(name, value) {
  const { label, min, max, whole } = LIMITS[name];
  const isNumber = typeof value === "number" && value >= min && value <= max;
  if (isNumber && (!whole || Number.isInteger(value))) return undefined;
  return `The ${label} must be a ${whole ? "whole " : ""}number from ${min} to ${max}`;
}

/** Plain decimals only: Number() reads "", "0x10" and "1e3" as well, which nobody means in a link. */
function parseNumber(text) {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
}

/** Whatever it is, short enough for a sentence. */
function quoted(value) {
  const text = typeof value === "string" ? value : String(value);
  const characters = Array.from(text);
  return JSON.stringify(characters.length > 24 ? `${characters.slice(0, 23).join("")}…` : text);
}
