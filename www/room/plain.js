/** What the same traffic leaves behind without the library: what comes is put below what came before. */

import { Recent } from "./recent.js";
import { KEPT } from "./setup.js";

/** @typedef {import("./types.js").PlainEntry} PlainEntry */
/** @typedef {{ id: string, sender: number, text: string, number: number, knows: readonly number[] }} Message
 * `number` counts its writer's messages; `knows` says how many of each peer's the writer had, this one included. */

/** How an entry is written down. */
const LOOKS = ["missing", undefined, "late", "twice"];

export class PlainLog {
  late = 0;
  twice = 0;
  /** @type {PlainEntry[]} */
  #entries = [];
  /** @type {readonly PlainEntry[] | undefined} */
  #copy;
  #missing = new Set();
  #arrived = new Recent(2 * KEPT);
  /** How many of each peer's messages something that is here was written after. @type {number[]} */
  #knows = [];

  /** As they are now: a new array when something has changed. */
  get log() {
    this.#copy ??= this.#entries.slice();
    return this.#copy;
  }

  get missing() {
    return this.#missing.size;
  }

  /** It is under way: it should be here, at this place. @param {Message} message */
  expect({ id, sender, text }) {
    this.#missing.add(id);
    this.#add({ id, sender, text, arrived: false, disorder: undefined });
  }

  /** It is here. @param {Message} message */
  arrive({ id, sender, text, number, knows }) {
    const twice = this.#arrived.has(id);
    const late = !twice && (this.#knows[sender] ?? 0) >= number;
    this.twice += twice ? 1 : 0;
    this.late += late ? 1 : 0;
    if (this.#missing.delete(id)) this.#entries.splice(this.#placeOf(id), 1);
    this.#arrived.add(id);
    knows.forEach((count, peer) => (this.#knows[peer] = Math.max(this.#knows[peer] ?? 0, count)));
    this.#add({ id, sender, text, arrived: true, disorder: twice ? "twice" : late ? "late" : undefined });
  }

  /** For `restore`. */
  toJSON() {
    const entries = this.#entries.map(({ id, arrived, disorder }) => [id, arrived ? LOOKS.indexOf(disorder) : 0]);
    return { late: this.late, twice: this.twice, entries };
  }

  /**
   * @param {ReturnType<PlainLog["toJSON"]>} saved
   * @param {(id: string) => { sender: number, text: string } | undefined} find a message that was written
   */
  restore({ late, twice, entries }, find) {
    Object.assign(this, { late, twice });
    for (const [id, look] of entries) {
      const message = find(id);
      if (!message) continue;
      const { sender, text } = message;
      if (look === 0) this.#missing.add(id);
      else this.#arrived.add(id);
      this.#add({ id, sender, text, arrived: look !== 0, disorder: look === 0 ? undefined : LOOKS[look] });
    }
  }

  #add(entry) {
    this.#copy = undefined;
    this.#entries.push(entry);
    if (this.#entries.length <= KEPT) return;
    const oldest = this.#entries.shift();
    if (!oldest.arrived) this.#missing.delete(oldest.id);
  }

  /** From the end: most that are late are not very late. */
  #placeOf(id) {
    return this.#entries.findLastIndex((entry) => entry.id === id);
  }
}
