/** Fetching missing messages elsewhere, by a function of the application's. */

import { background } from "../timers.js";

/** Most gaps are filled by messages that are under way. Then ever more seldom, as long as the message is missing. */
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 64_000;

export class Retrieval {
  #retrieve;
  #takeIn;
  #report;
  /** The ids that are missing, each in the care of one batch: so none is asked for twice at once. */
  #wanted = new Set();
  #timers = new Set();
  #stopped = false;

  /**
   * Without `retrieve`, nothing is fetched. `takeIn` is given what came, a Uint8Array it is hoped, and returns a promise;
   * `report` what went wrong.
   */
  constructor(retrieve, takeIn, report) {
    this.#retrieve = retrieve;
    this.#takeIn = takeIn;
    this.#report = report;
  }

  /** @param {import("../index.js").HistoryEntry[]} entries */
  want(entries) {
    if (!this.#retrieve) return;
    const batch = entries.filter(({ messageId }) => !this.#wanted.has(messageId));
    for (const { messageId } of batch) this.#wanted.add(messageId);
    if (batch.length > 0) this.#later(batch, FIRST_DELAY);
  }

  /** Came by itself, or is not waited for any more. */
  forget(messageId) {
    this.#wanted.delete(messageId);
  }

  stop() {
    this.#stopped = true;
    this.#timers.forEach(clearTimeout);
  }

  #later(batch, delay) {
    const timer = background(() => {
      this.#timers.delete(timer);
      this.#try(batch, delay);
    }, delay);
    this.#timers.add(timer);
  }

  async #try(batch, delay) {
    const missing = this.#missing(batch);
    if (missing.length === 0) return;
    try {
      for (const bytes of await this.#retrieve(missing)) await this.#takeIn(bytes);
    } catch (error) {
      this.#report(error);
    }
    const left = this.#missing(batch);
    if (left.length > 0 && !this.#stopped) this.#later(left, Math.min(2 * delay, LONGEST_DELAY));
  }

  #missing(batch) {
    return batch.filter(({ messageId }) => this.#wanted.has(messageId));
  }
}
