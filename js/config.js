/** The settings' defaults, readable before the WebAssembly module is loaded. A test compares them with the core's own. */

import { plainObject } from "./arguments.js";
import { invalidArgument } from "./errors.js";

const NIM_SDS = Object.freeze({
  dialect: "nim-sds",
  bloomFilterCapacity: 10_000,
  bloomFilterErrorRate: 0.001,
  maxMessageHistory: 1000,
  maxCausalHistory: 10,
  resendInterval: 60_000,
  maxResendAttempts: 5,
  syncMessageInterval: 30_000,
  bufferSweepInterval: 60_000,
  repairTMin: 30_000,
  repairTMax: 300_000,
  numResponseGroups: 1,
  maxRepairRequests: 3,
  repairSweepInterval: 5000,
  possibleAcksThreshold: 1,
  maxIncomingBuffer: 1000,
  maxRepairBuffer: 1000,
  lostMessageTimeout: 0,
});

const RFC = Object.freeze({ ...NIM_SDS, dialect: "rfc", repairTMax: 120_000, possibleAcksThreshold: 2 });

export function defaultConfig(dialect) {
  return checkDialect(dialect) === RFC.dialect ? { ...RFC } : { ...NIM_SDS };
}

/**
 * The settings that are given, with values of the right type; undefined counts as not given. Which names exist and
 * what range each has is left to the core, which owns them.
 */
export function checkConfig(name, config) {
  const given = Object.entries(plainObject(name, config)).filter(([, value]) => value !== undefined);
  for (const [key, value] of given) {
    if (key === "dialect") checkDialect(value);
    else if (Object.hasOwn(NIM_SDS, key) && typeof value !== "number") {
      throw invalidArgument(`${name}.${key}`, "a number", value);
    }
  }
  return Object.fromEntries(given);
}

/** The dialect to use: the default if none was given. */
export function checkDialect(dialect = NIM_SDS.dialect) {
  if (dialect === NIM_SDS.dialect || dialect === RFC.dialect) return dialect;
  throw invalidArgument("dialect", `"${NIM_SDS.dialect}" or "${RFC.dialect}"`, dialect);
}
