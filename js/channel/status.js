/** What a channel still waits for, in numbers, kept by what the manager tells. */

export class Status {
  #missing = new Set();
  /** Received, and waiting for what is missing. */
  #waiting = new Set();
  #lost = new Set();
  #unacknowledged;
  #onChange;
  #told;
  #due = false;

  /** `onChange` is called with the new status when it differs from the last one. Starts from the buffers' contents. */
  constructor(manager, channelId, onChange) {
    this.#onChange = onChange;
    const incoming = manager.getIncomingBuffer(channelId);
    for (const { message } of incoming) this.#waiting.add(message.messageId);
    for (const { missingDependencies } of incoming) this.#addMissing(missingDependencies);
    this.#unacknowledged = new Set(manager.getOutgoingBuffer(channelId).map(({ message }) => message.messageId));
    this.#told = this.current();
  }

  current() {
    const [missing, lost, unacknowledged] = [this.#missing.size, this.#lost.size, this.#unacknowledged.size];
    return Object.freeze({ missing, lost, unacknowledged, synced: missing === 0 && lost === 0 && unacknowledged === 0 });
  }

  sent(messageId) {
    this.#unacknowledged.add(messageId);
    this.#lost.delete(messageId);
    this.#changed();
  }

  settled(messageId) {
    this.#unacknowledged.delete(messageId);
    this.#changed();
  }

  /** It is here, and waits for others. */
  waits(messageId, missingDependencies) {
    this.#waiting.add(messageId);
    this.#missing.delete(messageId);
    this.#addMissing(missingDependencies);
    this.#changed();
  }

  /** It was a sync message: what it named is missing, but it doesn't wait itself. */
  passed(messageId) {
    this.#waiting.delete(messageId);
  }

  delivered(messageId) {
    for (const set of [this.#missing, this.#waiting, this.#lost]) set.delete(messageId);
    this.#changed();
  }

  /** It was given up; what it waited for isn't waited for any more. */
  lost(messageId, missingDependencies) {
    this.#waiting.delete(messageId);
    this.#lost.add(messageId);
    for (const dependency of missingDependencies) this.#missing.delete(dependency);
    this.#changed();
  }

  #addMissing(messageIds) {
    for (const messageId of messageIds) if (!this.#waiting.has(messageId)) this.#missing.add(messageId);
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
