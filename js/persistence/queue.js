/** Calls in the order in which they are made, one at a time, and neighbouring writes as one. */

/**
 * @template Operation
 * @typedef {object} Entry Either operations to write or a job to run.
 * @property {Operation[]} [operations]
 * @property {() => Promise<any>} [job]
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 */

/** @template Operation What a backend writes. */
export class Queue {
  /** @type {Entry<Operation>[]} */
  #waiting = [];
  /** @type {Promise<void> | undefined} */
  #draining;
  #writeBatch;

  /** @param {(operations: Operation[]) => Promise<void>} writeBatch all of them or, if it rejects, none */
  constructor(writeBatch) {
    this.#writeBatch = writeBatch;
  }

  /**
   * Settles with the batch that the operations become part of: with those of the same turn, and with whatever else came
   * while another batch was being written.
   * @param {Operation[]} operations
   * @returns {Promise<void>}
   */
  write(operations) {
    return this.#add({ operations });
  }

  /**
   * Runs a job after all that came before and before all that comes later.
   * @template T @param {() => Promise<T>} job @returns {Promise<T>}
   */
  alone(job) {
    return this.#add({ job });
  }

  /** Resolves when nothing is under way. */
  async idle() {
    await this.#draining;
  }

  #add(entry) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...entry, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  async #drain() {
    // Lets the caller finish its turn: the two calls that save one operation must not be torn apart.
    await undefined;
    while (this.#waiting.length > 0) await this.#runNext();
    this.#draining = undefined;
  }

  async #runNext() {
    const entries = this.#takeNext();
    const [{ job }] = entries;
    try {
      const result = await (job ? job() : this.#writeBatch(entries.flatMap(({ operations }) => operations)));
      for (const { resolve } of entries) resolve(result);
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  }

  /** One job, or all writes up to the next job. */
  #takeNext() {
    const jobAt = this.#waiting.findIndex(({ job }) => job !== undefined);
    const count = jobAt === -1 ? this.#waiting.length : Math.max(jobAt, 1);
    return this.#waiting.splice(0, count);
  }
}
