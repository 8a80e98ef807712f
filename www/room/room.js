/** Several peers in one page, over a simulated network and by a simulated clock. */

import { Board } from "./board.js";
import { Chart } from "./chart.js";
import { Engine } from "./engine.js";
import { Notepad, reconcile } from "./notes.js";
import { Peer } from "./peer.js";
import { checkSetting, checkSettings } from "./settings.js";
import { CHANNEL, EPOCH, indexOf, NAMES, TICK } from "./setup.js";
import { storageOf } from "./storage.js";
import { Traffic } from "./traffic.js";
import { Breath, Turns } from "./turns.js";

const NOTES_INTERVAL = 2000;
const SETTLE_LIMIT = 10 * 60_000;

/** Known to this file only, which makes the constructor private: opening is asynchronous. */
const FROM_OPEN = Symbol("openRoom");

/** @type {import("./types.js").OpenRoom} */
export async function openRoom(given, { name = "lossy-room", storage = "indexeddb", lock, notes, signal } = {}) {
  signal?.throwIfAborted();
  const settings = checkSettings(given);
  // Rooms with other peers, or other dice, have nothing to do with each other.
  const key = `${name}-${settings.seed}-${settings.peers}`;
  const notepad = new Notepad(notes, key);
  const noted = notepad.read();
  const clock = { now: noted.now ?? 0 };
  const kept = storageOf(storage, { lock, signal });
  const peers = await openPeers(settings.peers, { key, clock, storage: kept, signal });
  const known = reconcile(noted, peers);
  clock.now = known.now ?? 0;
  return new Room(FROM_OPEN, { settings, clock, peers, notepad, known, kind: kept.kind });
}

/** All, or none. */
async function openPeers(count, { key, clock, storage, signal }) {
  const peers = NAMES.slice(0, count).map((name, index) => {
    const ofSender = (senderId) => indexOf(senderId, count);
    const now = () => EPOCH + clock.now;
    return new Peer({ index, name, indexOf: ofSender, storage, database: `${key}-${name}`, now });
  });
  try {
    // The first one's lock is the room's: of two who wait, none gets half of the others.
    await peers[0].open();
    await allOf(peers.slice(1).map((peer) => peer.open()));
    signal?.throwIfAborted();
    return peers;
  } catch (error) {
    await Promise.allSettled(peers.map((peer) => peer.close()));
    throw error;
  }
}

/** Waits for all, however they end, then throws what the first that failed has thrown. */
async function allOf(promises) {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
}

/** What types.d.ts calls Room. */
class Room {
  revision = 0;
  traffic = true;
  #engine;
  #peers;
  #clock;
  #board;
  #chart;
  #writers;
  #notepad;
  #kind;
  #nextNotes = 0;
  /** How far the clock is to run; it runs in whole steps. */
  #target;
  #closed = false;
  /** Whoever changes something has the room for itself: a step of the clock, or a call. */
  #turns = new Turns();
  /** Those who run the clock, one after the other. */
  #runs = new Turns();
  #breath = new Breath();
  /** For `settled`: what was compared last, and whether it was equal. */
  #compared = { what: "", equal: true };

