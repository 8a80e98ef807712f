/** Jobs that run again and again in the background. */

import { report } from "./errors.js";

export class PeriodicTasks {
  #jobs;
  #timers = [];

  /** `jobs`: `{ interval, run }`, in milliseconds; `run` may be asynchronous. */
  constructor(jobs) {
    this.#jobs = jobs.map((job) => ({ ...job, busy: false }));
  }

  get running() {
    return this.#timers.length > 0;
  }

  start() {
    if (this.running) return;
    this.#timers = this.#jobs.map((job) => {
      const timer = setInterval(() => this.#tick(job), job.interval);
      // In Node, background work must not keep a process alive that has nothing else to do. Browsers give a number.
      timer.unref?.();
      return timer;
    });
  }

  stop() {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  /** Runs a job or a part of one; a failure is reported, since nobody waits for the job. */
  async attempt(run) {
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

  /** A tick is skipped while the job's previous one is still under way, even across stop and start. */
  async #tick(job) {
    if (job.busy) return;
    job.busy = true;
    await this.attempt(job.run);
    job.busy = false;
  }
}
