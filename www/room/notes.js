/** What a room has to know after a reload that stands in no peer's database: its clock, its counters. */

/**
 * @typedef {object} Notes
 * @property {number} now
 * @property {number[]} said how many messages each peer has written
 * @property {import("./traffic.js").Position} traffic
 * @property {import("./types.js").Totals} totals
 * @property {ReturnType<import("./plain.js").PlainLog["toJSON"]>[]} plain by peer
 */

const VERSION = 1;
/** A clock somebody made up must not send the room into the far future. */
const LATEST = 365 * 24 * 3600 * 1000;

export class Notepad {
  #notebook;
  #key;

  /** @param {import("./types.js").Notebook | undefined} notebook @param {string} key */
  constructor(notebook, key) {
    this.#notebook = notebook;
    this.#key = key;
  }

  /** @returns {Partial<Notes>} */
  read() {
    try {
      const notes = JSON.parse(this.#notebook?.getItem(this.#key) ?? "{}");
      return notes.version === VERSION && Number.isFinite(notes.now) ? notes : {};
    } catch {
      // Not ours, or forbidden.
      return {};
    }
  }

  /** @param {Notes} notes */
  write(notes) {
    try {
      this.#notebook?.setItem(this.#key, JSON.stringify({ version: VERSION, ...notes }));
    } catch {
      // Full or forbidden. The room goes on; after a reload its clock is estimated and its counters start again.
    }
  }

  remove() {
    this.#notebook?.removeItem(this.#key);
  }
}

/**
 * What of the notes holds, given what the peers' databases hold. These are always newer: notes are made now and then.
 * @param {Partial<Notes>} notes @param {readonly import("./peer.js").Peer[]} peers as they were loaded
 * @returns {Partial<Notes>}
 */
export function reconcile(notes, peers) {
  const clock = peers.reduce((latest, { counts }) => (counts.clock > latest ? counts.clock : latest), 0n);
  // Nobody knows of anything: the databases were deleted, or there was never anything in them.
  if (clock === 0n) return {};
  const heard = (index) => peers.map(({ knows }) => knows[index] ?? 0);
  const said = peers.map(({ index }) => Math.max(notes.said?.[index] ?? 0, ...heard(index)));
  // The peers' clocks are never behind the room's, in seconds. Their timers must not wait for a time long past.
  const now = notes.now ?? Math.min(Number(clock) * 1000, LATEST);
  const spoken = said.reduce((sum, count) => sum + count, 0);
  return { ...notes, said, now, traffic: notes.traffic ?? { drawn: spoken, patience: 1 } };
}
