/**
 * When to send sync messages. Everyone waits between one and two intervals, by chance, and starts again whenever a sync
 * message is heard or anything is sent: so a group of any size sends about one per interval instead of one each.
 */

import { background } from "../timers.js";

/** Longer delays would be taken for none. */
const LONGEST_DELAY = 2 ** 31 - 1;

export class SyncSchedule {
  #interval;
  #send;
  #regular;
  #early;

  /** `send` is called without arguments when it is time; it must not throw. */
  constructor(interval, send) {
    this.#interval = interval;
    this.#send = send;
  }

  get hurries() {
    return this.#early !== undefined;
  }

  /** Somebody has just told what we could tell. */
  restart() {
    clearTimeout(this.#regular);
    this.#regular = this.#in(this.#interval * (1 + Math.random()));
  }

  /** There is something of our own to ask for, in `delay` ms: a request waits for a message to travel with. */
  hurry(delay) {
    this.#early ??= this.#in(delay + (this.#interval / 4) * Math.random());
  }

  stop() {
    clearTimeout(this.#regular);
    clearTimeout(this.#early);
  }

  #in(delay) {
    return background(() => this.#fire(), Math.min(delay, LONGEST_DELAY));
  }

  #fire() {
    clearTimeout(this.#early);
    this.#early = undefined;
    this.restart();
    this.#send();
  }
}
