// `npm run example`: the package at work. Starts the participants, carries their frames over a bad network, kills one of
// them in the middle of it, and checks in the end that all have the same log in causal order.

import { existsSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Member } from "./member.mjs";
import { LossyNetwork } from "./network.mjs";
import { help, readOptions, UsageError } from "./options.mjs";
import { account, event, introduction, progress, stalled } from "./report.mjs";
import { conversation, NAMES } from "./script.mjs";
import { verify } from "./verify.mjs";

/** How long the killed participant stays away, and how often a line of progress is printed; in milliseconds. */
const AWAY = 2000;
const PROGRESS = 1000;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

class Run {
  #options;
  #members;
  #lines;
  #network;
  #start = Date.now();
  #failure;

  constructor(options, home) {
    const names = NAMES.slice(0, options.participants);
    const { seed, loss, duplicate } = options;
    this.#options = options;
    this.#lines = conversation(names, options.messages);
    this.#network = new LossyNetwork({ seed, loss: loss / 100, duplicate: duplicate / 100 });
    const fail = (error) => (this.#failure ??= error);
    const shared = { lines: this.#lines, network: this.#network, fail };
    this.#members = names.map((name) => new Member({ name, folder: join(home, name), ...shared }));
  }

  /** Resolves with the exit code. */
  async perform() {
    console.log(introduction(this.#options));
    await this.#whileRunning(Promise.all(this.#members.map((member) => member.open())));
    for (const member of this.#members) member.begin();
    const ticker = setInterval(() => console.log(progress(this.#members, this.#elapsed)), PROGRESS);
    const converged = await this.#converge().finally(() => clearInterval(ticker));
    if (converged) return this.#conclude();
    console.log(stalled(this.#members, this.#options.messages, this.#options.timeout));
    return 1;
  }

  /** Leaves nothing behind that runs; a `perform` that is under way rejects. */
  async abort() {
    this.#failure ??= new Error("it was interrupted");
    this.#network.close();
    await Promise.all(this.#members.map((member) => member.kill()));
  }

  async #converge() {
    const deadline = this.#start + this.#options.timeout * 1000;
    const [, victim] = this.#members;
    if (!(await this.#until(() => this.#inTheMiddle(victim), deadline))) return false;
    await this.#killAndRestart(victim);
    return this.#until(() => this.#members.every((member) => this.#complete(member)), deadline);
  }

  /** Half of its lines are said. Best while a gap is open, but that may not happen any more. */
  #inTheMiddle({ state: { said, missing } }) {
    const half = Math.ceil(this.#options.messages / 2);
    return missing > 0 ? said >= half : said > half || said === this.#options.messages;
  }

  async #killAndRestart(victim) {
    await victim.kill();
    this.#note(`${victim.name} is killed; back in ${AWAY / 1000} s`);
    await this.#whileRunning(sleep(AWAY));
    await this.#whileRunning(victim.open());
    victim.begin();
    this.#note(`${victim.name} is back, with what its folder held`);
  }

  #complete({ state: { said, logged, synced } }) {
    return said === this.#options.messages && logged === this.#lines.length && synced;
  }

  async #conclude() {
    this.#note("everybody has everything; waiting for what is still on its way");
    this.#network.silence();
    // Late duplicates must do no harm either.
    await this.#until(() => this.#network.inFlight === 0);
    await this.#whileRunning(Promise.all(this.#members.map((member) => member.finish())));
    const checks = verify(this.#members, this.#lines);
    console.log(account(this.#members, checks));
    return checks.every(({ faults }) => faults.length === 0) ? 0 : 1;
  }

  /** Whether it became true in time. */
  async #until(condition, deadline = Infinity) {
    for (;;) {
      if (this.#failure) throw this.#failure;
      if (condition()) return true;
      if (Date.now() > deadline) return false;
      await sleep(10);
    }
  }

  /** The promise's value, unless a process fails: then it may never settle. */
  async #whileRunning(promise) {
    let settled = false;
    const settling = promise.finally(() => (settled = true));
    settling.catch(() => {});
    await this.#until(() => settled);
    return settling;
  }

  get #elapsed() {
    return Date.now() - this.#start;
  }

  #note(text) {
    console.log(event(text, this.#elapsed));
  }
}

/** Resolves with an exit code when somebody outside ends the run. */
function interruption() {
  return new Promise((resolve) => {
    for (const [signal, code] of Object.entries(EXIT_CODES)) process.once(signal, () => resolve(code));
    // Whoever read the output has had enough, as `head` does.
    process.stdout.on("error", () => resolve(1));
  });
}

async function runExample(options) {
  const interrupted = interruption();
  const home = await mkdtemp(join(tmpdir(), "sds-wasm-example-"));
  // Should all else fail. Left alone, the participants end by themselves when their parent is gone.
  process.once("exit", () => rmSync(home, { recursive: true, force: true }));
  const run = new Run(options, home);
  try {
    return await Promise.race([run.perform(), interrupted]);
  } finally {
    await run.abort();
    await rm(home, { recursive: true, force: true });
  }
}

async function main(args) {
  const options = readOptions(args);
  if (options.help) return console.log(help());
  if (!existsSync(new URL("../../pkg/package.json", import.meta.url))) {
    throw new Error("there is no pkg/ yet, `npm run build` makes it");
  }
  process.exitCode = await runExample(options);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(usage ? error.message : `The run failed: ${error.message}`);
  process.exitCode = usage ? 2 : 1;
}
