/** Checks of message and snapshot objects. Errors name the place, such as `message.causalHistory[2].messageId`. */

import { array, bytes, id, ids, object, optional, text, wholeNumber } from "./arguments.js";
import { invalidArgument } from "./errors.js";

/** The largest signed 64-bit integer: timestamps are signed in the reference. */
const MAX_TIMESTAMP = 2n ** 63n - 1n;
const MAX_U32 = 2 ** 32 - 1;
const EMPTY = new Uint8Array();

const arrayOf = (check) => (name, value) => array(name, value, check);
const withDefault = (check, fallback) => (name, value) => check(name, value === undefined ? fallback : value);
const u32 = (name, value) => wholeNumber(name, value, MAX_U32);
const millis = (name, value) => wholeNumber(name, value);

function timestamp(name, value) {
  if (typeof value !== "bigint" || value < 0n || value > MAX_TIMESTAMP) {
    throw invalidArgument(name, "a bigint from 0 to 2^63 - 1", value);
  }
  return value;
}

/** A check for objects: builds a new plain object of these fields, each read once. What is undefined is left out. */
function shape(fields) {
  return (name, value) => {
    object(name, value);
    const checked = Object.entries(fields).map(([field, check]) => [field, check(`${name}.${field}`, value[field])]);
    // The core tells an absent field from one that is undefined, and takes only the former for optional.
    return Object.fromEntries(checked.filter(([, item]) => item !== undefined));
  };
}

const historyEntry = shape({
  messageId: id,
  retrievalHint: optional(bytes),
  senderId: optional(text),
});

const message = shape({
  messageId: id,
  channelId: id,
  senderId: withDefault(text, ""),
  lamportTimestamp: optional(timestamp),
  causalHistory: withDefault(arrayOf(historyEntry), []),
  content: withDefault(bytes, EMPTY),
  bloomFilter: optional(bytes),
  repairRequest: withDefault(arrayOf(historyEntry), []),
});

const channelMeta = shape({
  schemaVersion: u32,
  lamportTimestamp: timestamp,
  outgoingBuffer: arrayOf(shape({ message, sendTime: millis, resendAttempts: u32 })),
  incomingBuffer: arrayOf(shape({ message, missingDependencies: ids })),
  outgoingRepairBuffer: arrayOf(shape({ messageId: id, entry: historyEntry, requestAt: millis })),
  incomingRepairBuffer: arrayOf(
    shape({ messageId: id, entry: historyEntry, cachedMessage: bytes, respondAt: millis }),
  ),
  pendingAppend: arrayOf(message),
  pendingEvict: ids,
});

/** A complete message, made from what the caller gave and the defaults for the rest. */
export function checkMessage(value) {
  return message("message", value);
}

export function checkChannelMeta(value) {
  return channelMeta("meta", value);
}
