// A participant as the parent sees it: its process, which may be killed and started again, and what it reported.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("participant.mjs", import.meta.url));

export class Member {
  name;
  /**
   * One for each start of its process: what it read from its folder and what came into its log then, in order, and how many
   * messages it knew to be missing at the start.
   */
  lives = [];
  /** As reported last. */
  state = { said: 0, logged: 0, missing: 0, lost: 0, unacknowledged: 0, synced: false };
  /** The latest in its log. */
  clock = 0n;
  tally = { again: 0, asked: 0, answered: 0, resent: 0 };
  /** What it noticed to be missing. */
  gaps = new Set();
  /** What its lines depend on, by their ids, as they were sent. */
  dependencies = new Map();
  /** From `finish`. */
  log = [];
  #heard = new Set();
  #folder;
  #lines;
  #network;
  #fail;
  #process;
  #closing = false;

  /** `lines` is the whole conversation. `fail` is called with an error if the process ends by itself. */
  constructor({ name, folder, lines, network, fail }) {
    this.name = name;
    this.#folder = folder;
    this.#lines = lines;
    this.#network = network;
    this.#fail = fail;
  }

  /** Starts the process; resolves once it has opened its folder. */
  async open() {
    this.#closing = false;
    const life = { restored: [], delivered: [] };
    // "advanced" carries bytes and bigints as they are.
    this.#process = fork(PROGRAM, [this.name, this.#folder], { serialization: "advanced" });
    this.#process.on("exit", (code, signal) => this.#exited(code, signal));
    const ready = new Promise((resolve) => {
      this.#process.on("message", (message) => this.#take(message, life, resolve));
    });
    this.lives.push(life);
    await ready;
  }

  /** Takes part from now on. */
  begin() {
    this.#network.join(this.name, (frame) => this.#hear(frame));
    this.#order("start", { lines: this.#lines });
  }

  /** Ends the process without a word. Resolves once it is gone, and with it its lock on the folder. */
  async kill() {
    this.#closing = true;
    this.#network.leave(this.name);
    if (!this.running) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
    this.clockAtKill = this.clock;
  }

  /** Lets the process end in its own time, and has its log then. */
  async finish() {
    this.#closing = true;
    // Its last message may be read after its end, but before the line to it is cut.
    const gone = Promise.all([once(this.#process, "exit"), once(this.#process, "disconnect")]);
    this.#order("finish");
    await gone;
  }

  get running() {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  isOwn(id) {
    return this.#lines.some((line) => line.id === id && line.speaker === this.name);
  }

  /** What the network did to its frames. */
  get traffic() {
    return this.#network.counts(this.name);
  }

  /** What it got of the others: by an event, or from its folder (if it was killed between the write and the event). */
  get delivered() {
    const all = this.lives.flatMap(({ restored, delivered }) => [...restored, ...delivered]);
    return new Set(all.filter((id) => !this.isOwn(id)));
  }

  /** By what is left, since the events just before a kill are never heard of. */
  get acknowledged() {
    return this.state.said - this.state.unacknowledged;
  }

  #order(type, body) {
    // The callback takes the error of a message to a process that has just died; its end is noticed by itself.
    if (this.#process.connected) this.#process.send({ type, ...body }, () => {});
  }

  #take({ type, ...body }, life, ready) {
    if (type === "frame") this.#broadcast(body);
    else if (type === "restored" || type === "delivered") this.#logged(life[type], body);
    else if (type === "missing") body.ids.forEach((id) => this.gaps.add(id));
    else if (type === "ready") ready(Object.assign(life, body));
    // "state", and "log" at the end.
    else Object.assign(this, body);
  }

  #broadcast({ bytes, id, senderId, isSync, dependencies, asked }) {
    this.tally.asked += asked;
    if (senderId !== this.name) this.tally.answered += 1;
    else if (this.dependencies.has(id)) this.tally.resent += 1;
    else if (!isSync) this.dependencies.set(id, dependencies);
    this.#network.broadcast(this.name, { id, bytes });
  }

  #hear({ id, bytes }) {
    if (this.#heard.has(id)) this.tally.again += 1;
    this.#heard.add(id);
    this.#order("frame", { bytes });
  }

  #logged(ids, { id, clock }) {
    ids.push(id);
    if (clock > this.clock) this.clock = clock;
  }

  #exited(code, signal) {
    if (!this.#closing) this.#fail(new Error(`${this.name}'s process ended by itself (${signal ?? `exit code ${code}`})`));
  }
}
