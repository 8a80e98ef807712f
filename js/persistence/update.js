/** What backends are given, checked. The bytes are theirs: nobody else writes to them any more. */

import { array, bytes, object, text } from "../arguments.js";

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
  const { messageId, bytes: encoded } = object(name, value);
  return { messageId: text(`${name}.messageId`, messageId), bytes: bytes(`${name}.bytes`, encoded) };
}
