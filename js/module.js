/**
 * Loads the WebAssembly module, once. Where it comes from differs by platform: the entry that was imported says so.
 */

import init from "./sds_wasm.js";

let source;
let loading;

/**
 * Sets where the module comes from, for the next `load`. `from` returns, or promises, a compiled module, its bytes, or
 * a Response with them. It is called when the module is needed, not before.
 */
export function setSource(from) {
  source = from;
}

/** Resolves when the core can be called. Callers share one attempt; after a failed one the next call tries again. */
export function load() {
  loading ??= attempt().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function attempt() {
  if (typeof WebAssembly !== "object") throw new Error("this platform has no WebAssembly");
  if (!source) throw new Error('nothing says where it is: import "sds-wasm" or "sds-wasm/inline", not a file inside them');
  await init({ module_or_path: await source() });
}

/** The error of an entry that can't get at the module's file. Scripts that are no ES modules can't tell its URL. */
export function unreachable(url = "sds_wasm_bg.wasm", cause) {
  const question = "Is it deployed there, and is the code an ES module?";
  return new Error(`${url}: ${cause.message}. ${question} Where it can't be, import "sds-wasm/inline" instead`, { cause });
}
