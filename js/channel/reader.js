/** The log of a channel as an async iterable: what there is, then what comes. */

import { SdsError } from "../errors.js";

/** Reads for one `for await` loop. The channel hands it each message that enters the log. */
export class Reader {
  /** Ids of the stored log that are still to be read. */
  #stored;
  /** Of these, what the channel tells is told already. */
  #known;
  #read;
  #limit;
  #queue = [];
  #waiting = [];
  #ended = false;
  #failure;
  #onEnd;

  /**
   * @param {string[]} stored ids of the log to begin with
   * @param {(messageId: string) => object | undefined} read a message of the log, unless it was evicted
   * @param {number} limit how many messages may wait for the loop
   * @param {() => void} onEnd called once
   */
  constructor(stored, read, limit, onEnd) {
    this.#stored = stored.values();
    this.#known = new Set(stored);
    this.#read = read;
    this.#limit = limit;
    this.#onEnd = onEnd;
  }

  push(message) {
    // In the log when reading began, told only now: its save was still under way.
    if (this.#known.delete(message.messageId)) return;
    if (this.#waiting.length > 0) return this.#waiting.shift()({ done: false, value: message });
    this.#queue.push(message);
    if (this.#queue.length > this.#limit) this.#fail();
  }

  next() {
    return new Promise((resolve, reject) => {
      const message = this.#ended ? undefined : this.#take();
      if (message) return resolve({ done: false, value: message });
      if (this.#failure) return reject(this.#takeFailure());
      if (this.#ended) return resolve({ done: true, value: undefined });
      this.#waiting.push(resolve);
    });
  }

  /** Ends the loop, from either side. */
  return() {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  #take() {
    const { done, value: messageId } = this.#stored.next();
    if (done) return this.#queue.shift();
    const message = this.#read(messageId);
    // Evicted since.
    if (!message) this.#fail();
    return message;
  }

  #fail() {
    const message = `this reader fell behind by more than the ${this.#limit} messages that are kept for it`;
    this.#failure = new SdsError("InvalidState", `${message}: read faster, or begin again`);
    this.#end();
  }

  #takeFailure() {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  #end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue = [];
    for (const resolve of this.#waiting) resolve({ done: true, value: undefined });
    this.#waiting = [];
    this.#onEnd();
  }
}
