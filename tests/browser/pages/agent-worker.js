/** The agent and the conformance suite in a dedicated, shared or service worker, called by messages. See call.js. */

import * as agent from "./agent.js";
import { runContract } from "./contract.js";
import { requestPersistentStorage } from "./package.js";

/** A function of another module. Service workers have no import(). */
const callIn = async (module, name, args) => (await import(module))[name](...args);

const functions = { ...agent, runContract, requestPersistentStorage, callIn };

async function answer({ data: { name, args }, ports: [port] }) {
  try {
    port.postMessage({ result: await functions[name](...args) });
  } catch (error) {
    port.postMessage({ error: String(error.stack) });
  }
}

if ("onconnect" in globalThis) {
  globalThis.onconnect = ({ ports: [port] }) => (port.onmessage = answer);
} else {
  // A service worker lives at least until its events have ended.
  globalThis.onmessage = (event) => (event.waitUntil ? event.waitUntil(answer(event)) : answer(event));
}
if ("skipWaiting" in globalThis) globalThis.onactivate = (event) => event.waitUntil(globalThis.clients.claim());
