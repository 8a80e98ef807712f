/** What the browser's storage throws, as SdsErrors. */

import { SdsError, messageOf } from "../../errors.js";

const CODES = { QuotaExceededError: "StorageQuota", VersionError: "StorageVersion" };
const ADVICE = {
  StorageQuota: "the browser lets this origin store no more: delete something, or see requestPersistentStorage()",
  StorageVersion: "a newer version of sds-wasm wrote it: load the current version of the page; nothing was changed",
  StorageUnavailable: "the browser refuses storage here, as private windows and sandboxed frames do, or it is damaged",
};

/** @param {string} what such as `writing to the database "x"` @param {any} cause */
export function storageFailed(what, cause) {
  if (cause instanceof SdsError) return cause;
  const code = CODES[cause?.name] ?? "StorageUnavailable";
  // An abort without a word: the browser gave up the transaction by itself.
  const reason = cause ? `${cause.name}: ${messageOf(cause)}` : "the browser gave no reason";
  return new SdsError(code, `${what} failed: ${ADVICE[code]} (${reason})`, { cause: cause ?? undefined });
}
