/** Jobs that run for every channel, again and again in the background. */

import { report } from "./errors.js";

/** A timeout that, in Node, does not keep a process alive that has nothing else to do. Browsers give a number. */
export function background(callback, delay) {
  const timer = setTimeout(callback, delay);
  timer.unref?.();
  return timer;
}

export class PeriodicTasks {
  #channels;
  #jobs;
  #timers = [];

  /** `channels` lists the channels of the moment; `jobs`: `{ interval, run(channelId) }`, in milliseconds. */
  constructor(channels, jobs) {
    this.#channels = channels;
    this.#jobs = jobs.map((job) => ({ ...job, busy: new Set() }));
  }

  get running() {
    return this.#timers.length > 0;
  }

  start() {
    if (this.running) return;
    this.#timers = this.#jobs.map((job) => {
      const timer = setInterval(() => this.#tick(job), job.interval);
      // As in `background`.
      timer.unref?.();
      return timer;
    });
  }

  stop() {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  /** A channel whose previous run is still under way is skipped; it keeps no other waiting. */
  #tick({ run, busy }) {
    this.#attempt(() => {
      for (const channelId of this.#channels()) {
        if (busy.has(channelId)) continue;
        busy.add(channelId);
        this.#attempt(() => run(channelId)).finally(() => busy.delete(channelId));
      }
    });
  }

  /** Nobody waits for a job, so its failure is reported. */
  async #attempt(run) {
    try {
      await run();
    } catch (error) {
      // Cut short by a cleanup, which stops the timers first: no failure.
      if (!this.running && error?.code === "InvalidState") return;
      // Nothing that comes later can succeed, so once is enough.
      if (error?.code === "InternalError") this.stop();
      report(error);
    }
  }
}
