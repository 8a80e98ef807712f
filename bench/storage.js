/** The backends, and what is written to them. */

import { MemoryPersistence } from "#sds-wasm";

const DATABASE = "bench";

const OPEN = {
  "no backend": async () => undefined,
  Memory: async () => new MemoryPersistence(),
  "IndexedDB strict": () => openIndexedDb("strict"),
  "IndexedDB relaxed": () => openIndexedDb("relaxed"),
};

/** Those that Node has; browsers have all. */
export const IN_NODE = ["no backend", "Memory"];
export const ALL = Object.keys(OPEN);

export const openStorage = (kind) => OPEN[kind]();

async function openIndexedDb(durability) {
  const { IndexedDbPersistence } = await import("#sds-wasm/indexeddb");
  return IndexedDbPersistence.open(DATABASE, { durability });
}

/** Passes everything on, and counts it. */
export class Counting {
  /** Bytes of the snapshot and of the messages of each pair of calls. */
  pairs = [];

  constructor(backend) {
    this.backend = backend;
  }

  saveChannelMeta(channelId, meta) {
    this.pairs.push({ meta: meta.length, history: 0 });
    return this.backend.saveChannelMeta(channelId, meta);
  }

  updateHistory(channelId, update) {
    this.pairs.at(-1).history = update.append.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return this.backend.updateHistory(channelId, update);
  }

  loadChannel(channelId) {
    return this.backend.loadChannel(channelId);
  }

  dropChannel(channelId) {
    return this.backend.dropChannel(channelId);
  }

  setRetrievalHint(messageId, hint, channelId) {
    return this.backend.setRetrievalHint(messageId, hint, channelId);
  }
}

/** Counts the writing transactions from now on; the function that is given tells how many. */
export function countTransactions() {
  let count = 0;
  const { prototype } = IDBDatabase;
  const { transaction } = prototype;
  prototype.transaction = function (stores, mode, options) {
    if (mode === "readwrite") count += 1;
    return transaction.call(this, stores, mode, options);
  };
  return () => {
    prototype.transaction = transaction;
    return count;
  };
}
