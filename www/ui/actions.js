/** What can be done to the room from the page. Whatever fails is told; nothing throws into a listener. */

import { count } from "./format.js";

const BURST = 100;

export class Actions {
  #room;
  #notices;
  #announce;

  constructor(room, notices, announce) {
    this.#room = room;
    this.#notices = notices;
    this.#announce = announce;
  }

  #name(index) {
    return this.#room.peers[index].name;
  }

  kill(index) {
    this.#try(() => {
      this.#room.kill(index);
      this.#announce(`${this.#name(index)} was killed.`);
    });
  }

  restart(index) {
    return this.#try(async () => {
      const { restored, logBefore, deliveredTwice } = await this.#room.restart(index);
      this.#announce(`${this.#name(index)} is back: ${count(restored)} of ${count(logBefore)} messages restored, `
        + `${count(deliveredTwice)} delivered twice.`);
    });
  }

  isolate(index) {
    this.#try(() => {
      const isolated = !this.#room.peers[index].isolated;
      this.#room.isolate(index, isolated);
      this.#announce(`${this.#name(index)} is ${isolated ? "cut off" : "connected again"}.`);
    });
  }

  send(index, text) {
    return this.#try(() => this.#room.send(index, text));
  }

  set(name, value) {
    this.#try(() => this.#room.set(name, value));
  }

  /** A hundred messages at once, from everybody in turn. */
  burst() {
    const live = this.#room.peers.filter(({ alive }) => alive);
    if (!live.length) return this.#notices.show("Nobody is alive to write them.", { key: "burst" });
    const sends = Array.from({ length: BURST }, (_, i) =>
      this.#room.send(live[i % live.length].index, `Burst, ${i + 1} of ${BURST}`));
    this.#announce(`${BURST} messages written at once.`);
    return this.#try(() => Promise.all(sends));
  }

  async #try(work) {
    try {
      return await work();
    } catch (error) {
      this.#notices.error(error);
      return undefined;
    }
  }
}
