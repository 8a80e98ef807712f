/**
 * The database and its transactions. Three stores, keys outside of the values, which are bytes:
 *
 *     meta       channelId                snapshot
 *     history    [channelId, messageId]   message of the history
 *     hints      [channelId, messageId]   retrieval hint
 */

import { SdsError } from "../../errors.js";
import { storageFailed } from "./failure.js";

const VERSION = 1;
export const STORES = ["meta", "history", "hints"];

/** Opening waits for others without an end: for an upgrade, a deletion, a browser that has lost its way. */
const PATIENCE = 10_000;

/** @typedef {(stores: Record<string, IDBObjectStore>) => void} Operation Makes its requests at once. */

/**
 * Opens the database, making it if it is not there.
 * @param {IDBFactory} factory
 * @param {string} name
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ database: IDBDatabase, created: boolean }>}
 */
export async function openDatabase(factory, name, signal) {
  let created = false;
  const database = await attempt("opening", name, () => {
    const request = factory.open(name, VERSION);
    request.onupgradeneeded = () => {
      created = true;
      for (const store of STORES) request.result.createObjectStore(store);
    };
    // An answer that nobody waits for any more must not keep the database open.
    return answer(request, name, { signal, late: (database) => database.close() });
  });
  if (STORES.every((store) => database.objectStoreNames.contains(store))) return { database, created };
  database.close();
  throw new SdsError("StorageVersion", `the database "${name}" was not made by sds-wasm: use another name`);
}

/** @param {IDBFactory} factory @param {string} name @returns {Promise<void>} */
export function deleteDatabase(factory, name) {
  return attempt("deleting", name, () => answer(factory.deleteDatabase(name), name, { late() {} }));
}

/**
 * Makes the operations' requests in one transaction.
 * @param {IDBDatabase} database
 * @param {Operation[]} operations
 * @param {"strict" | "relaxed"} durability
 * @returns {Promise<void>} resolves when all is stored; if it rejects, nothing is
 */
export function write(database, operations, durability) {
  return transact(database, { mode: "readwrite", durability }, (stores) => {
    for (const operation of operations) operation(stores);
  });
}

/**
 * What is kept of a channel; everything is empty if nothing is.
 * @param {IDBDatabase} database
 * @param {string} channelId
 */
export async function read(database, channelId) {
  const range = rangeOf(channelId);
  const requests = {};
  await transact(database, { mode: "readonly" }, ({ meta, history, hints }) => {
    requests.meta = meta.get(channelId);
    requests.history = history.getAll(range);
    requests.hintKeys = hints.getAllKeys(range);
    requests.hints = hints.getAll(range);
  });
  const [meta, history, hintKeys, hints] = Object.values(requests).map(({ result }) => result);
  return { meta, history, hints: hintKeys.map(([, messageId], index) => [messageId, hints[index]]) };
}

/** All keys that belong to a channel: arrays come after every string. @param {string} channelId */
export function rangeOf(channelId) {
  return IDBKeyRange.bound([channelId], [channelId, []]);
}

/**
 * @param {IDBDatabase} database
 * @param {{ mode: IDBTransactionMode, durability?: "strict" | "relaxed" }} options
 * @param {Operation} request
 * @returns {Promise<void>}
 */
function transact(database, { mode, durability }, request) {
  const what = mode === "readonly" ? "reading from" : "writing to";
  return attempt(what, database.name, () => {
    const transaction = database.transaction(STORES, mode, durability && { durability });
    const stores = Object.fromEntries(STORES.map((store) => [store, transaction.objectStore(store)]));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      // A full disk or quota shows nowhere else.
      transaction.onabort = () => reject(transaction.error);
      try {
        request(stores);
        // Without waiting for the requests' events; engines that lack it commit when these have been told. Not when
        // reading: Chromium then completes the transaction before it has read values that it keeps in files of their own.
        if (mode === "readwrite") transaction.commit?.();
      } catch (error) {
        reject(error);
        // Or the requests made so far would be stored.
        transaction.abort();
      }
    });
  });
}

/** @template T @param {string} what @param {string} name @param {() => Promise<T>} call @returns {Promise<T>} */
async function attempt(what, name, call) {
  try {
    return await call();
  } catch (cause) {
    throw cause instanceof Abandoned ? cause.reason : storageFailed(`${what} the database "${name}"`, cause);
  }
}

/** The caller's own reason to wait no longer, which is passed on as it is. */
class Abandoned {
  constructor(reason) {
    this.reason = reason;
  }
}

/**
 * The request's result. What arrives after patience or the signal has ended goes to `late`.
 * @template T
 * @param {IDBOpenDBRequest & IDBRequest<T>} request
 * @param {string} name
 * @param {{ signal?: AbortSignal, late: (result: T) => void }} options
 * @returns {Promise<T>}
 */
function answer(request, name, { signal, late }) {
  return new Promise((resolve, reject) => {
    let waiting = true;
    const settle = (call) => (value) => {
      waiting = false;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abandon);
      call(value);
    };
    const abandon = () => settle(reject)(new Abandoned(signal?.reason));
    const timer = setTimeout(() => settle(reject)(blocked(name)), PATIENCE);
    signal?.addEventListener("abort", abandon);
    request.onsuccess = () => (waiting ? settle(resolve) : late)(request.result);
    request.onerror = (event) => {
      // Firefox reports what nobody prevented as an uncaught error.
      event.preventDefault();
      if (waiting) settle(reject)(request.error);
    };
    if (signal?.aborted) abandon();
  });
}

/** @param {string} name */
function blocked(name) {
  const message = `the database "${name}" did not answer for ${PATIENCE / 1000} seconds: another tab keeps an older version open`;
  return new SdsError("StorageBlocked", `${message} or is deleting it; close the other tabs of this site and try again`);
}
