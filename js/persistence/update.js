/** What backends are given, checked. Bytes are theirs: nobody else writes to them any more. */

import { array, bytes, object, text } from "../arguments.js";

/**
 * Bytes to keep. A view of a larger buffer is copied: IndexedDB would store, and memory keep, all of it.
 * @param {string} name for the error @param {unknown} value
 */
export function ownBytes(name, value) {
  const given = bytes(name, value);
  return given.byteLength === given.buffer.byteLength ? given : new Uint8Array(given);
}

/**
 * A checked copy of a history update, but for the bytes. It is made before anything is written, so that a wrong entry in
 * the middle leaves nothing of the update behind.
 * @param {unknown} update
 * @returns {{ append: { messageId: string, bytes: Uint8Array }[], evict: string[] }}
 */
export function checkUpdate(update) {
  const { append, evict } = object("update", update);
  return {
    append: array("update.append", append, checkStoredMessage),
    evict: array("update.evict", evict, text),
  };
}

function checkStoredMessage(name, value) {
  const { messageId, bytes } = object(name, value);
  return { messageId: text(`${name}.messageId`, messageId), bytes: ownBytes(`${name}.bytes`, bytes) };
}
