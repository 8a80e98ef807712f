// A participant as the parent sees it: its process, which may be killed and started again, and what it reported.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("participant.mjs", import.meta.url));

export class Member {
  name;
  /** One for each start of its process: what it found in its folder, and what it delivered then, in order. */
  lives = [];
  /** As reported last. */
  state = { said: 0, logged: 0, waiting: 0, unacknowledged: 0 };
  /** The latest that is known to be on its disk. */
  clock = 0n;
  tally = { duplicates: 0, asked: 0, answered: 0, resent: 0, givenUp: 0 };
  /** What it noticed to be missing. */
  gaps = new Set();
  /** From `finish`. */
  log = [];
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

  /** Starts the process; resolves once it has read its folder. */
  async open() {
    this.#closing = false;
    const life = { delivered: [] };
    // "advanced" carries bytes and bigints as they are.
    this.#process = fork(PROGRAM, [this.name, this.#folder], { serialization: "advanced" });
    this.#process.on("exit", (code, signal) => this.#exited(code, signal));
    const ready = new Promise((resolve) => {
      this.#process.on("message", (message) => this.#take(message, life, resolve));
    });
    Object.assign(life, await ready);
    this.lives.push(life);
  }

  /** Takes part from now on. */
  begin() {
    this.#network.join(this.name, (bytes) => this.#order("frame", { bytes }));
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

  /** No resends, repairs and sync messages from now on. */
  hush() {
    this.#order("hush");
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
    return this.state.said - this.state.unacknowledged - this.tally.givenUp;
  }

  #order(type, body) {
    // The callback takes the error of a message to a process that has just died; its end is noticed by itself.
    if (this.#process.connected) this.#process.send({ type, ...body }, () => {});
  }

  #take({ type, ...body }, life, ready) {
    if (type in this.tally) this.tally[type] += 1;
    else if (type === "frame") this.#broadcast(body);
    else if (type === "received") this.#received(body);
    else if (type === "missing") body.ids.forEach((id) => this.gaps.add(id));
    else if (type === "delivered") life.delivered.push(body.id);
    else if (type === "state") this.state = body.state;
    else if (type === "log") Object.assign(this, body);
    else if (type === "ready") ready(body);
  }

  #broadcast({ bytes, asked }) {
    this.tally.asked += asked;
    this.#network.broadcast(this.name, bytes);
  }

  #received({ clock }) {
    if (clock > this.clock) this.clock = clock;
  }

  #exited(code, signal) {
    if (!this.#closing) this.#fail(new Error(`${this.name}'s process ended by itself (${signal ?? `exit code ${code}`})`));
  }
}
