/** A broadcast network as bad as it is told to be. It decides what becomes of each delivery, and when. */

import { stream } from "./random.js";

/** @typedef {import("./types.js").Arrival} Arrival */

/** Room between a held-back delivery and those that are to overtake it, in ms. */
const HOLD = { shortest: 300, spread: 1500 };
/** Dice rolled for a delivery, whatever its fate, so that one setting doesn't change what the others mean. */
const DICE = 6;

export class Network {
  #peers;
  #roll;
  /** When the latest delivery of each link, of those not held back, arrives: without reordering, nobody overtakes. */
  #latest = new Map();

  /** @param {{ seed: number, peers: number }} settings */
  constructor({ seed, peers }) {
    this.#peers = peers;
    this.#roll = stream(seed, "network");
  }

  /**
   * The deliveries of a broadcast, lost ones too. They depend on its number alone, and on the settings.
   * @param {{ number: number, at: number, from: number }} frame
   * @param {Readonly<import("./types.js").Settings>} settings
   * @param {readonly boolean[]} isolated by peer
   * @returns {Arrival[]}
   */
  deliveries(frame, settings, isolated) {
    const arrivals = [];
    for (let to = 0; to < this.#peers; to += 1) {
      if (to === frame.from) continue;
      const dice = this.#dice(frame.number, to);
      const fate = isolated[frame.from] ? "cut" : dice[0] < settings.loss ? "lost" : "underway";
      const at = this.#arrival(frame, to, dice, settings, fate);
      arrivals.push({ to, at, fate, copy: false, clock: undefined, delivered: false });
      if (fate !== "underway" || dice[1] >= settings.duplication) continue;
      const later = at + 20 + dice[5] * (settings.latency + 100);
      arrivals.push({ to, at: later, fate, copy: true, clock: undefined, delivered: false });
    }
    return arrivals;
  }

  #arrival({ at, from }, to, dice, { latency, reordering }, fate) {
    const usual = at + 1 + latency * (0.5 + dice[2]);
    if (dice[3] < reordering) return usual + HOLD.shortest + dice[4] * HOLD.spread;
    const link = from * this.#peers + to;
    const inOrder = Math.max(usual, this.#latest.get(link) ?? 0);
    if (fate === "underway") this.#latest.set(link, inOrder);
    return inOrder;
  }

  #dice(number, to) {
    const first = (number * this.#peers + to) * DICE;
    return Array.from({ length: DICE }, (_, index) => this.#roll(first + index));
  }
}
