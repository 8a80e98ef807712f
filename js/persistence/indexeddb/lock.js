/** One user of a database at a time, by the Web Locks API: a lock ends with its page or worker, however that ends. */

import { SdsError } from "../../errors.js";
import { storageFailed } from "./failure.js";

/**
 * @typedef {object} Lock
 * @property {() => void} release
 * @property {() => SdsError | undefined} lost why it is not held any more, though it was not released
 */

/**
 * @param {string} database
 * @param {"exclusive" | "wait" | "none"} mode
 * @param {AbortSignal} [signal]
 * @returns {Promise<Lock>}
 */
export function acquire(database, mode, signal) {
  if (mode === "none") return Promise.resolve({ release() {}, lost: () => undefined });
  return new Promise((resolve, reject) => {
    /** @type {SdsError | undefined} */
    let lost;
    const hold = (granted) => {
      if (granted === null) throw locked(database);
      return new Promise((release) => resolve({ release: () => release(undefined), lost: () => lost }));
    };
    const request = mode === "wait" ? { signal } : { ifAvailable: true };
    lockManager()
      .then((locks) => locks.request(`sds-wasm:${database}`, request, hold))
      .catch((cause) => {
        // Rejected after it was granted, it was stolen (`steal: true`). Before that, only the promise hears of it.
        lost = new SdsError("StorageLocked", `the lock of the database "${database}" was taken away`, { cause });
        reject(signal?.aborted ? signal.reason : storageFailed(`locking the database "${database}"`, cause));
      });
  });
}

/** @param {string} database */
export function locked(database) {
  const message = `the database "${database}" is open already, in this page or in another tab or worker`;
  return new SdsError("StorageLocked", `${message}: close it there, wait for it with lock: "wait", or use another name`);
}

async function lockManager() {
  const locks = globalThis.navigator?.locks;
  if (locks) return locks;
  const where = globalThis.isSecureContext === false ? "a page that is not from https or localhost" : "this platform";
  const message = `${where} has no Web Locks, so nothing keeps others from the database: use lock: "none" if nobody else opens it`;
  throw new SdsError("StorageUnavailable", message);
}
