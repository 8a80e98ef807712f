// One participant: a process of its own, with its state in a folder of its own. run.mjs starts it and carries its frames;
// all that it knows of the others has come over that network.

import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

// The package that was built here. In your program: import { ReliabilityManager } from "sds-wasm".
const { resolve } = createRequire(new URL("../../pkg/package.json", import.meta.url));
const load = (specifier) => import(pathToFileURL(resolve(specifier)));
const { decodeMessage, ReliabilityManager } = await load("sds-wasm");
const { LevelPersistence } = await load("sds-wasm/node");

const CHANNEL = "balloon";

// The defaults are made for the internet and patient people. This run has to be over in seconds.
const CONFIG = {
  resendInterval: 400,
  bufferSweepInterval: 200,
  syncMessageInterval: 250,
  repairTMin: 50,
  repairTMax: 300,
  repairSweepInterval: 50,
};

/** In milliseconds: how long a line takes to type, and how long a silence one bears per line that one waits for. */
const TYPING = { shortest: 30, longest: 110 };
const PATIENCE = 400;

const [name, folder] = process.argv.slice(2);
const persistence = await LevelPersistence.open(folder);
const manager = await ReliabilityManager.create({ participantId: name, config: CONFIG, persistence });
const utf8 = { encode: (text) => new TextEncoder().encode(text), decode: (bytes) => new TextDecoder().decode(bytes) };

const underWay = new Set();
let said = 0;
let lastHeard = Date.now();

function tell(type, body) {
  if (process.connected) process.send({ type, ...body });
}

/** Nobody waits for these, so a failure ends the process (as an unhandled rejection); run.mjs notices. */
function inBackground(promise) {
  underWay.add(promise);
  promise.then(() => underWay.delete(promise));
}

function broadcast(bytes) {
  // Requests for repair travel with whatever is sent next.
  tell("frame", { bytes, asked: decodeMessage(bytes).repairRequest.length });
}

// What the manager asks to be sent, and what it has to report.
const listeners = {
  messageReady({ messageId }) {
    lastHeard = Date.now();
    tell("delivered", { id: messageId });
  },
  missingDependencies({ missingDependencies }) {
    tell("missing", { ids: missingDependencies.map(({ messageId }) => messageId) });
  },
  messageSent: ({ acknowledged }) => acknowledged || tell("givenUp"),
  messageResend({ bytes }) {
    tell("resent");
    broadcast(bytes);
  },
  repairReady({ bytes }) {
    tell("answered");
    broadcast(bytes);
  },
  periodicSync: () => inBackground(manager.wrapSyncMessage(CHANNEL).then(broadcast)),
  persistenceError({ error }) {
    throw error;
  },
};

async function receive(bytes) {
  const receiving = manager.unwrapReceivedMessage(bytes);
  // Read before anything else can move it: once `receiving` settles, the disk has a clock at least as late as this.
  const clock = manager.getLamportTimestamp(CHANNEL);
  const { duplicate } = await receiving;
  // A duplicate changes nothing, so it waits for no write and proves nothing about the disk.
  if (duplicate) tell("duplicates");
  else tell("received", { clock });
}

const knownIds = () => new Set(manager.getMessageHistory(CHANNEL));

/** How many lines directly before this one have not arrived; none if the conversation has gone past it. */
function missingBefore(lines, index) {
  const known = knownIds();
  if (lines.slice(index + 1).some(({ id }) => known.has(id))) return 0;
  const newest = lines.slice(0, index).findLastIndex(({ id }) => known.has(id));
  return index - 1 - newest;
}

/** Until the line before has arrived. Its author may be away: after a silence the next in turn goes on without it. */
async function awaitTurn(lines, index) {
  const silent = () => Date.now() - lastHeard;
  while (silent() < missingBefore(lines, index) * PATIENCE) await sleep(20);
}

async function say({ id, text }) {
  broadcast(await manager.wrapOutgoingMessage(utf8.encode(text), id, CHANNEL));
  lastHeard = Date.now();
}

/** Says one's own lines of the conversation; those in the log were said before a restart. */
async function chat(lines) {
  for (const [index, line] of lines.entries()) {
    if (line.speaker !== name) continue;
    if (!knownIds().has(line.id)) {
      await awaitTurn(lines, index);
      await sleep(TYPING.shortest + Math.random() * (TYPING.longest - TYPING.shortest));
      await say(line);
    }
    said += 1;
  }
}

function entry(id) {
  const { senderId, lamportTimestamp, content, causalHistory } = manager.getMessage(CHANNEL, id);
  const dependencies = causalHistory.map(({ messageId }) => messageId);
  return { id, senderId, clock: lamportTimestamp, text: utf8.decode(content), dependencies };
}

const log = () => manager.getMessageHistory(CHANNEL).map(entry);

function state() {
  return {
    said,
    logged: manager.getMessageHistory(CHANNEL).length,
    waiting: manager.getIncomingBuffer(CHANNEL).length,
    unacknowledged: manager.getOutgoingBuffer(CHANNEL).length,
  };
}

async function finish(reporter) {
  clearInterval(reporter);
  while (underWay.size > 0) await Promise.all(underWay);
  tell("log", { log: log(), state: state() });
  await manager.cleanup();
  await persistence.close();
  process.disconnect();
}

async function main() {
  for (const [type, listener] of Object.entries(listeners)) {
    manager.addEventListener(type, ({ detail }) => listener(detail));
  }
  await manager.ensureChannel(CHANNEL);
  const reporter = setInterval(() => tell("state", { state: state() }), 50);
  const orders = {
    start({ lines }) {
      lastHeard = Date.now();
      manager.startPeriodicTasks();
      inBackground(chat(lines));
    },
    frame: ({ bytes }) => inBackground(receive(bytes)),
    hush: () => manager.stopPeriodicTasks(),
    finish: () => finish(reporter),
  };
  process.on("message", ({ type, ...body }) => orders[type](body));
  // Ctrl-C reaches the whole group of processes; the parent decides what it means. Without a parent there is no more to do.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit());
  const restored = manager.getMessageHistory(CHANNEL);
  const waiting = manager.getIncomingBuffer(CHANNEL).length;
  tell("ready", { restored, waiting, clock: manager.getLamportTimestamp(CHANNEL) });
}

await main();
