/** Frames made readable, and bytes from what somebody pasted. */

import { decodeMessage } from "sds-wasm";
import { CHANNEL } from "./setup.js";

const decoder = new TextDecoder();
const LONGEST_PASTE = 2 ** 24;

/**
 * What is in a frame, in the order in which it is best read. Call it when the room is open.
 * @type {import("./types.js").DecodeFrame}
 */
export function decodeFrame(bytes) {
  const { messageId, channelId, senderId, lamportTimestamp: clock, content, ...rest } = decodeMessage(bytes);
  const kind = clock === undefined ? "ephemeral" : content.length === 0 ? "sync" : "content";
  return {
    kind,
    messageId,
    channelId,
    senderId,
    clock,
    text: decoder.decode(content),
    causes: rest.causalHistory,
    requests: rest.repairRequest,
    sizes: { frame: bytes.length, content: content.length, filter: rest.bloomFilter?.length ?? 0 },
  };
}

/**
 * Reads bytes that didn't come from this room's own network: a manager opens every channel that it hears of.
 * @param {Uint8Array} bytes @throws {import("sds-wasm").SdsError} `DeserializationError` @throws {RangeError}
 */
export function decodeForeign(bytes) {
  const message = decodeMessage(bytes);
  if (message.channelId === CHANNEL) return message;
  throw new RangeError(`This message is of the channel ${shown(message.channelId)}, not of "${CHANNEL}".`);
}

/**
 * Bytes from hexadecimal digits, as tools print them, or from base64, as links carry it.
 * @type {import("./types.js").ParsePasted}
 */
export function parsePasted(text) {
  if (text.length > LONGEST_PASTE) throw new RangeError("This is too long for a frame.");
  const compact = text.replace(/\s+/g, "");
  if (compact === "") throw new RangeError("There is nothing here: paste a frame in hex or base64.");
  const digits = compact.replace(/0x|[:,]/gi, "");
  if (/^[0-9a-f]+$/i.test(digits)) return fromHex(digits);
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return fromBase64(compact);
  const [stranger] = compact.match(/[^A-Za-z0-9+/_=-]/u) ?? ["="];
  throw new RangeError(`This is neither hex nor base64: there is a ${shown(stranger)} in it.`);
}

function fromHex(digits) {
  const { length } = digits;
  if (length % 2 === 1) throw new RangeError(`This is hex with an odd number of digits (${length}): one is missing.`);
  return Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
}

function fromBase64(text) {
  const standard = text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  // Four characters are three bytes; one alone is not even one.
  if (standard.length % 4 === 1) throw new RangeError("This looks like base64 that was cut off: a character is missing.");
  return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
}

function shown(text) {
  return JSON.stringify(text.length > 24 ? `${text.slice(0, 23)}…` : text);
}
