// One participant: a process of its own, with its state in a folder of its own. run.mjs starts it and carries its frames;
// all that it knows of the others has come over that network.

import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

// The package that was built here. In your program: import { ReliableChannel } from "sds-wasm".
const { resolve } = createRequire(new URL("../../pkg/package.json", import.meta.url));
const load = (specifier) => import(pathToFileURL(resolve(specifier)));
const { decodeMessage, ReliableChannel } = await load("sds-wasm");
const { LevelPersistence } = await load("sds-wasm/node");

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

function tell(type, body) {
  if (process.connected) process.send({ type, ...body });
}

/** The process that started this one carries the frames. To check the run, it is told what is in them. */
const transport = {
  async publish(channelId, bytes) {
    const { messageId: id, senderId, content, causalHistory, repairRequest } = decodeMessage(bytes);
    const dependencies = causalHistory.map(({ messageId }) => messageId);
    tell("frame", { bytes, id, senderId, isSync: content.length === 0, dependencies, asked: repairRequest.length });
  },
  subscribe(channelId, onBytes) {
    const take = ({ type, bytes }) => type === "frame" && onBytes(bytes);
    process.on("message", take);
    return () => process.off("message", take);
  },
};

const persistence = await LevelPersistence.open(folder);
const options = { participantId: name, channelId: "balloon", transport, persistence, config: CONFIG };
const channel = await ReliableChannel.open(options);

/** Ids of the log, and of what came into it since this process began. */
const [known, fresh] = [new Set(), new Set()];
let said = 0;
let lastHeard = Date.now();

// Whatever fails ends the process; run.mjs notices.
const fail = ({ error }) => {
  throw error;
};
const listeners = {
  messageReady: ({ messageId }) => fresh.add(messageId),
  missingDependencies: ({ missingDependencies }) =>
    tell("missing", { ids: missingDependencies.map(({ messageId }) => messageId) }),
  persistenceError: fail,
  transportError: fail,
};

async function follow() {
  for await (const { messageId: id, lamportTimestamp: clock } of channel.messages({ fromStart: true })) {
    known.add(id);
    lastHeard = Date.now();
    tell(fresh.has(id) ? "delivered" : "restored", { id, clock });
  }
}

/** How many lines directly before this one have not arrived; none if the conversation has gone past it. */
function missingBefore(lines, index) {
  if (lines.slice(index + 1).some(({ id }) => known.has(id))) return 0;
  const newest = lines.slice(0, index).findLastIndex(({ id }) => known.has(id));
  return index - 1 - newest;
}

/** Until the line before has arrived. Its author may be away: after a silence the next in turn goes on without it. */
async function awaitTurn(lines, index) {
  const silent = () => Date.now() - lastHeard;
  while (silent() < missingBefore(lines, index) * PATIENCE) await sleep(20);
}

/** Says one's own lines of the conversation; those in the log were said before a restart. */
async function chat(lines) {
  for (const [index, { speaker, id, text }] of lines.entries()) {
    if (speaker !== name) continue;
    if (!known.has(id)) {
      await awaitTurn(lines, index);
      await sleep(TYPING.shortest + Math.random() * (TYPING.longest - TYPING.shortest));
      fresh.add(id);
      await channel.send(new TextEncoder().encode(text), id);
    }
    said += 1;
  }
}

/** As it is stored: in the order that is the same for all, in whatever order it came. */
async function storedLog() {
  const log = [];
  for await (const { messageId: id, senderId, lamportTimestamp: clock, content } of channel.messages({ fromStart: true })) {
    log.push({ id, senderId, clock, text: new TextDecoder().decode(content) });
    if (log.length === known.size) break;
  }
  return log;
}

const state = () => ({ said, logged: known.size, ...channel.status });

async function finish(reporter) {
  clearInterval(reporter);
  tell("log", { log: await storedLog(), state: state() });
  await channel.close();
  await persistence.close();
  process.disconnect();
}

for (const [type, listener] of Object.entries(listeners)) {
  channel.addEventListener(type, ({ detail }) => listener(detail));
}
// What is stored is read before the first order can come.
follow();
const reporter = setInterval(() => tell("state", { state: state() }), 50);
process.on("message", ({ type, lines }) => {
  if (type === "start") chat(lines);
  if (type === "finish") finish(reporter);
});
// Ctrl-C reaches the whole group of processes; the parent decides what it means. Without a parent there is no more to do.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
tell("ready", { missing: channel.status.missing });
