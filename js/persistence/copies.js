/** Checked copies of what a backend is given: the caller may change its buffers as soon as the call has returned. */

import { array, bytes, object, text } from "../arguments.js";

/**
 * Bytes that stay as they are, whatever the caller does with its buffer.
 * @param {string} name for the error @param {unknown} value
 */
export function copyBytes(name, value) {
  // Not slice(): a Buffer's shares the memory.
  return new Uint8Array(bytes(name, value));
}

/**
 * A checked copy of a history update. It is made before anything is written, so that a wrong entry in the middle
 * leaves nothing of the update behind.
 * @param {unknown} update
 * @returns {{ append: { messageId: string, bytes: Uint8Array }[], evict: string[] }}
 */
export function copyUpdate(update) {
  const { append, evict } = object("update", update);
  return {
    append: array("update.append", append, copyStoredMessage),
    evict: array("update.evict", evict, text),
  };
}

function copyStoredMessage(name, value) {
  const { messageId, bytes } = object(name, value);
  return { messageId: text(`${name}.messageId`, messageId), bytes: copyBytes(`${name}.bytes`, bytes) };
}
