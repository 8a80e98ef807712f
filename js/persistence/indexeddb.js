/** State in the browser ("sds-wasm/indexeddb"): one IndexedDB database, in windows and workers of every kind. */

import { object, optional, text } from "../arguments.js";
import { SdsError, invalidArgument } from "../errors.js";
import { deleteDatabase, openDatabase, rangeOf, read, write } from "./indexeddb/database.js";
import { storageFailed } from "./indexeddb/failure.js";
import { acquire } from "./indexeddb/lock.js";
import { Queue } from "./queue.js";
import { checkUpdate, ownBytes } from "./update.js";

const DEFAULT_NAME = "sds-wasm";
/** Known to this file only, which makes the constructor private: opening is asynchronous. */
const FROM_OPEN = Symbol("IndexedDbPersistence.open");

/** @typedef {import("../indexeddb.d.ts").IndexedDbOptions} Options */
/** @typedef {import("./indexeddb/database.js").Operation} Operation */

/**
 * Calls of one turn, and those made while a transaction is under way, become one transaction. All calls take effect in
 * the order in which they are made. Every failure is an SdsError whose `cause` is the browser's.
 */
export class IndexedDbPersistence {
  #name;
  #factory;
  #durability;
  #lock;
  /** @type {Queue<Operation>} */
  #queue = new Queue((operations) => this.#run((database) => write(database, operations, this.#durability)));
  /** Undefined while there is no connection: the next call opens one. @type {IDBDatabase | undefined} */
  #database;
  /** @type {Promise<void> | undefined} */
  #closing;

  /** @param {string} [name] @param {Options} [options] @returns {Promise<IndexedDbPersistence>} */
  static async open(name = DEFAULT_NAME, options = {}) {
    const { durability, lock: mode, idbFactory, signal } = checkOptions(name, options);
    signal?.throwIfAborted();
    const factory = factoryOr(idbFactory);
    const lock = await acquire(name, mode, signal);
    try {
      const { database } = await openDatabase(factory, name, signal);
      return new this(FROM_OPEN, { name, factory, durability, lock, database });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** @param {string} [name] @param {Options} [options] @returns {Promise<void>} */
  static async delete(name = DEFAULT_NAME, options = {}) {
    const { lock: mode, idbFactory, signal } = checkOptions(name, options);
    signal?.throwIfAborted();
    const factory = factoryOr(idbFactory);
    const lock = await acquire(name, mode, signal);
    await deleteDatabase(factory, name).finally(lock.release);
  }

  constructor(key, opened) {
    if (key !== FROM_OPEN) {
      throw new SdsError("InvalidState", "use `await IndexedDbPersistence.open(name)` instead of the constructor");
    }
    const { name, factory, durability, lock, database } = opened;
    this.#name = name;
    this.#factory = factory;
    this.#durability = durability;
    this.#lock = lock;
    this.#use(database);
  }

  /** @param {string} channelId @param {Uint8Array} meta @returns {Promise<void>} */
  async saveChannelMeta(channelId, meta) {
    this.#check(channelId);
    const given = ownBytes("meta", meta);
    await this.#queue.write([(stores) => stores.meta.put(given, channelId)]);
  }

  /** @param {string} channelId @param {import("../index.js").HistoryUpdate} update @returns {Promise<void>} */
  async updateHistory(channelId, update) {
    this.#check(channelId);
    const { append, evict } = checkUpdate(update);
    await this.#queue.write([
      ({ history }) => {
        for (const { messageId, bytes } of append) history.put(bytes, [channelId, messageId]);
        for (const messageId of evict) history.delete([channelId, messageId]);
      },
    ]);
  }

  /** @param {string} messageId @param {Uint8Array} hint @param {string} channelId @returns {Promise<void>} */
  async setRetrievalHint(messageId, hint, channelId) {
    this.#check(channelId);
    text("messageId", messageId);
    const given = ownBytes("hint", hint);
    await this.#queue.write([({ hints }) => hints.put(given, [channelId, messageId])]);
  }

  /** @param {string} channelId @returns {Promise<import("../index.js").ChannelData | undefined>} */
  async loadChannel(channelId) {
    this.#check(channelId);
    const kept = await this.#queue.alone(() => this.#run((database) => read(database, channelId)));
    return channelData(kept);
  }