  constructor(key, { settings, clock, peers, notepad, known, kind }) {
    if (key !== FROM_OPEN) throw new TypeError("Use openRoom().");
    this.#peers = Object.freeze(peers);
    this.#clock = clock;
    this.#target = clock.now;
    this.#notepad = notepad;
    this.#kind = kind;
    this.#board = new Board(peers);
    for (const peer of peers) this.#board.review(peer);
    this.#board.written = Math.max(this.#board.written, known.totals?.written ?? 0);
    this.#writers = new Traffic(settings, known.traffic);
    this.#engine = new Engine({ settings, clock, peers, board: this.#board, said: known.said, totals: known.totals });
    this.#chart = new Chart(clock.now);
    known.plain?.forEach((saved, index) => peers[index]?.plain.restore(saved, (id) => this.#board.get(id)));
  }

  get settings() {
    return this.#engine.settings;
  }

  get now() {
    return this.#clock.now;
  }

  get peers() {
    return this.#peers;
  }

  get frames() {
    return this.#engine.frames;
  }

  get samples() {
    return this.#chart.samples;
  }

  get totals() {
    return this.#engine.totals;
  }

  get storage() {
    return this.#kind;
  }

  get settled() {
    const living = this.#peers.filter(({ alive }) => alive);
    const waits = living.some(({ behind, record }) => behind + record.holes + record.waiting + record.pending > 0);
    return living.length > 0 && !waits && this.#agree(living);
  }

  set(name, value) {
    if (name === "seed" || name === "peers") throw new RangeError(`The ${name} of a room can't be changed: open another.`);
    this.#engine.settings = Object.freeze({ ...this.settings, [name]: checkSetting(name, value) });
    this.revision += 1;
  }

  advance(milliseconds) {
    if (!(milliseconds >= 0 && milliseconds < Infinity)) throw new RangeError("A clock runs forward, for a finite time.");
    return this.#runs.take(async () => {
      this.#target += milliseconds;
      while (!this.#closed && this.#clock.now + TICK <= this.#target) await this.#step();
    });
  }

  settle(limit = SETTLE_LIMIT) {
    return this.#runs.take(async () => {
      this.traffic = false;
      const end = this.#clock.now + limit;
      while (!this.#closed && !this.settled && this.#clock.now < end) {
        this.#target += TICK;
        await this.#step();
      }
      return this.settled;
    });
  }

  send(index, text) {
    return this.#turn(() => this.#engine.send(this.#living(index), text));
  }

  inject(index, bytes) {
    return this.#turn(() => this.#engine.inject(this.#living(index), bytes));
  }

  kill(index) {
    this.#peer(index).kill();
    this.revision += 1;
  }

  restart(index) {
    const peer = this.#peer(index);
    if (peer.alive || peer.starting) return Promise.reject(new Error(`${peer.name} is running already.`));
    peer.starting = true;
    peer.touch();
    return this.#turn(async () => {
      const comeback = await peer.restart();
      this.#board.review(peer);
      this.totals.written = this.#board.written;
      return comeback;
    });
  }

  isolate(index, isolated) {
    this.#peer(index).isolated = isolated;
    this.revision += 1;
  }

  async close() {
    // At once: a page that is going away may not get any further.
    if (!this.#closed) this.#note();
    this.#closed = true;
    await this.#turns.take(() => Promise.all(this.#peers.map((peer) => peer.close())));
    this.revision += 1;
  }

  async clear() {
    await this.close();
    this.#notepad.remove();
    await Promise.all(this.#peers.map((peer) => peer.delete()));
  }

  async #step() {
    await this.#turns.take(async () => {
      // Closed while it waited for its turn.
      if (this.#closed) return;
      await this.#engine.tick(this.traffic ? this.#writers : undefined);
      this.#chart.pass(this.now, () => this.#measure());
      if (this.now >= this.#nextNotes) this.#note();
      this.revision += 1;
    });
    await this.#breath.take();
  }

  #turn(job) {
    return this.#turns.take(async () => {
      if (this.#closed) throw new Error("The room was closed.");
      try {
        return await job();
      } finally {
        this.revision += 1;
      }
    });
  }

  #peer(index) {
    const peer = this.#peers[index];
    if (!peer) throw new RangeError(`There is no peer ${index}.`);
    return peer;
  }

  #living(index) {
    const peer = this.#peer(index);
    if (!peer.alive) throw new Error(`${peer.name} is not running.`);
    return peer;
  }

  #measure() {
    const living = this.#peers.filter(({ alive }) => alive);
    const sum = (count) => living.reduce((total, peer) => total + count(peer), 0);
    return { behind: sum(({ behind }) => behind), plainMissing: sum(({ plain }) => plain.missing) };
  }

  #note() {
    const { now, totals } = this;
    this.#nextNotes = now + NOTES_INTERVAL;
    const plain = this.#peers.map((peer) => peer.plain.toJSON());
    this.#notepad.write({ now, said: this.#engine.said, traffic: this.#writers.position, totals, plain });
  }

  /** Whether the managers' own histories are equal: not by what the page made of them. Compared when they have changed. */
  #agree(living) {
    const what = [this.#board.version, ...living.map(({ index, record }) => `${index}:${record.version}`)].join();
    if (this.#compared.what !== what) {
      const histories = living.map(({ life }) => life.manager.getMessageHistory(CHANNEL).join("\n"));
      this.#compared = { what, equal: histories.every((history) => history === histories[0]) };
    }
    return this.#compared.equal;
  }
}
