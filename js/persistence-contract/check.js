/** The suite's own assertions, and words for what they compare: no test runner is needed. */

import { isUint8Array } from "../arguments.js";

export class ContractError extends Error {}
Object.defineProperty(ContractError.prototype, "name", { value: "ContractError", configurable: true, writable: true });

/**
 * @param {unknown} condition
 * @param {string} message says what was expected, what came, and what to look at
 * @returns {asserts condition}
 */
export function check(condition, message) {
  if (!condition) throw new ContractError(message);
}

/** For calls that a backend may refuse. @param {Promise<unknown>} call */
export function isAccepted(call) {
  return call.then(
    () => true,
    () => false,
  );
}

/** A value in a few words. @param {any} value */
export function show(value) {
  if (isUint8Array(value)) return showBytes(value);
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return String(value);
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (name && name !== "Object") return `an instance of ${name}`;
  return `an object with the keys [${Object.keys(value).map(show).join(", ")}]`;
}

/** Ids, the first few. @param {string[]} ids */
export function showIds(ids) {
  const shown = ids.slice(0, 5).map(show).join(", ");
  return ids.length > 5 ? `${shown} and ${ids.length - 5} more` : shown;
}

/** @param {Uint8Array} actual @param {Uint8Array} expected @param {string} what @param {string} hint */
export function checkBytes(actual, expected, what, hint) {
  if (sameBytes(actual, expected)) return;
  const at = expected.findIndex((byte, index) => byte !== actual[index]);
  const where = actual.length !== expected.length ? "" : `; they differ first at byte ${at}`;
  check(false, `${what}: expected ${show(expected)}, got ${show(actual)}${where}. ${hint}`);
}

/** Text that is equal for equal bytes only. @param {Uint8Array} bytes */
export function fingerprint(bytes) {
  let text = "";
  // In pieces: the number of arguments of a call is limited.
  for (let start = 0; start < bytes.length; start += 4096) {
    text += String.fromCharCode(...bytes.subarray(start, start + 4096));
  }
  return text;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** @param {Uint8Array} bytes */
function showBytes(bytes) {
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${bytes.length} bytes (${start}${bytes.length > 8 ? " …" : ""})`;
}

/** @param {string} text */
function shorten(text) {
  return text.length > 40 ? `${text.slice(0, 20)}…${text.slice(-10)} (${text.length} characters)` : text;
}
