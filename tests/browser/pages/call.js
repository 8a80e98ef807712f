/** Calls the functions of agent-worker.js from a window, here or in a worker of each kind. */

import * as agent from "./agent.js";
import { runContract } from "./contract.js";
import { requestPersistentStorage } from "./package.js";

const SCRIPT = new URL("agent-worker.js", import.meta.url);
/** A function of another module. Service workers have no import(). */
const callIn = async (module, name, args) => (await import(module))[name](...args);

const functions = { ...agent, runContract, requestPersistentStorage, callIn };

/** By kind: makes the worker, or finds it, and gives what messages go to. */
const POSTS = {
  "dedicated worker": once(newWorker),
  "shared worker": once(() => new SharedWorker(SCRIPT, { type: "module" }).port),
  // Not once: it is another one after an update, and starts again by itself when it was stopped.
  "service worker": async () => {
    await navigator.serviceWorker.register(SCRIPT, { type: "module" });
    return (await navigator.serviceWorker.ready).active;
  },
};

function newWorker() {
  return new Worker(SCRIPT, { type: "module" });
}

function once(make) {
  let made;
  return () => (made ??= make());
}

/** Ends the dedicated worker; the next call makes another one. */
export function terminate() {
  POSTS["dedicated worker"]().terminate();
  POSTS["dedicated worker"] = once(newWorker);
}

/** @param {"window" | keyof typeof POSTS} kind @param {string} name @param {any[]} args */
export async function call(kind, name, args) {
  if (kind === "window") return functions[name](...args);
  const target = await POSTS[kind]();
  const { port1, port2 } = new MessageChannel();
  target.postMessage({ name, args }, [port2]);
  const { result, error } = await new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  port1.close();
  if (error) throw new Error(error);
  return result;
}
