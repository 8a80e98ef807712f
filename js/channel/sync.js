/**
 * When to send sync messages. Everyone waits between one and two intervals, by chance, and starts again whenever somebody
 * tells what it would tell, or anything is sent: so a group of any size sends about one per interval instead of one each.
 */

import { background } from "../timers.js";

/** Longer delays would be taken for none. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Whether what a sync message names has the newest of our log. Who lacks it must not keep us from telling. */
export function tellsNewest(causalHistory, log) {
  const newest = log.at(-1);
  return newest === undefined || causalHistory.some(({ messageId }) => messageId === newest);
}

export class SyncSchedule {
  #interval;
  #send;
  #onEarly;
  #regular;
  /** @type {{ at: number, timer: unknown } | undefined} */
  #early;
  #stopped = false;

  /**
   * `send` is called without arguments when it is time, `onEarly` when that is so which was hurried for: it looks whether there
   * is still a reason, and calls `fire` or `hurry`. Neither may throw.
   */
  constructor(interval, send, onEarly) {
    this.#interval = interval;
    this.#send = send;
    this.#onEarly = onEarly;
  }

  get hurries() {
    return this.#early !== undefined;
  }

  /** Somebody has just told what we could tell. */
  restart() {
    clearTimeout(this.#regular);
    this.#regular = this.#in(this.#interval * (1 + Math.random()), () => this.fire());
  }

  /** There is something of our own to ask for at `at`, `delay` ms from now: a request needs a message to travel with. */
  hurry(at, delay) {
    if (this.#early?.at <= at) return;
    this.#calm();
    const late = (this.#interval / 4) * Math.random();
    this.#early = { at, timer: this.#in(delay + late, () => this.#reconsider()) };
  }

  /** Sends now. */
  fire() {
    this.#calm();
    this.restart();
    this.#send();
  }

  /** For good: what is under way may still restart it. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#regular);
    this.#calm();
  }

  #calm() {
    clearTimeout(this.#early?.timer);
    this.#early = undefined;
  }

  #reconsider() {
    this.#calm();
    this.#onEarly();
  }

  #in(delay, body) {
    if (this.#stopped) return undefined;
    return background(body, Math.min(delay, LONGEST_DELAY));
  }
}
