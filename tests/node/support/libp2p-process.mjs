// Members over libp2p, each a process of its own, as their parent sees them.

import { fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installBeside } from "./package.mjs";

const MEMBER = fileURLToPath(new URL("libp2p-member.mjs", import.meta.url));

/** What the tests over libp2p need, with our package beside it. The first time on a machine it is downloaded. */
export const installLibp2p = () => installBeside(fileURLToPath(new URL("../libp2p", import.meta.url)));

export class Member {
  log = new Set();
  synced = true;
  errors = [];
  #waiting = [];

  /**
   * @param {object} options
   * @param {string} options.dir where libp2p is installed
   * @param {string} options.name of the participant
   * @param {string} options.store the folder that it keeps its state in
   * @param {string} [options.listen] the address to listen on
   * @param {number} [options.life] distinguishes the ids of its messages from those of an earlier life
   * @param {Set<string>} [options.sent] gets the ids of what it sent
   * @param {() => void} [options.changed] called whenever it has told something
   */
  constructor({ dir, name, store, listen = "/ip4/127.0.0.1/tcp/0", life = 1, sent = new Set(), changed = () => {} }) {
    Object.assign(this, { name, sent });
    const execPath = join(dir, "node_modules", "node", "bin", "node");
    const settings = JSON.stringify({ dir, name, store, listen, life });
    this.process = fork(MEMBER, [settings], { execPath, execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.exit = new Promise((resolve) => this.process.once("exit", (code, signal) => resolve(signal ?? code)));
    this.process.on("message", (message) => {
      this.#take(message);
      changed();
    });
    this.exit.then(changed);
  }

  #take({ address, sent, logged, synced, error, history, done }) {
    this.address ??= address;
    this.synced = synced ?? this.synced;
    this.history = history ?? this.history;
    if (error) this.errors.push(error);
    if (sent) this.sent.add(sent);
    if (logged && this.log.size === this.log.add(logged).size) this.errors.push(`${logged} again`);
    if (done) this.#waiting.shift()();
  }

  /** Resolves when it is done. One order at a time. */
  order(...order) {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.process.send(order);
    });
  }

  /** Kills it, unless it has ended. */
  async kill() {
    this.process.kill("SIGKILL");
    return this.exit;
  }
}
