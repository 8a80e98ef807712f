/**
 * One participant, which a test drives: in a window or in a worker of any kind. What its functions take and give can be
 * cloned. The clock stands where the test puts it.
 */

import { IndexedDbPersistence, ReliabilityManager } from "./package.js";

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

/**
 * Opens the database and loads the channel.
 * @param {object} options `at`: the time; `hints`: whether messages are given retrieval hints
 */
export async function start({ participantId, database, at, hints = false, options }) {
  clock = at;
  persistence = await IndexedDbPersistence.open(database, options);
  const retrievalHint = hints ? (messageId) => encode(`hint of ${messageId}`) : undefined;
  manager = await ReliabilityManager.create({ participantId, persistence, retrievalHint, now: () => clock });
  for (const type of EVENTS) manager.addEventListener(type, ({ detail }) => note(type, detail));
  await manager.ensureChannel(CHANNEL);
  return state();
}

export async function stop() {
  await manager.cleanup();
  await persistence.close();
}

/** Errors are cloned without their code. */
function note(type, { error, ...detail }) {
  events.push({ type, ...detail, ...(error && { error: error.toJSON() }) });
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

/** Sends a message and gives its bytes. */
export const send = (messageId, content = `text of ${messageId}`) =>
  manager.wrapOutgoingMessage(encode(content), messageId, CHANNEL);

export const receive = (bytes) => manager.unwrapReceivedMessage(bytes);

/** What is unacknowledged or due at the clock's time. */
export async function sweep() {
  await manager.checkUnacknowledgedMessages(CHANNEL);
  await manager.runRepairSweep();
}
