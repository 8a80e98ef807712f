/** Where the peers keep their state, and the plug that a crash pulls. */

import { MemoryPersistence } from "sds-wasm";
import { IndexedDbPersistence } from "sds-wasm/indexeddb";

/** @typedef {import("sds-wasm").Persistence} Persistence */
/** @typedef {import("./types.js").Storage} Storage */

/**
 * Databases of the browser. What is killed here are peers and pages, never the machine: "relaxed" survives that.
 * @param {import("sds-wasm/indexeddb").IndexedDbOptions} options
 * @returns {Storage}
 */
export function indexedDb({ lock = "exclusive", signal } = {}) {
  return {
    kind: "indexeddb",
    open: (name) => IndexedDbPersistence.open(name, { durability: "relaxed", lock, ...(signal && { signal }) }),
    delete: (name) => IndexedDbPersistence.delete(name, { lock }),
  };
}

/** Outlives its peers, and nothing else. @returns {Storage} */
export function memory() {
  /** @type {Map<string, MemoryPersistence>} */
  const kept = new Map();
  return {
    kind: "memory",
    open: async (name) => {
      if (!kept.has(name)) kept.set(name, new MemoryPersistence());
      return kept.get(name);
    },
    delete: async (name) => void kept.delete(name),
  };
}

/** @param {"indexeddb" | "memory" | Storage} storage @returns {Storage} */
export function storageOf(storage, options) {
  if (storage === "indexeddb") return indexedDb(options);
  return storage === "memory" ? memory() : storage;
}

/** A backend that can be unplugged: from then on no call settles, like those of a process that is gone. */
export class Plug {
  #backend;
  #onSaved;
  #pulled = false;

  /** @param {Persistence} backend @param {() => void} onSaved called after every save that succeeds */
  constructor(backend, onSaved) {
    this.#backend = backend;
    this.#onSaved = onSaved;
  }

  pull() {
    this.#pulled = true;
  }

  saveChannelMeta(channelId, meta) {
    return this.#call((backend) => backend.saveChannelMeta(channelId, meta), this.#onSaved);
  }

  updateHistory(channelId, update) {
    return this.#call((backend) => backend.updateHistory(channelId, update), this.#onSaved);
  }

  loadChannel(channelId) {
    return this.#call((backend) => backend.loadChannel(channelId));
  }

  dropChannel(channelId) {
    return this.#call((backend) => backend.dropChannel(channelId));
  }

  setRetrievalHint(messageId, hint, channelId) {
    return this.#call((backend) => backend.setRetrievalHint(messageId, hint, channelId));
  }

  #call(call, onDone) {
    return new Promise((resolve, reject) => {
      if (this.#pulled) return;
      const unlessPulled = (settle) => (value) => this.#pulled || settle(value);
      call(this.#backend).then(
        unlessPulled((value) => {
          onDone?.();
          resolve(value);
        }),
        unlessPulled(reject),
      );
    });
  }
}
