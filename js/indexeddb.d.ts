import type { Persistence } from "./index.js";

/** How an {@link IndexedDbPersistence} is opened. */
export interface IndexedDbOptions {
  /**
   * `"strict"`, the default: a promise resolves once the browser has asked the system to write to the disk, so that what
   * was confirmed survives a crash of the machine. `"relaxed"`: once the system has it, which is faster and survives a
   * crash of the page and of the browser.
   */
  durability?: "strict" | "relaxed";
  /**
   * Who else may have the database open, by a Web Lock, so that two tabs never write one participant's state.
   * `"exclusive"`, the default: nobody; if it is open elsewhere, `open` rejects with `StorageLocked` at once. `"wait"`:
   * nobody; `open` waits until it is closed elsewhere, by whatever end its page takes. `"none"`: no lock is asked for, and
   * it is up to the application that only one at a time writes to it.
   */
  lock?: "exclusive" | "wait" | "none";
  /** In place of `globalThis.indexedDB`; `IDBKeyRange` is taken from the global object nevertheless. */
  idbFactory?: BrowsersFactory;
  /** Ends an `open` that is still waiting: it rejects with the signal's reason. Has no effect on an open database. */
  signal?: AbortSignal;
}

// IDBFactory, where the browsers' typings are: a program for Node has none, but may have a stand-in.
type BrowsersFactory = typeof globalThis extends { indexedDB: infer Factory } ? Factory : unknown;

export interface IndexedDbPersistence extends Persistence {}
/**
 * Keeps state in the browser: one IndexedDB database, in windows, dedicated, shared and service workers.
 *
 * The two calls that save one operation are one transaction, all or nothing, and so are those of other channels that are
 * made in the same turn. Calls take effect in the order in which they are made.
 *
 * Failures are `SdsError`s whose `cause` is what the browser threw: `StorageQuota` if no more may be stored,
 * `StorageUnavailable` for the rest. If the browser closes the connection, the next call opens it again; if somebody
 * deletes the database or a newer version of this package upgrades it, the connection is given up at once, so that they
 * needn't wait. A deletion is then told by one call, which rejects with `StorageUnavailable`; calls after it are kept again,
 * in a new database. Ids may be any well-formed text.
 */
export class IndexedDbPersistence {
  private constructor();
  /**
   * Opens a database, which is made if it is not there.
   * @param name default `"sds-wasm"`. Each participant has a database of its own.
   * @throws SdsError `StorageLocked` if it is open elsewhere, in another tab or in this one; `StorageBlocked` if an older
   * version of the page keeps it open and doesn't let go within ten seconds; `StorageUnavailable` if there is no
   * IndexedDB or no Web Locks here, or the browser refuses (private windows, sandboxed frames); `StorageVersion` if a
   * newer version of this package wrote it, which leaves it untouched; `InvalidArgument` for a wrong option.
   */
  static open(name?: string, options?: IndexedDbOptions): Promise<IndexedDbPersistence>;
  /**
   * Deletes a database with all that is in it; nothing happens if there is none.
   * @param options as for `open`.
   * @throws SdsError `StorageLocked` if it is open; `StorageBlocked` if it is open without a lock somewhere that doesn't let
   * go, in which case it is deleted once that does; `StorageUnavailable` as for `open`.
   */
  static delete(name?: string, options?: Omit<IndexedDbOptions, "durability">): Promise<void>;
  /**
   * Lets the calls under way finish, then closes the database and releases the lock. Later calls reject with
   * `InvalidState`; closing again does nothing.
   */
  close(): Promise<void>;
}

/**
 * Asks the browser not to evict this origin's storage when space runs short (`navigator.storage.persist()`), which it may
 * grant, refuse or ask the user about: call it when a user would understand why. Gives whether storage is persistent now;
 * false where it can't be asked, as in workers. Never rejects; it waits for as long as the user is being asked (Firefox).
 */
export function requestPersistentStorage(): Promise<boolean>;

// Without this, everything declared above would count as exported.
export {};
