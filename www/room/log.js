/** A log kept in order while it grows, without being sorted again. */

/** @typedef {import("./types.js").Entry} Entry */

/**
 * Entries by (clock, id). Holes have the clock of the message that names them and stand before it. Entries are not
 * changed but replaced, so that equal entries are the same object.
 */
export class Log {
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Map<string, Entry>} */
  #byId = new Map();
  /** @type {readonly Entry[] | undefined} */
  #copy;

  get size() {
    return this.#entries.length;
  }

  /** As they are now: a new array when something has changed. @returns {readonly Entry[]} */
  get entries() {
    this.#copy ??= this.#entries.slice();
    return this.#copy;
  }

  /** @param {string} id */
  get(id) {
    return this.#byId.get(id);
  }

  /** The newest that satisfies a condition. @param {(entry: Entry) => boolean} condition */
  newest(condition) {
    return this.#entries.findLast(condition);
  }

  /** The oldest that satisfies a condition. @param {(entry: Entry) => boolean} condition */
  oldest(condition) {
    return this.#entries.find(condition);
  }

  /** Adds an entry, in place of the one with the same id. @param {Entry} entry */
  put(entry) {
    const old = this.#byId.get(entry.id);
    const replaces = old && compare(old, entry) === 0;
    if (old && !replaces) this.remove(old.id);
    this.#entries.splice(this.#place(entry), replaces ? 1 : 0, entry);
    this.#byId.set(entry.id, entry);
    this.#copy = undefined;
  }

  /** @param {string} id */
  remove(id) {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#entries.splice(this.#place(entry), 1);
    this.#byId.delete(id);
    this.#copy = undefined;
  }

  clear() {
    this.#entries = [];
    this.#byId.clear();
    this.#copy = undefined;
  }

  /** Where an entry stands, or would. */
  #place(entry) {
    let [low, high] = [0, this.#entries.length];
    // New entries are the last, most of the time.
    if (high > 0 && compare(this.#entries[high - 1], entry) < 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.#entries[middle], entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** @param {Entry} a @param {Entry} b */
function compare(a, b) {
  if (a.clock !== b.clock) return a.clock < b.clock ? -1 : 1;
  const [holeA, holeB] = [a.state === "hole", b.state === "hole"];
  if (holeA !== holeB) return holeA ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
