/** A participant's manager from its opening to its end, which may be a crash. */

import { ReliabilityManager } from "sds-wasm";
import { CHANNEL } from "./setup.js";
import { Plug } from "./storage.js";

/** @typedef {import("sds-wasm").ManagerEvents} Events */
/** @typedef {{ type: keyof Events, detail: any }} Told */

const EVENTS = [
  "messageReady", "messageSent", "messageResend", "messageLost", "repairReady", "persistenceError",
];

export class Life {
  /** @type {ReliabilityManager} */
  manager;
  #backend;
  #plug;
  #over = false;
  /** Lets go of those who wait for an operation: it will never settle. @type {Set<() => void>} */
  #waiting = new Set();

  /**
   * Opens the storage and loads the channel. `tell` is called with every event of it, `onSaved` after every save.
   * @param {{ name: string, storage: import("./types.js").Storage, database: string, config: object,
   *   now?: () => number, tell: (told: Told) => void, onSaved: () => void }} options
   */
  static async open({ name, storage, database, config, now, tell, onSaved }) {
    const life = new Life();
    life.#backend = await storage.open(database);
    life.#plug = new Plug(life.#backend, onSaved);
    try {
      const persistence = life.#plug;
      life.manager = await ReliabilityManager.create({ participantId: name, config, persistence, ...(now && { now }) });
      life.#listen(tell);
      await life.manager.ensureChannel(CHANNEL);
    } catch (error) {
      await life.crash();
      throw error;
    }
    return life;
  }

  get over() {
    return this.#over;
  }

  get clock() {
    return this.manager.getLamportTimestamp(CHANNEL);
  }

  /** What is in memory, and so was read from storage. */
  get kept() {
    const { manager } = this;
    return {
      history: manager.getMessageHistory(CHANNEL).map((id) => manager.getMessage(CHANNEL, id)),
      outgoing: manager.getOutgoingBuffer(CHANNEL),
      incoming: manager.getIncomingBuffer(CHANNEL),
    };
  }

  /**
   * Waits for an operation. Gives its result, its error, or nothing if the crash came first.
   * @template T @param {Promise<T>} operation
   * @returns {Promise<{ value?: T, error?: unknown } | undefined>}
   */
  wait(operation) {
    return new Promise((resolve) => {
      const release = () => resolve(undefined);
      const settle = (outcome) => {
        this.#waiting.delete(release);
        resolve(this.#over ? undefined : outcome);
      };
      this.#waiting.add(release);
      operation.then((value) => settle({ value }), (error) => settle({ error }));
    });
  }

  /**
   * Ends it as the end of its process would: nothing more is told, and nothing more reaches the storage. What has
   * reached it by now may be written or not. Resolves when the storage can be opened again.
   */
  async crash() {
    this.#over = true;
    this.#plug.pull();
    for (const release of this.#waiting) release();
    this.#waiting.clear();
    await this.#backend.close?.();
  }

  /** Ends it in order. */
  async close() {
    await this.manager.cleanup();
    this.#over = true;
    await this.#backend.close?.();
  }

  #listen(tell) {
    for (const type of EVENTS) {
      this.manager.addEventListener(type, ({ detail }) => {
        if (!this.#over && detail.channelId === CHANNEL) tell({ type, detail });
      });
    }
  }
}
