/**
 * One step of a room's clock after the other. The same settings and the same calls give the same run, however long
 * storage takes: all that is due within a step is started in order, and managers change their memory in the order of the
 * calls. Then all of it is awaited, and only then is what comes of it handled, peer by peer.
 */

import { decodeMessage } from "sds-wasm";
import { decodeForeign } from "./frames.js";
import { Network } from "./network.js";
import { Schedule } from "./schedule.js";
import { CHANNEL, CONFIG, idOf, indexOf, KEPT_FRAMES, numberOf, TICK } from "./setup.js";

/** @typedef {import("./peer.js").Peer} Peer */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Arrival} Arrival */
/** @typedef {{ kind: Frame["kind"], bytes: Uint8Array }} Output Bytes to broadcast. */
/**
 * An operation that was started. `finish` is called with its result and may give bytes to broadcast.
 * @typedef {{ peer: Peer, life: import("./life.js").Life, done: Promise<any>,
 *   finish: (value: any) => Output | undefined }} Work
 */

const encoder = new TextEncoder();
const TRANSMISSIONS = { messageResend: "resend", repairReady: "repair" };
/** The counter of each kind of frame but the first. */
const COUNTERS = { sync: "syncs", resend: "resends", repair: "repairs" };
/** @type {Readonly<import("./types.js").Totals>} */
export const TOTALS = Object.freeze({
  written: 0, frames: 0, deliveries: 0, lost: 0, copies: 0, syncs: 0, resends: 0, repairs: 0, bytes: 0, refused: 0,
});

export class Engine {
  /** @type {Frame[]} */
  frames = [];
  /** How many messages each peer has written. @type {number[]} */
  said;
  /** @type {Readonly<import("./types.js").Settings>} */
  settings;
  totals;
  #clock;
  #peers;
  #board;
  #network;
  /** @type {Schedule<() => Promise<Work | undefined> | Work | undefined>} */
  #schedule = new Schedule();

  /**
   * @param {{ settings: import("./types.js").Settings, clock: { now: number }, peers: readonly Peer[],
   *   board: import("./board.js").Board, said?: number[], totals?: import("./types.js").Totals }} options
   */
  constructor({ settings, clock, peers, board, said, totals }) {
    this.settings = settings;
    this.said = said ?? peers.map(() => 0);
    this.totals = { ...TOTALS, ...totals, written: board.written };
    this.#clock = clock;
    this.#peers = peers;
    this.#board = board;
    this.#network = new Network(settings);
    for (const peer of peers) this.#scheduleTasks(peer);
  }

  /** @param {import("./traffic.js").Traffic | undefined} traffic writes by itself */
  async tick(traffic) {
    this.#clock.now += TICK;
    /** @type {Work[]} */
    const works = [];
    for (let due = this.#next(); due; due = this.#next()) works.push(await due());
    for (const { peer: index, line } of traffic?.pass(TICK, this.settings.rate) ?? []) {
      const peer = this.#peers[index];
      if (peer.alive) works.push(this.#write(peer, line(peer.record.heard)).work);
    }
    await this.#finish(works.filter((work) => work !== undefined));
  }

  /** Writes a message now. @param {Peer} peer @param {string} text @returns {Promise<string>} its id */
  async send(peer, text) {
    const { id, work } = this.#write(peer, text);
    await this.#finish([work]);
    if (work.life.over) throw new Error(`${peer.name} was killed before the message was saved.`);
    return id;
  }

  /** Hands bytes to a peer that came from elsewhere. @param {Peer} peer @param {Uint8Array} bytes */
  async inject(peer, bytes) {
    try {
      const { lamportTimestamp } = decodeForeign(bytes);
      await this.#finish([this.#receive(peer, { bytes, clock: lamportTimestamp ?? 0n })]);
    } catch (error) {
      this.totals.refused += 1;
      throw error;
    }
  }

  #next() {
    return this.#schedule.takeDue(this.#clock.now);
  }

  /** Tasks go on at the same times after a reload, and not at the same time for all. */
  #scheduleTasks(peer) {
    const { bufferSweepInterval, repairSweepInterval, syncMessageInterval } = CONFIG;
    this.#repeat(peer, bufferSweepInterval, (manager) => manager.checkUnacknowledgedMessages(CHANNEL));
    this.#repeat(peer, repairSweepInterval, (manager) => manager.runRepairSweep());
    this.#repeat(peer, syncMessageInterval, (manager) => manager.wrapSyncMessage(CHANNEL), toOutput("sync"));
  }

