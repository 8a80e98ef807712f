// Managers under a clock of the test's own, records of their events, and messages of members that exist only on paper.

import { setImmediate as nextTurn } from "node:timers/promises";
import { importPackage } from "./package.mjs";

export const sds = await importPackage("sds-wasm");
await sds.ready();

export const CHANNEL = "room";
export const T0 = 1_700_000_000_000;
/** The clock's unit on the wire: seconds. */
export const LAMPORT0 = BigInt(T0 / 1000);

export const text = (string) => new TextEncoder().encode(string);
export const fromText = (bytes) => new TextDecoder().decode(bytes);

/** Runs everything that is ready to run. Nothing here waits for wall-clock time. */
export async function idle() {
  for (let round = 0; round < 3; round += 1) await nextTurn();
}

/** A clock that stands still until told otherwise. */
export class Clock {
  constructor(at = T0) {
    this.at = at;
    this.now = () => this.at;
  }

  pass(milliseconds) {
    this.at += milliseconds;
  }
}

const EVENTS = [
  "messageReady",
  "messageSent",
  "missingDependencies",
  "messageResend",
  "messageLost",
  "repairReady",
  "periodicSync",
  "persistenceError",
];

/** Every event from now on, as `{ type, ...detail }`. */
export function record(manager, types = EVENTS) {
  const events = [];
  for (const type of types) manager.addEventListener(type, ({ detail }) => events.push({ type, ...detail }));
  return events;
}

/** Events in short: "messageReady a". */
export const brief = (events) => events.map(({ type, messageId, operation }) => `${type} ${messageId ?? operation}`);

/** A manager, cleaned up with the test. Tests that restart one clean it up themselves. */
export async function participant(t, participantId, { clock = new Clock(), ...options } = {}) {
  const manager = await sds.ReliabilityManager.create({ participantId, now: clock.now, ...options });
  t.after(() => {
    // Where a test failed in the middle, cleanup must not wait for what it held.
    options.persistence?.release?.();
    return manager.cleanup();
  });
  return manager;
}

const asEntry = (dependency) => (typeof dependency === "string" ? { messageId: dependency } : dependency);

/** The bytes of a message made by hand, content unless told otherwise. `after`: ids or entries of its causal history. */
export function message(messageId, { after = [], clock = LAMPORT0, content = `text of ${messageId}`, ...rest } = {}) {
  return sds.encodeMessage({
    messageId,
    channelId: CHANNEL,
    senderId: "bob",
    lamportTimestamp: clock,
    causalHistory: after.map(asEntry),
    content: text(content),
    ...rest,
  });
}

/** Sends, and gives the bytes to broadcast. */
export const send = (manager, messageId, channelId = CHANNEL) =>
  manager.wrapOutgoingMessage(text(`text of ${messageId}`), messageId, channelId);

export const ids = (buffer) => buffer.map(({ message: { messageId } }) => messageId);

/** The same bytes with parts of the message replaced. */
export const altered = (bytes, changes) => sds.encodeMessage({ ...sds.decodeMessage(bytes), ...changes });

/** A stream of numbers below a limit that is the same in every run. */
export function dice(seed) {
  let state = seed >>> 0;
  return (limit) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
