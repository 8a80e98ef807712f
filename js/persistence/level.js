/** State on disk in Node ("sds-wasm/node"), over LevelDB by classic-level or any other abstract-level database. */

import { text } from "../arguments.js";
import { SdsError, invalidArgument } from "../errors.js";
import { checkUpdate, ownBytes } from "./update.js";
import { claimFolder, databaseFailed } from "./level/folder.js";
import { BINARY, ChannelKeys, VERSION_KEY, del, put } from "./level/keys.js";
import { Queue } from "./queue.js";

const LAYOUT_VERSION = 1;
// What is confirmed must be on the disk, not in the system's cache.
const DURABLE = { ...BINARY, sync: true };
const METHODS = ["open", "close", "get", "batch", "iterator", "keys"];

/**
 * Calls of one turn, and those made while a write is under way, become one batch: synced, all or nothing. All calls
 * take effect in the order in which they are made. Every failure is an SdsError whose `cause` is the database's.
 */
export class LevelPersistence {
  #db;
  #queue = new Queue((operations) => this.#write(operations));
  /** Whether the database is open and known to have this layout, or nothing yet. */
  #ready = false;
  /** Whether the last write failed. */
  #damaged = false;
  /** Whether the layout's version is still to be written; it goes with the first batch. */
  #unversioned = false;
  /** To be called once the database is closed. */
  #release = () => {};
  /** @type {Promise<void> | undefined} */
  #closing;

  /**
   * Opens a folder, which is made if it is not there. Needs the package classic-level.
   * @param {string} location
   * @returns {Promise<LevelPersistence>}
   */
  static async open(location) {
    if (typeof location !== "string" || location === "") {
      throw invalidArgument("location", "the path of a folder", location);
    }
    const { db, release } = await claimFolder(location);
    const persistence = new LevelPersistence(db);
    persistence.#release = release;
    try {
      await persistence.#prepare();
    } catch (error) {
      // What is told is why it can't be opened, not that it can't be closed either.
      await persistence.close().catch(() => release());
      throw error;
    }
    return persistence;
  }

  /**
   * Takes over a database, for itself alone: `close()` closes it. It is opened at the first call if it is not open.
   * @param {any} db a database of abstract-level, version 2 or later
   */
  constructor(db) {
    if (!METHODS.every((method) => typeof db?.[method] === "function") || !db.supports?.encodings?.view) {
      throw invalidArgument("db", "an abstract-level database that knows the encoding 'view'", db);
    }
    this.#db = db;
  }

  /** @param {string} channelId @param {Uint8Array} meta @returns {Promise<void>} */
  async saveChannelMeta(channelId, meta) {
    const keys = this.#channel(channelId);
    await this.#queue.write([put(keys.meta(), ownBytes("meta", meta))]);
  }

  /** @param {string} channelId @param {import("../index.js").HistoryUpdate} update @returns {Promise<void>} */
  async updateHistory(channelId, update) {
    const keys = this.#channel(channelId);
    const { append, evict } = checkUpdate(update);
    const puts = append.map(({ messageId, bytes }) => put(keys.history(messageId), bytes));
    await this.#queue.write([...puts, ...evict.map((messageId) => del(keys.history(messageId)))]);
  }

  /** @param {string} messageId @param {Uint8Array} hint @param {string} channelId @returns {Promise<void>} */
  async setRetrievalHint(messageId, hint, channelId) {
    const keys = this.#channel(channelId);
    await this.#queue.write([put(keys.hint(text("messageId", messageId)), ownBytes("hint", hint))]);
  }

  /** @param {string} channelId @returns {Promise<import("../index.js").ChannelData | undefined>} */
  async loadChannel(channelId) {
    const keys = this.#channel(channelId);
    const entries = await this.#queue.alone(() => this.#run("reading", (db) => db.iterator(keys.range()).all()));
    return entries.length === 0 ? undefined : keys.channelData(entries);
  }

  /** @param {string} channelId @returns {Promise<void>} */
  async dropChannel(channelId) {
    const keys = this.#channel(channelId);
    await this.#queue.alone(async () => {
      const found = await this.#run("listing", (db) => db.keys(keys.range()).all());
      // Not db.clear(), which deletes piece by piece: a crash could leave half a channel.
      if (found.length > 0) await this.#write(found.map(del));
    });
  }

  /**
   * Finishes the calls under way, then closes the database. Later calls reject with InvalidState.
   * @returns {Promise<void>}
   */
  close() {
    this.#closing ??= this.#close().catch((error) => {
      this.#closing = undefined;
      throw error;
    });
    return this.#closing;
  }

  async #close() {
    await this.#queue.idle();
    await attempt("closing", () => this.#db.close());
    this.#release();
  }

  /** The channel's keys. Each call asks for them first. @param {string} channelId */
  #channel(channelId) {
    if (this.#closing) {
      throw new SdsError("InvalidState", "this LevelPersistence was closed: open another one to go on");
    }
    return new ChannelKeys(text("channelId", channelId));
  }

  /** @param {import("./level/keys.js").Operation[]} operations */
  async #write(operations) {
    await this.#prepare();
    const version = this.#unversioned ? [put(VERSION_KEY, new TextEncoder().encode(String(LAYOUT_VERSION)))] : [];
    try {
      await attempt("writing", () => this.#db.batch([...version, ...operations], DURABLE));
      this.#unversioned = false;
    } catch (error) {
      this.#ready = false;
      this.#damaged = true;
      throw error;
    }
  }

  /** @template T @param {string} what @param {(db: any) => Promise<T>} body @returns {Promise<T>} */
  async #run(what, body) {
    await this.#prepare();
    return attempt(what, () => body(this.#db));
  }

  async #prepare() {
    if (this.#ready) return;
    // A failed write (the disk was full, say) may end in the middle of LevelDB's log. What LevelDB writes behind that,
    // it confirms but can't read again after a restart. Opening it anew makes it begin a new log.
    if (this.#damaged) await attempt("closing after a failed write", () => this.#db.close());
    await attempt("opening", () => this.#db.open());
    const version = await attempt("reading the version", () => this.#db.get(VERSION_KEY, BINARY));
    if (version !== undefined) checkVersion(new TextDecoder().decode(version));
    this.#unversioned = version === undefined;
    this.#damaged = false;
    this.#ready = true;
  }
}

/** @template T @param {string} what @param {() => Promise<T>} call @returns {Promise<T>} */
async function attempt(what, call) {
  try {
    return await call();
  } catch (cause) {
    throw databaseFailed(what, cause);
  }
}

/** @param {string} version */
function checkVersion(version) {
  if (version === String(LAYOUT_VERSION)) return;
  const message =
    `the database has layout version ${JSON.stringify(version)}, this sds-wasm knows version ${LAYOUT_VERSION}. ` +
    "Update sds-wasm, or use another folder; nothing was changed";
  throw new SdsError("StorageVersion", message);
}
