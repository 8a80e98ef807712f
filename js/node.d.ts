import type { Persistence } from "./index.js";

export interface LevelPersistence extends Persistence {}
/**
 * Keeps state on disk in Node: a LevelDB folder through classic-level (an optional dependency: `npm install
 * classic-level`), or any other abstract-level database.
 *
 * The two calls that save one operation go to the disk as one synced batch, all or nothing; so do the calls of all
 * channels that come while another batch is being written. Calls take effect in the order in which they are made, a
 * load sees all writes before it, and `dropChannel` is one batch, too.
 *
 * Failures are `SdsError`s whose `cause` is what the database threw: `StorageQuota` if the disk is full,
 * `StorageLocked`, `StorageVersion` or `StorageUnavailable`. After a failed write the database is closed and opened
 * again before it is used again, because LevelDB can't read back what it writes behind a damaged place. Ids may be any
 * well-formed text; one with a lone surrogate is refused with `InvalidArgument`.
 */
export class LevelPersistence {
  /**
   * Opens a folder, which is made if it is not there.
   * A folder must not be opened by several threads of one process (`node:worker_threads`): the refused attempt of one
   * would take the lock of the other away, because locks belong to processes.
   * @throws SdsError `StorageLocked` if the folder is open already, in this process or another; `StorageVersion` if a
   * newer version of this package wrote it, which leaves it untouched; `StorageUnavailable` if it can't be opened or
   * classic-level is not installed; `StorageQuota` if the disk is full; `InvalidArgument` if `location` is not a path.
   */
  static open(location: string): Promise<LevelPersistence>;
  /**
   * Takes over a database of abstract-level (version 2 or later) for itself alone; it is opened at the first call if it
   * is not open. A sublevel will do, too; then it is for you to reopen the whole database after a failed write.
   * @throws SdsError `InvalidArgument` for anything else.
   */
  constructor(db: unknown);
  /**
   * Finishes the calls under way, then closes the database, also one passed to the constructor. Later calls reject with
   * `InvalidState`; closing again does nothing.
   */
  close(): Promise<void>;
}
