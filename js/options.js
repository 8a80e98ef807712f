/** Checks of objects with options. */

import { boolean, bytes, func, instance, isUint8Array, optional, plainObject, text } from "./arguments.js";
import { checkConfig } from "./config.js";
import { SdsError, invalidArgument, messageOf, report } from "./errors.js";

const PERSISTENCE_METHODS = ["saveChannelMeta", "updateHistory", "loadChannel", "dropChannel", "setRetrievalHint"];

/** As in the core, which leaves larger ones out. */
const MAX_HINT = 16 * 1024;

/** The last instant a Date can hold. */
const MAX_TIME = 8.64e15;

const MANAGER = {
  participantId: text,
  config: optional(checkConfig),
  persistence: optional(checkPersistence),
  retrievalHint: optional(func),
  now: optional(func),
};

const MESSAGES = {
  fromStart: optional(boolean),
  signal: optional(abortSignal),
};

/** What `ReliabilityManager.create` is given; nothing is loaded before it passes. */
export function checkOptions(options) {
  return checkedCopy(MANAGER, options);
}

/** What `ReliableChannel.messages` is given. */
export function checkMessagesOptions(options) {
  return checkedCopy(MESSAGES, options);
}

/** A function that reads the wall clock and doesn't trust it. */
export function clock(now = Date.now) {
  return () => {
    const time = readClock(now);
    if (typeof time !== "number" || !(time >= 0 && time <= MAX_TIME)) {
      throw invalidArgument("the result of now()", `a number of milliseconds from 0 to ${MAX_TIME}`, time);
    }
    return Math.floor(time);
  };
}

/** The application's hint function, safe to be called from the core: what fails is reported and counts as no hint. */
export function hintProvider(retrievalHint) {
  if (retrievalHint === undefined) return undefined;
  return (messageId, channelId) => {
    try {
      const hint = retrievalHint(messageId, channelId);
      if (hint === undefined) return undefined;
      if (!isUint8Array(hint)) throw invalidArgument("the result of retrievalHint()", "a Uint8Array or undefined", hint);
      if (hint.length > MAX_HINT) throw invalidArgument("the result of retrievalHint()", `up to ${MAX_HINT} bytes`, hint);
      return bytes("the result of retrievalHint()", hint);
    } catch (error) {
      report(error);
      return undefined;
    }
  };
}

/** The options as checked copies: what the caller does to its object afterwards has no effect. */
function checkedCopy(checks, options) {
  plainObject("options", options);
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(checks, key)) throw new SdsError("InvalidArgument", `options.${key} is not an option`);
  }
  const read = ([key, check]) => [key, check(`options.${key}`, options[key])];
  return Object.fromEntries(Object.entries(checks).map(read));
}

function checkPersistence(name, persistence) {
  instance(name, persistence);
  for (const method of PERSISTENCE_METHODS) func(`${name}.${method}`, persistence[method]);
  return persistence;
}

function abortSignal(name, signal) {
  const isSignal = typeof signal?.addEventListener === "function" && typeof signal.aborted === "boolean";
  if (!isSignal) throw invalidArgument(name, "an AbortSignal", signal);
  return signal;
}

function readClock(now) {
  try {
    return now();
  } catch (cause) {
    throw new SdsError("InvalidArgument", `now() failed: ${messageOf(cause)}`, { cause });
  }
}
