/**
 * One participant, which a test drives: in a window or in a worker of any kind. What its functions take and give can be
 * cloned. The clock stands where the test puts it.
 */

import { IndexedDbPersistence, ReliabilityManager, decodeMessage } from "./package.js";

const CHANNEL = "room";
const EVENTS = [
  "messageReady",
  "messageSent",
  "messageResend",
  "messageLost",
  "missingDependencies",
  "repairReady",
  "persistenceError",
];

const encode = (text) => new TextEncoder().encode(text);

const ID = crypto.randomUUID();
/** Another one in each life of this page or worker. */
export const life = () => ID;

let persistence;
let manager;
let events = [];
let clock = 0;
/** @type {BroadcastChannel | undefined} */
let network;
/** Ids of messages that are lost on their way here. */
let lost = [];

/**
 * Opens the database and loads the channel.
 * @param {object} options `at`: the time; `hints`: whether messages are given retrieval hints; `on`: a network's name
 */
export async function start({ participantId, database, at, hints = false, on, options, config }) {
  clock = at;
  persistence = await IndexedDbPersistence.open(database, options);
  const retrievalHint = hints ? (messageId) => encode(`hint of ${messageId}`) : undefined;
  manager = await ReliabilityManager.create({ participantId, persistence, config, retrievalHint, now: () => clock });
  for (const type of EVENTS) manager.addEventListener(type, ({ detail }) => note(type, detail));
  if (on) join(on);
  await manager.ensureChannel(CHANNEL);
  return state();
}

export async function stop() {
  network?.close();
  await manager.cleanup();
  await persistence.close();
}

/** Errors are cloned without their code. */
function note(type, { error, ...detail }) {
  events.push({ type, ...detail, ...(error && { error: error.toJSON() }) });
  if (detail.bytes) network?.postMessage(detail.bytes);
}

/** All events since the last call. */
export function takeEvents() {
  const taken = events;
  events = [];
  return taken;
}

export function state() {
  const history = manager.getMessageHistory(CHANNEL);
  return {
    history,
    messages: history.map((messageId) => manager.getMessage(CHANNEL, messageId)),
    clock: manager.getLamportTimestamp(CHANNEL),
    outgoing: manager.getOutgoingBuffer(CHANNEL),
    incoming: manager.getIncomingBuffer(CHANNEL),
    requests: manager.getOutgoingRepairBuffer(CHANNEL),
    answers: manager.getIncomingRepairBuffer(CHANNEL),
    pending: manager.getPendingHistory(CHANNEL),
  };
}

export const setClock = (at) => void (clock = at);

/** Sends a message and gives its bytes, which go to the network, too. */
export const send = (messageId, content = `text of ${messageId}`) =>
  broadcast(manager.wrapOutgoingMessage(encode(content), messageId, CHANNEL));

export const sync = () => broadcast(manager.wrapSyncMessage(CHANNEL));

async function broadcast(operation) {
  const bytes = await operation;
  network?.postMessage(bytes);
  return bytes;
}

export const receive = (bytes) => manager.unwrapReceivedMessage(bytes);

/** What is unacknowledged or due at the clock's time. */
export async function sweep() {
  await manager.checkUnacknowledgedMessages(CHANNEL);
  await manager.runRepairSweep();
}

/** Which messages never arrive here. @param {string[]} ids */
export const lose = (ids) => void (lost = ids);

function join(name) {
  network = new BroadcastChannel(name);
  network.onmessage = ({ data }) => {
    if (!lost.includes(decodeMessage(data).messageId)) receive(data);
  };
}
