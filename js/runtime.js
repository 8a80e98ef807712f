/**
 * The WebAssembly module's life, and the two ways into it: `operation` for what is asynchronous, `view` for the rest.
 *
 * The core is built so that it can't panic. Should it happen nevertheless, the module's memory can't be trusted any more:
 * the module is dead from then on, for all managers, and whoever waits for it is told instead of being left hanging.
 */

import { SdsError, messageOf, toSdsError } from "./errors.js";
import { load } from "./module.js";
import { onPanic } from "./sds_wasm.js";

/** The reject functions of the operations under way. A race against one long-lived promise would keep them all for ever. */
const pending = new Set();
let loaded = false;
let death;

/** Loads the module, once for all callers. A failed attempt can be repeated. */
export async function ready() {
  assertAlive();
  try {
    await load();
  } catch (cause) {
    if (cause instanceof SdsError) throw cause;
    throw new SdsError("InternalError", `the WebAssembly module could not be loaded: ${messageOf(cause)}`, { cause });
  }
  if (loaded) return;
  loaded = true;
  onPanic(die);
}

/** Runs `body` at once and gives its result as a promise, which rejects with nothing but SdsError. */
export function operation(body) {
  return new Promise((resolve, reject) => {
    const started = attempt(body, reject);
    if (!(started instanceof Promise)) return resolve(started);
    pending.add(reject);
    started.then(
      (value) => {
        pending.delete(reject);
        resolve(value);
      },
      (thrown) => {
        pending.delete(reject);
        reject(failure(thrown));
      },
    );
  });
}

/** Runs `body` and gives its result. Throws nothing but SdsError. */
export function view(body) {
  try {
    assertUsable();
    return body();
  } catch (thrown) {
    throw failure(thrown);
  }
}

function attempt(body, reject) {
  try {
    assertUsable();
    return body();
  } catch (thrown) {
    reject(failure(thrown));
  }
}

function assertAlive() {
  if (death) throw death;
}

function assertUsable() {
  assertAlive();
  if (!loaded) {
    throw new SdsError("InvalidState", "the WebAssembly module is not loaded yet: await ready() first");
  }
}

function failure(thrown) {
  return thrown instanceof WebAssembly.RuntimeError ? die(thrown.message) : toSdsError(thrown);
}

function die(text) {
  if (death) return death;
  death = new SdsError(
    "InternalError",
    `the WebAssembly module failed and can't be used any more: ${text}. ` +
      "Stored state is untouched; reload the page or restart the process",
  );
  for (const reject of pending) reject(death);
  pending.clear();
  return death;
}
