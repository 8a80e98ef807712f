/** Jobs one after the other, in the order of asking. */
export class Turns {
  #last = Promise.resolve();

  /**
   * Runs a job when all that came before are over, however they ended.
   * @template T @param {() => T | Promise<T>} job @returns {Promise<T>}
   */
  take(job) {
    const turn = this.#last.then(job);
    this.#last = turn.then(nothing, nothing);
    return turn;
  }
}

const nothing = () => {};

/** In ms: less than a picture of the screen takes. */
const PATIENCE = 12;

/** Lets others have the thread: after a while of work, time for what the page has to do. */
export class Breath {
  #since = performance.now();

  async take() {
    if (performance.now() - this.#since < PATIENCE) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#since = performance.now();
  }
}
