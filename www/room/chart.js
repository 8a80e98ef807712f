/** A curve with a bounded number of points, evenly spaced however long it gets. */

import { TICK } from "./setup.js";

/** @typedef {import("./types.js").Sample} Sample */

const POINTS = 600;
/** In whole steps of the clock, so that the points stay evenly spaced. */
const INTERVAL = 10 * TICK;

export class Chart {
  /** @type {Sample[]} */
  samples = [];
  #interval = INTERVAL;
  #next;

  /** @param {number} now when it begins */
  constructor(now) {
    this.#next = now;
  }

  /** Takes a point if it is time for one. @param {number} now @param {() => Omit<Sample, "at">} measure */
  pass(now, measure) {
    if (now < this.#next) return;
    this.samples.push({ at: now, ...measure() });
    if (this.samples.length > POINTS) this.#thin();
    this.#next = this.samples.at(-1).at + this.#interval;
  }

  /** Drops every second point; the last stays. */
  #thin() {
    this.samples = this.samples.filter((_, index) => index % 2 === 0);
    this.#interval *= 2;
  }
}