  #repeat(peer, interval, run, finish = () => undefined) {
    const { now } = this.#clock;
    const offset = (interval * peer.index) / this.#peers.length;
    const first = Math.ceil((now + 1 - offset) / interval) * interval + offset;
    const task = (at) => () => {
      this.#schedule.add(at + interval, task(at + interval));
      return peer.alive ? this.#start(peer, run, finish) : undefined;
    };
    this.#schedule.add(first, task(first));
  }

  /** @returns {Work} */
  #start(peer, run, finish) {
    const { life } = peer;
    return { peer, life, done: life.wait(run(life.manager)), finish };
  }

  #write(peer, text) {
    const id = idOf(peer.index, this.said[peer.index] + 1);
    this.said[peer.index] += 1;
    const run = (manager) => manager.wrapOutgoingMessage(encoder.encode(text), id, CHANNEL);
    const finish = (bytes) => {
      const entry = peer.record.wrote(id, text, decodeMessage(bytes).lamportTimestamp);
      this.#delivered(peer, entry);
      return { kind: "message", bytes };
    };
    return { id, work: this.#start(peer, run, finish) };
  }

  /** @param {Peer} peer @param {{ bytes: Uint8Array, clock: bigint }} frame @param {Arrival} [arrival] */
  #receive(peer, { bytes, clock }, arrival) {
    const run = (manager) => manager.unwrapReceivedMessage(bytes);
    return this.#start(peer, run, (result) => {
      const delivered = peer.record.received(result, clock);
      if (arrival) arrival.delivered = delivered;
    });
  }

  /** @param {Frame} frame @param {Arrival} arrival @param {import("./plain.js").Message} [message] on its first way */
  async #arrive(frame, arrival, message) {
    const peer = this.#peers[arrival.to];
    arrival.fate = peer.isolated ? "cut" : peer.alive ? "arrived" : "dead";
    if (arrival.fate !== "arrived") return undefined;
    if (message) peer.plain.arrive(message);
    peer.record.arriving(frame.messageId, frame.kind);
    const work = this.#receive(peer, frame, arrival);
    // The core takes its turn in a microtask. What it has done can be seen then, long before it is saved.
    await undefined;
    arrival.clock = work.life.clock;
    return work;
  }

  /** Waits for all works, then handles what came of them. @param {Work[]} works */
  async #finish(works) {
    const outcomes = await Promise.all(works.map(({ done }) => done));
    const failures = [];
    for (const peer of this.#peers) {
      const outputs = [];
      works.forEach((work, index) => {
        const outcome = outcomes[index];
        // Nobody is left to hear the result of one who was killed.
        if (work.peer !== peer || work.life.over || outcome === undefined) return;
        if ("error" in outcome) failures.push(outcome.error);
        else outputs.push(work.finish(outcome.value));
      });
      outputs.push(...this.#hear(peer));
      for (const output of outputs) if (output) this.#broadcast(peer, output);
      if (works.some((work) => work.peer === peer)) peer.readClock();
    }
    this.totals.written = this.#board.written;
    if (failures.length > 0) throw failures[0];
  }

  /** Takes what a peer's manager has told. @param {Peer} peer @returns {Output[]} */
  #hear(peer) {
    const outputs = [];
    for (const told of peer.takeTold()) {
      const entry = peer.take(told);
      if (entry) this.#delivered(peer, entry);
      const kind = TRANSMISSIONS[told.type];
      if (kind) outputs.push({ kind, bytes: told.detail.bytes });
    }
    return outputs;
  }

  #delivered(peer, entry) {
    peer.learn(entry);
    this.#board.delivered(peer, entry);
  }

  /** @param {Peer} peer @param {Output} output */
  #broadcast(peer, { kind, bytes }) {
    const { messageId, senderId, lamportTimestamp: clock, causalHistory: causes } = decodeMessage(bytes);
    const { now: at } = this.#clock;
    const sender = indexOf(senderId, this.#peers.length);
    const writer = sender === peer.index ? undefined : sender;
    this.totals.frames += 1;
    const frame = { number: this.totals.frames, at, from: peer.index, kind, messageId, clock, writer, bytes, causes };
    frame.arrivals = this.#network.deliveries(frame, this.settings, this.#peers.map(({ isolated }) => isolated));
    this.#count(frame);
    this.frames.push(frame);
    if (this.frames.length > KEPT_FRAMES) this.frames.shift();
    const message = kind === "message" ? this.#plainly(peer, messageId) : undefined;
    for (const arrival of frame.arrivals) {
      if (arrival.fate === "underway") this.#schedule.add(arrival.at, () => this.#arrive(frame, arrival, message));
    }
  }

  #count({ kind, bytes, arrivals }) {
    const { totals } = this;
    totals.bytes += bytes.length;
    totals.deliveries += arrivals.length;
    totals.lost += arrivals.filter(({ fate }) => fate === "lost").length;
    totals.copies += arrivals.filter(({ copy }) => copy).length;
    if (kind in COUNTERS) totals[COUNTERS[kind]] += 1;
  }

  /** A message on its first way, as those take it who have no library. @returns {import("./plain.js").Message} */
  #plainly(peer, id) {
    const { text } = peer.record.get(id);
    const number = numberOf(id, peer.index);
    const knows = Object.assign(peer.knows.slice(), { [peer.index]: number });
    const message = { id, sender: peer.index, text, number, knows };
    for (const other of this.#peers) {
      if (other === peer) other.plain.arrive(message);
      else other.plain.expect(message);
      other.touch();
    }
    return message;
  }
}

function toOutput(kind) {
  return (bytes) => ({ kind, bytes });
}