  /** @param {string} channelId @returns {Promise<void>} */
  async dropChannel(channelId) {
    this.#check(channelId);
    const range = rangeOf(channelId);
    await this.#queue.write([
      ({ meta, history, hints }) => {
        meta.delete(channelId);
        history.delete(range);
        hints.delete(range);
      },
    ]);
  }

  /** @returns {Promise<void>} */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    await this.#queue.idle();
    // The browser lets transactions under way end before it closes; there are none left.
    this.#database?.close();
    this.#lock.release();
  }

  /** What each call begins with. @param {string} channelId */
  #check(channelId) {
    if (this.#closing) {
      throw new SdsError("InvalidState", "this IndexedDbPersistence was closed: open another one to go on");
    }
    const lost = this.#lock.lost();
    if (lost) throw lost;
    text("channelId", channelId);
  }

  /**
   * Runs a transaction; once more on a fresh connection if the first was of no use. A transaction that failed has
   * stored nothing, so that it can be repeated.
   * @template T @param {(database: IDBDatabase) => Promise<T>} transaction @returns {Promise<T>}
   */
  async #run(transaction) {
    const used = this.#database;
    try {
      return await transaction(used ?? (await this.#reopen()));
    } catch (error) {
      // Browsers close connections for reasons of their own, and say so in their own words or not at all.
      if (!used || error.code !== "StorageUnavailable") throw error;
      used.close();
      return transaction(await this.#reopen());
    }
  }

  async #reopen() {
    this.#database = undefined;
    const { database, created } = await openDatabase(this.#factory, this.#name);
    this.#use(database);
    if (!created) return database;
    // Told once, by the call that finds out. What is saved from now on is kept again.
    const message = `the database "${this.#name}" was deleted while it was in use: what was kept in it is gone`;
    throw new SdsError("StorageUnavailable", message);
  }

  /** @param {IDBDatabase} database */
  #use(database) {
    this.#database = database;
    const forget = () => {
      if (this.#database === database) this.#database = undefined;
    };
    database.onclose = forget;
    // Somebody wants to delete or upgrade it and waits until all connections are closed.
    database.onversionchange = () => {
      database.close();
      forget();
    };
  }
}

/** @type {typeof import("../indexeddb.d.ts").requestPersistentStorage} */
export async function requestPersistentStorage() {
  try {
    return (await navigator.storage.persist()) === true;
  } catch {
    return false;
  }
}

/** @returns {import("../index.js").ChannelData | undefined} */
function channelData({ meta, history, hints }) {
  if (meta === undefined && history.length === 0 && hints.length === 0) return undefined;
  // Without a prototype, "__proto__" is a key like any other.
  const retrievalHints = Object.create(null);
  for (const [messageId, hint] of hints) retrievalHints[messageId] = hint;
  return { ...(meta && { meta }), messageHistory: history, retrievalHints };
}

function oneOf(...values) {
  return (name, value) => {
    if (values.includes(value)) return value;
    throw invalidArgument(name, values.map((text) => JSON.stringify(text)).join(" or "), value);
  };
}

const CHECKS = {
  durability: oneOf("strict", "relaxed"),
  lock: oneOf("exclusive", "wait", "none"),
  idbFactory: optional(object),
  signal: optional(object),
};
const DEFAULTS = { durability: "strict", lock: "exclusive" };

/** @returns {Options} */
function checkOptions(name, options) {
  if (typeof name !== "string" || name === "") throw invalidArgument("name", "a non-empty string", name);
  for (const key of Object.keys(object("options", options))) {
    if (!Object.hasOwn(CHECKS, key)) throw new SdsError("InvalidArgument", `options.${key} is not an option`);
  }
  const given = ([key, check]) => [key, check(`options.${key}`, options[key] ?? DEFAULTS[key])];
  return Object.fromEntries(Object.entries(CHECKS).map(given));
}

/** @param {IDBFactory} [given] */
function factoryOr(given) {
  try {
    // In a sandboxed frame, some browsers throw when it is so much as looked at.
    const factory = given ?? globalThis.indexedDB;
    if (factory && globalThis.IDBKeyRange) return factory;
  } catch (cause) {
    throw storageFailed("looking for IndexedDB", cause);
  }
  throw new SdsError("StorageUnavailable", "there is no IndexedDB here: use another backend");
}
