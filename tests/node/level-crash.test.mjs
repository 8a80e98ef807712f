// Kills a process in the middle of its work, again and again on the same folder: what it had reported must be there
// after. A failure can be tried again with the seed it prints: `SDS_CRASH_SEED=… node --test
// tests/node/level-crash.test.mjs`. What exactly a kill interrupts depends on the machine, too.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CHANNELS, config, generator } from "./support/level-crash-shared.mjs";
import { importPackage } from "./support/package.mjs";

const { ReliabilityManager } = await importPackage("sds-wasm");
const { LevelPersistence } = await importPackage("sds-wasm/node");

const ROUNDS = 12;
const MOST_REPORTS = 400;
const CHILD = fileURLToPath(new URL("support/level-crash-child.mjs", import.meta.url));

/** Runs one life and ends it when it has made so many reports; returns all that it made. */
async function liveAndDie(folder, life, seed, count) {
  const child = spawn(process.execPath, [CHILD, folder, String(life), String(seed)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const reports = [];
  const exited = once(child, "close");
  let complaints = "";
  child.stderr.on("data", (chunk) => (complaints += chunk));
  const enough = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      // The last line may be cut short.
      const report = parse(line);
      if (report && report.event !== "ready") reports.push(report);
      if (report && reports.length >= count) resolve();
    });
  });
  try {
    await Promise.race([enough, exited]);
  } finally {
    child.kill("SIGKILL");
  }
  const [, signal] = await exited;
  assert.equal(signal, "SIGKILL", `life ${life} ended by itself: ${complaints}`);
  return reports;
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** All that lives have reported so far, and the checks of what is kept against it. */
class Reports {
  /** By channel: ids that must be kept. */
  #sent = new Map(CHANNELS.map((channelId) => [channelId, new Set()]));
  #received = new Map(CHANNELS.map((channelId) => [channelId, new Set()]));
  #delivered = new Map(CHANNELS.map((channelId) => [channelId, new Set()]));
  #clock = new Map(CHANNELS.map((channelId) => [channelId, 0n]));

  add(reports) {
    for (const { event, channelId, messageId, clock } of reports) {
      if (event === "delivered") this.deliver(channelId, messageId);
      else (event === "sent" ? this.#sent : this.#received).get(channelId).add(messageId);
      if (clock !== undefined && BigInt(clock) > this.#clock.get(channelId)) this.#clock.set(channelId, BigInt(clock));
    }
  }

  deliver(channelId, messageId) {
    const delivered = this.#delivered.get(channelId);
    assert.ok(!delivered.has(messageId), `${messageId} on ${channelId} was delivered twice`);
    delivered.add(messageId);
  }

  check(manager, channelId) {
    const ids = manager.getMessageHistory(channelId);
    const history = new Set(ids);
    assert.equal(history.size, ids.length, `${channelId}: the history has an id twice`);
    const clock = manager.getLamportTimestamp(channelId);
    assert.ok(
      clock >= this.#clock.get(channelId),
      `${channelId}: the clock is ${clock}, ${this.#clock.get(channelId)} was reported`,
    );
    this.#missing(channelId, "sent", this.#sent, history);
    this.#missing(channelId, "delivered", this.#delivered, history);
    const waiting = manager.getIncomingBuffer(channelId).map(({ message }) => message.messageId);
    this.#missing(channelId, "received", this.#received, new Set([...ids, ...waiting]));
    this.#missing(channelId, "sent and not acknowledged", this.#sent, stillOurs(manager, channelId, ids));
  }

  #missing(channelId, what, reported, kept) {
    const missing = [...reported.get(channelId)].filter((messageId) => !kept.has(messageId));
    assert.deepEqual(missing, [], `${channelId}: reported as ${what}, but gone`);
  }

  get counts() {
    const total = (map) => [...map.values()].reduce((sum, ids) => sum + ids.size, 0);
    return { sent: total(this.#sent), received: total(this.#received), delivered: total(this.#delivered) };
  }
}

/** Own messages that are in the outgoing buffer, and those that a message of the others acknowledges. */
function stillOurs(manager, channelId, ids) {
  const outgoing = manager.getOutgoingBuffer(channelId).map(({ message }) => message.messageId);
  const others = ids.map((id) => manager.getMessage(channelId, id)).filter(({ senderId }) => senderId === "remote");
  // A message may acknowledge though it waits for its dependencies.
  const waiting = manager.getIncomingBuffer(channelId).map(({ message }) => message);
  const named = [...others, ...waiting].flatMap(({ causalHistory }) => causalHistory.map(({ messageId }) => messageId));
  return new Set([...outgoing, ...named]);
}

/** Opens the folder as the next life would, and compares. */
async function inspect(folder, reports) {
  const persistence = await LevelPersistence.open(folder);
  const manager = await ReliabilityManager.create({ participantId: "local", persistence, config });
  manager.addEventListener("messageReady", ({ detail }) => reports.deliver(detail.channelId, detail.messageId));
  try {
    for (const channelId of CHANNELS) {
      await manager.ensureChannel(channelId);
      reports.check(manager, channelId);
    }
  } finally {
    await manager.cleanup();
    await persistence.close();
  }
}

test(`${ROUNDS} lives, each ended by SIGKILL`, async (t) => {
  const seed = Number(process.env.SDS_CRASH_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`SDS_CRASH_SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), "sds-crash-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const random = generator(seed);
  const reports = new Reports();
  for (let life = 0; life < ROUNDS; life += 1) {
    const count = Math.floor(random() * MOST_REPORTS);
    const lifeSeed = Math.floor(random() * 2 ** 31);
    const said = await liveAndDie(folder, life, lifeSeed, count);
    t.diagnostic(`life ${life}: seed ${lifeSeed}, killed after ${count} of ${said.length} reports`);
    reports.add(said);
    await inspect(folder, reports);
  }
  t.diagnostic(JSON.stringify(reports.counts));
  const { sent, received, delivered } = reports.counts;
  assert.ok(sent > 0 && received > 0 && delivered > 0);
});
