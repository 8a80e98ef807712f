/** What a channel still waits for, in numbers, kept by what the manager tells. */

import { add } from "./bounded.js";
import { Unacknowledged } from "./unacknowledged.js";

export class Status {
  #missing = new Set();
  /** Received, and waiting for what is missing: ids of dependencies by message. */
  #waiting = new Map();
  /** By the ids of dependencies: how many messages wait for them. */
  #awaited = new Map();
  #lost = new Set();
  #unacknowledged;
  #onChange;
  #told;
  #due = false;

  /**
   * Starts from the buffers' contents. `causalHistory` gives that of a message of the log, by its id. `onChange` is called with the
   * new status when it differs from the last one.
   */
  constructor(manager, channelId, causalHistory, onChange) {
    this.#onChange = onChange;
    const incoming = manager.getIncomingBuffer(channelId);
    for (const { message, missingDependencies } of incoming) this.#wait(message.messageId, missingDependencies);
    for (const { missingDependencies } of incoming) this.#addMissing(missingDependencies);
    this.#addMissing(manager.getOutgoingRepairBuffer(channelId).map(({ entry }) => entry.messageId));
    const own = manager.getOutgoingBuffer(channelId).map(({ message }) => message.messageId);
    this.#unacknowledged = new Unacknowledged(own, manager.participantId, causalHistory);
    this.#told = this.current();
  }

  current() {
    const [missing, lost, unacknowledged] = [this.#missing.size, this.#lost.size, this.#unacknowledged.size];
    return Object.freeze({ missing, lost, unacknowledged, synced: missing === 0 && lost === 0 && unacknowledged === 0 });
  }

  unacknowledgedIds() {
    return this.#unacknowledged.ids();
  }

  isUnacknowledged(messageId) {
    return this.#unacknowledged.has(messageId);
  }

  sent(messageId) {
    this.#unacknowledged.sent(messageId);
    this.came(messageId);
  }

  settled({ messageId, acknowledged }) {
    this.#unacknowledged.settled(messageId, acknowledged);
    this.#changed();
  }

  /** It is here, and waits for others. */
  waits(messageId, missingDependencies) {
    this.#wait(messageId, missingDependencies);
    this.#missing.delete(messageId);
    this.#addMissing(missingDependencies);
    this.#changed();
  }

  delivered(message) {
    this.#unacknowledged.delivered(message);
    this.came(message.messageId);
  }

  /** It is here. What a sync message names may be missing, but it doesn't wait itself. */
  came(messageId) {
    this.#waitNoMore(messageId);
    for (const ids of [this.#missing, this.#lost]) ids.delete(messageId);
    this.#changed();
  }

  /** A sync message of somebody names these. */
  named(entries) {
    this.#unacknowledged.named(entries);
    this.#changed();
  }

  /** It was given up. Returns what it waited for and nobody waits for any more. */
  lost({ messageId, missingDependencies, reason }) {
    this.#waitNoMore(messageId);
    add(this.#lost, messageId);
    // After a timeout, what didn't come is given up for everyone.
    const gone = missingDependencies.filter((dependency) => reason === "timeout" || !this.#awaited.has(dependency));
    for (const dependency of gone) this.#missing.delete(dependency);
    this.#changed();
    return gone;
  }

  #wait(messageId, dependencies) {
    this.#waitNoMore(messageId);
    this.#waiting.set(messageId, dependencies);
    for (const id of dependencies) this.#awaited.set(id, (this.#awaited.get(id) ?? 0) + 1);
  }

  #waitNoMore(messageId) {
    const dependencies = this.#waiting.get(messageId) ?? [];
    this.#waiting.delete(messageId);
    for (const id of dependencies) {
      const others = this.#awaited.get(id) - 1;
      if (others > 0) this.#awaited.set(id, others);
      else this.#awaited.delete(id);
    }
  }

  #addMissing(messageIds) {
    for (const messageId of messageIds) if (!this.#waiting.has(messageId)) add(this.#missing, messageId);
  }

  /** Looks once when all events of a turn are in: a message that fills a gap must not tell every step of it. */
  #changed() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      const status = this.current();
      if (Object.keys(status).every((key) => status[key] === this.#told[key])) return;
      this.#told = status;
      this.#onChange(status);
    });
  }
}
