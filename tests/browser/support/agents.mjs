// Participants that run in a page or in its workers, and one that runs here.

import { once } from "node:events";
import { importPackage } from "../../node/support/package.mjs";

export const sds = await importPackage("sds-wasm");

export const CHANNEL = "room";
export const T0 = 1_700_000_000_000;
/** Where a page's code runs. */
export const KINDS = ["window", "dedicated worker", "shared worker", "service worker"];

/** Service workers that are modules are not everywhere. */
export const tagOf = (kind) => (kind === "service worker" ? " @chromium" : "");

const FUNCTIONS = [
  "start", "stop", "takeEvents", "state", "setClock", "send", "receive", "sweep",
  "life", "runContract", "requestPersistentStorage",
];

/**
 * The functions of pages/agent-worker.js, in the page or in a worker of it.
 * @param {import("@playwright/test").Page} page
 * @param {string} kind one of KINDS
 */
export function agent(page, kind = "window") {
  const remote = (name) => (...args) => call(page, kind, name, ...args);
  return Object.fromEntries(FUNCTIONS.map((name) => [name, remote(name)]));
}

function call(page, kind, name, ...args) {
  return page.evaluate(async ([kind, name, args]) => (await import("/call.js")).call(kind, name, args), [kind, name, args]);
}

/** A function of another of the test pages' modules, in the page or in a worker of it. */
export const callIn = (page, kind, module, name, ...args) => call(page, kind, "callIn", module, name, args);

/** A participant in this process, in memory, whose clock stands where it is put. */
export async function peer(participantId, at = T0) {
  const clock = { at };
  const manager = await sds.ReliabilityManager.create({ participantId, now: () => clock.at });
  return {
    manager,
    clock,
    send: (messageId) => manager.wrapOutgoingMessage(new TextEncoder().encode(messageId), messageId, CHANNEL),
    receive: (bytes) => manager.unwrapReceivedMessage(bytes),
    /** A message as it was sent. */
    bytes: (messageId) => sds.encodeMessage(manager.getMessage(CHANNEL, messageId)),
    next: async (type) => (await once(manager, type))[0].detail,
  };
}

/** Events in short: "messageReady a". */
export const brief = (events) => events.map(({ type, messageId, operation }) => `${type} ${messageId ?? operation}`);
export const ids = (buffer) => buffer.map(({ message: { messageId } }) => messageId);
