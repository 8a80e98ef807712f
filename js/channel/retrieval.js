/** Fetching missing messages elsewhere, by a function of the application's. */

import { array } from "../arguments.js";
import { background } from "../timers.js";

/** Most gaps are filled by messages that are under way. Then ever more seldom, as long as the message is missing. */
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 64_000;

/** Strangers may name what they like. What finds no room is named again by later messages. */
const MOST = 10_000;

export class Retrieval {
  #retrieve;
  #takeIn;
  #report;
  /** What is missing, by id, with the last hint that came: not everyone who names a message has one. */
  #wanted = new Map();
  /** The ids that some batch cares for: no other may, so none is asked for twice at once. */
  #inCare = new Set();
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
    if (!this.#retrieve || this.#stopped) return;
    const batch = entries.filter((entry) => this.#wantsCare(entry)).map(({ messageId }) => messageId);
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

  /** Whether no batch has cared for it yet. */
  #wantsCare(entry) {
    const { messageId, retrievalHint } = entry;
    const inCare = this.#inCare.has(messageId);
    if (!inCare && this.#inCare.size >= MOST) return false;
    this.#inCare.add(messageId);
    if (retrievalHint || !this.#wanted.has(messageId)) this.#wanted.set(messageId, entry);
    return !inCare;
  }

  #later(batch, delay) {
    const timer = background(() => {
      this.#timers.delete(timer);
      this.#try(batch, delay);
    }, delay);
    this.#timers.add(timer);
  }

  async #try(batch, delay) {
    const missing = this.#stillMissing(batch);
    if (missing.length === 0) return;
    try {
      const found = await this.#retrieve(missing.map((messageId) => this.#wanted.get(messageId)));
      for (const bytes of array("what options.retrieve gives", found, (_, item) => item)) await this.#takeIn(bytes);
    } catch (error) {
      this.#report(error);
    }
    const left = this.#stillMissing(missing);
    if (left.length > 0 && !this.#stopped) this.#later(left, Math.min(2 * delay, LONGEST_DELAY));
  }

  /** Of a batch; it cares for the others no more. */
  #stillMissing(batch) {
    return batch.filter((messageId) => this.#wanted.has(messageId) || !this.#inCare.delete(messageId));
  }
}
