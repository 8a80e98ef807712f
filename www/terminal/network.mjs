// A broadcast channel as bad as asked for: it loses frames, repeats them, and by its delays overtakes them.

/** Repeatable dice (mulberry32): numbers from 0 up to, not including, 1. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number for a text (FNV-1a), to seed dice with. */
function seedFrom(text) {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
  return hash;
}

const DELAY = { shortest: 5, longest: 200 };

export class LossyNetwork {
  #options;
  #members = new Map();
  #links = new Map();
  #timers = new Set();
  #silent = false;

  /** `loss` and `duplicate` are probabilities. */
  constructor({ seed, loss, duplicate }) {
    this.#options = { seed, loss, duplicate };
  }

  /** Frames for `name` go to `receive` from now on, until `leave`. */
  join(name, receive) {
    this.#member(name).receive = receive;
  }

  leave(name) {
    this.#member(name).receive = undefined;
  }

  /** To everyone but the sender. */
  broadcast(from, frame) {
    if (this.#silent) return;
    this.#member(from).counts.sent += 1;
    for (const to of this.#members.keys()) if (to !== from) this.#transmit(from, to, frame);
  }

  /** Takes no more frames. What is on its way arrives. */
  silence() {
    this.#silent = true;
  }

  /** What happened to the frames for (or, `sent`, from) one member. */
  counts(name) {
    return this.#member(name).counts;
  }

  get inFlight() {
    return this.#timers.size;
  }

  /** Drops all that is on its way. */
  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #transmit(from, to, frame) {
    const roll = this.#dice(from, to);
    // All dice of a frame are rolled whatever its fate, so that one option does not change what the others mean.
    const [lost, repeated, ...delays] = [roll() < this.#options.loss, roll() < this.#options.duplicate, roll(), roll()];
    if (lost) this.#member(to).counts.lost += 1;
    else for (const delay of delays.slice(0, repeated ? 2 : 1)) this.#deliverLater(to, frame, delay);
  }

  #deliverLater(to, frame, delay) {
    const { shortest, longest } = DELAY;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#deliver(this.#member(to), frame);
    }, shortest + delay * (longest - shortest));
    this.#timers.add(timer);
  }

  #deliver({ receive, counts }, frame) {
    counts[receive ? "received" : "missed"] += 1;
    receive?.(frame);
  }

  #member(name) {
    if (!this.#members.has(name)) this.#members.set(name, { counts: { sent: 0, received: 0, lost: 0, missed: 0 } });
    return this.#members.get(name);
  }

  /** Each link has its own: the fate of its n-th frame does not depend on how fast the other participants are. */
  #dice(from, to) {
    const link = `${this.#options.seed}:${from}>${to}`;
    if (!this.#links.has(link)) this.#links.set(link, dice(seedFrom(link)));
    return this.#links.get(link);
  }
}
