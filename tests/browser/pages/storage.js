/** IndexedDbPersistence in a window, without a manager: see support/storage.mjs. */

import { IndexedDbPersistence } from "./package.js";

const NAME = "kept";
const CHANNEL = "room";

/** The one opened last. @type {IndexedDbPersistence} */
let persistence;
let waiting = new AbortController();
/** Connections that are not the adapter's. */
const others = [];

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const functions = {
  async open(options) {
    waiting = new AbortController();
    persistence = await IndexedDbPersistence.open(NAME, { signal: waiting.signal, ...options });
  },
  abort: (reason) => waiting.abort(new Error(reason)),
  close: () => persistence.close(),
  delete: (options) => IndexedDbPersistence.delete(NAME, options),

  save: (value) => persistence.saveChannelMeta(CHANNEL, Uint8Array.of(value)),
  load: async () => (await persistence.loadChannel(CHANNEL))?.meta?.[0] ?? "nothing",

  locks: async () => {
    const { held, pending } = await navigator.locks.query();
    return { held: held.map(({ name }) => name), pending: pending.map(({ name }) => name) };
  },
  /** Takes every lock away. */
  async steal() {
    const { held } = await navigator.locks.query();
    const hold = (granted) => new Promise(() => granted());
    const steal = ({ name }) =>
      new Promise((granted) => navigator.locks.request(name, { steal: true }, () => hold(granted)));
    await Promise.all(held.map(steal));
  },

  /** Opens the database without the adapter, and stays when asked to let go, as somebody's older code may. */
  async connect(version) {
    const database = await promised(indexedDB.open(NAME, version));
    others.push(database);
    return [...database.objectStoreNames];
  },
  disconnect: () => others.pop().close(),
  /** Fails if a connection doesn't let go at once. */
  async deleteDatabase() {
    const request = indexedDB.deleteDatabase(NAME);
    const blocked = new Promise((_, reject) => (request.onblocked = () => reject(new Error("blocked"))));
    await Promise.race([promised(request), blocked]);
  },
  /** As `deleteDatabase`, but gives control back when another connection keeps it from being done. */
  deleteLater: () =>
    new Promise((resolve) => {
      indexedDB.deleteDatabase(NAME).onblocked = () => resolve();
    }),
  databases: async () => (await indexedDB.databases()).map(({ name, version }) => `${name} ${version}`),
};

/** What the function gives, "done" if nothing, or the error. */
export async function attempt(name, args) {
  try {
    return (await functions[name](...args)) ?? "done";
  } catch (error) {
    return error.toJSON?.() ?? { message: error.message };
  }
}
