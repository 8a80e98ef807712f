/** Opening folders through the optional dependency classic-level, and what its failures are called. */

import { mkdir, realpath } from "node:fs/promises";
import { SdsError, messageOf } from "../../errors.js";

/**
 * The folders open in this process. LevelDB refuses to open a folder twice, but by that attempt the process loses its
 * lock on the folder (POSIX drops a process's locks on a file when any handle of it is closed): from then on another
 * process can open it, and the two destroy each other's data. So a second attempt must not get as far as LevelDB, nor
 * one by another copy of this package. (Worker threads share nothing that could tell: see the typings.)
 * @type {Set<string>}
 */
const openFolders = (globalThis[Symbol.for("sds-wasm.openFolders")] ??= new Set());

/**
 * Reserves the folder, made if it is not there, for one user in this process.
 * @param {string} location
 * @returns {Promise<{ db: any, release: () => void }>} the database, not open yet; `release` is for after it was closed
 */
export async function claimFolder(location) {
  const ClassicLevel = await importClassicLevel();
  const folder = await makeFolder(location);
  if (openFolders.has(folder)) throw locked(`${JSON.stringify(location)} is open in this process already`);
  openFolders.add(folder);
  return { db: new ClassicLevel(folder), release: () => openFolders.delete(folder) };
}

/** What a call of a database threw, as an SdsError. @param {string} what such as "writing" @param {any} cause */
export function databaseFailed(what, cause) {
  const reason = [cause, cause?.cause]
    .filter((error) => error !== undefined)
    .map(messageOf)
    .join(": ");
  if ([cause?.code, cause?.cause?.code].includes("LEVEL_LOCKED")) {
    return locked(`the database is open elsewhere, in another process most likely (${reason})`, cause);
  }
  if (/ENOSPC|EDQUOT|no space left|quota exceeded/i.test(reason)) {
    return new SdsError("StorageQuota", `${what} failed, the disk is full: ${reason}`, { cause });
  }
  return new SdsError("StorageUnavailable", `${what} failed: ${reason}`, { cause });
}

/** @param {string} location @returns {Promise<string>} the folder's one true path */
async function makeFolder(location) {
  try {
    await mkdir(location, { recursive: true });
    return await realpath(location);
  } catch (cause) {
    throw databaseFailed(`making the folder ${JSON.stringify(location)}`, cause);
  }
}

async function importClassicLevel() {
  try {
    return (await import("classic-level")).ClassicLevel;
  } catch (/** @type {any} */ cause) {
    const missing = cause?.code === "ERR_MODULE_NOT_FOUND" || cause?.code === "MODULE_NOT_FOUND";
    const what = missing ? "is not installed" : `can't be loaded (${messageOf(cause)})`;
    const message = `LevelPersistence.open needs the package classic-level, which ${what}: npm install classic-level`;
    throw new SdsError("StorageUnavailable", message, { cause });
  }
}

function locked(what, cause) {
  const message = `${what}; only one may use it at a time: close it there, or use another folder`;
  return new SdsError("StorageLocked", message, cause && { cause });
}
