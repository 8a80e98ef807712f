/** Material for the cases. To a backend, bytes are opaque: these are no encoded messages. */

const utf8 = new TextEncoder();

/** Bytes that say what they are. @param {string} text */
export function bytesOf(text) {
  return utf8.encode(text);
}

/** Every value a byte can have. */
export function allBytes() {
  return Uint8Array.from({ length: 256 }, (_, value) => value);
}

/** Bytes without a pattern that a backend could do without. @param {number} length @param {number} seed */
export function noise(length, seed) {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/**
 * A message for storage. Its bytes differ from those of other ids and texts.
 * @param {string} messageId @param {number | bigint} clock @param {string} [text]
 * @returns {import("../index.js").StoredMessage}
 */
export function message(messageId, clock, text = "") {
  return {
    messageId,
    lamportTimestamp: BigInt(clock),
    bytes: bytesOf(JSON.stringify([messageId, String(clock), text])),
  };
}

/** Messages m0, m1 and so on. @param {number} count */
export function messages(count) {
  return Array.from({ length: count }, (_, index) => message(`m${index}`, index + 1));
}

/** A message id and its hint. @param {string} messageId @param {string} text @returns {[string, Uint8Array]} */
export function hintOf(messageId, text) {
  return [messageId, bytesOf(text)];
}

/** Ids that a backend may confuse with each other: by joining, escaping, folding, trimming, padding or normalizing. */
export const CONFUSABLE_IDS = [
  "",
  "a",
  "A",
  "a ",
  " a",
  "a\u0000",
  "a\u0000b",
  "ab",
  "b",
  "a/b",
  "a/",
  "/",
  "..",
  "a\\b",
  "a:b",
  "a|b",
  "a!b",
  "a,b",
  "a%2Fb",
  "a%",
  "a_",
  "a*",
  '["a"]',
  "\n",
  "\u00ff",
  "\uffff",
  "\ufeffa",
  "\u00e9",
  "e\u0301",
  "\u{1f600}",
  "\u{1f601}",
  "\ufffd",
  "1",
  "01",
  "1.0",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "toString",
  "length",
];

const LONG = "x".repeat(10_000);
/** Long ids that differ in the last character only, or are the beginning of another. */
export const LONG_IDS = [LONG, `${LONG}a`, `${LONG}b`, `${LONG}\u{1f600}`];
