/** One participant as the page sees it: its manager of the moment, its log, and what has become of it. */

import { Life } from "./life.js";
import { PlainLog } from "./plain.js";
import { Record } from "./record.js";
import { CHANNEL, CONFIG, numberOf } from "./setup.js";

/** @typedef {import("./life.js").Told} Told */

/** What types.d.ts calls Peer. */
export class Peer {
  revision = 0;
  starting = false;
  plain = new PlainLog();
  /** @type {Record} */
  record;
  /** @type {Life | undefined} */
  life;
  /** Messages written in the room that are not delivered here. @type {Set<string>} */
  absent = new Set();
  /** How many of each peer's messages were delivered here, by their numbers. @type {number[]} */
  knows = [];
  comeback;
  storageError;
  #index;
  #name;
  #options;
  #isolated = false;
  #clock = 0n;
  /** What its manager has told and nobody has looked at yet. @type {Told[]} */
  #told = [];
  /** Resolves when its storage is free again after a crash. @type {Promise<void> | undefined} */
  #gone;
  #before;

  /**
   * @param {{ index: number, name: string, storage: import("./types.js").Storage, database: string,
   *   indexOf: (senderId: string) => number | undefined, now?: () => number }} options
   */
  constructor({ index, name, indexOf, ...options }) {
    this.#index = index;
    this.#name = name;
    this.#options = options;
    this.record = new Record(index, indexOf);
  }

  get index() {
    return this.#index;
  }

  get name() {
    return this.#name;
  }

  get alive() {
    return this.life !== undefined;
  }

  get isolated() {
    return this.#isolated;
  }

  set isolated(isolated) {
    this.#isolated = isolated;
    this.touch();
  }

  get log() {
    return this.record.entries;
  }

  get behind() {
    return this.absent.size;
  }

  get counts() {
    const { delivered, holes, waiting, pending, deliveredTwice } = this.record;
    const { behind } = this;
    return { delivered, holes, waiting, unacknowledged: pending, behind, deliveredTwice, clock: this.#clock };
  }

  /** Something has changed. */
  touch() {
    this.revision += 1;
  }

  /** Opens its storage and takes the log from there. */
  async open() {
    const { storage, database, now } = this.#options;
    this.life = await Life.open({
      name: this.#name,
      config: CONFIG,
      storage,
      database,
      now,
      tell: (told) => this.#hear(told),
      onSaved: () => this.#saved(),
    });
    // What could be delivered as soon as it was loaded.
    for (const told of this.takeTold()) this.take(told);
    this.record.restore(this.life.kept);
    this.knows = [];
    for (const entry of this.record.entries) if (this.record.has(entry.id)) this.learn(entry);
    this.readClock();
  }

  /** A message is here: whoever sends now has seen it. @param {{ id: string, sender: number | undefined }} message */
  learn({ id, sender }) {
    const number = numberOf(id, sender);
    if (number > 0) this.knows[sender] = Math.max(this.knows[sender] ?? 0, number);
  }

  /**
   * Writes one event into the log.
   * @param {Told} told @returns {import("./types.js").Entry | undefined} what was delivered
   */
  take({ type, detail }) {
    this.touch();
    if (type === "messageReady") return this.record.ready(detail);
    if (type === "messageSent") this.record.sent(detail);
    else if (type === "messageLost") this.record.lost(detail);
    return undefined;
  }

  /** What its manager has told since the last call. */
  takeTold() {
    return this.#told.splice(0);
  }

  readClock() {
    if (this.life) this.#clock = this.life.clock;
    this.touch();
  }

  /** The clock is at least this. @param {bigint} clock */
  reached(clock) {
    if (clock > this.#clock) this.#clock = clock;
  }

  kill() {
    if (!this.life) return;
    this.#before = { clock: this.#clock, log: this.record.delivered, pending: this.record.pending };
    this.#told = [];
    // A backend that can't even be closed says so when it is opened again.
    this.#gone = this.life.crash().catch(() => {});
    this.life = undefined;
    this.touch();
  }

  async restart() {
    try {
      await this.#gone;
      await this.open();
      this.storageError = undefined;
      this.comeback = this.#compare();
      return this.comeback;
    } catch (error) {
      this.storageError = error;
      throw error;
    } finally {
      this.starting = false;
      this.touch();
    }
  }

  /** Ends it in order. */
  async close() {
    const { life } = this;
    this.life = undefined;
    this.touch();
    await (life ? life.close() : this.#gone);
  }

  async delete() {
    await this.#options.storage.delete(this.#options.database);
  }

  /** @param {Told} told */
  #hear(told) {
    // At once: the next save may be a success.
    if (told.type === "persistenceError") this.storageError = told.detail.error;
    this.#told.push(told);
  }

  #saved() {
    if (!this.storageError) return;
    this.storageError = undefined;
    this.touch();
  }

  /** @returns {import("./types.js").Comeback} */
  #compare() {
    const { record } = this;
    const before = record.deliveredTwice;
    return {
      clockBefore: this.#before.clock,
      clockAfter: this.#clock,
      restored: record.delivered,
      logBefore: this.#before.log,
      pendingBefore: this.#before.pending,
      pendingAfter: record.pending,
      get deliveredTwice() {
        return record.deliveredTwice - before;
      },
    };
  }
}
