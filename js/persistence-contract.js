/**
 * The conformance suite for persistence backends ("sds-wasm/persistence-contract"): what the package relies on, as
 * cases for any test runner, in Node and in browsers.
 */

import { check } from "./persistence-contract/check.js";
import { Session } from "./persistence-contract/session.js";
import { behaviour } from "./persistence-contract/behaviour.js";
import { channels } from "./persistence-contract/channels.js";
import { contents } from "./persistence-contract/contents.js";

/** By name. @type {Record<string, (session: Session) => Promise<void>>} */
const CASES = { ...contents, ...channels, ...behaviour };

// Storage may outlive a run: a database of the browser, a folder. Each run has its own keys.
let runs = 0;

/** @type {typeof import("./persistence-contract.js").runPersistenceContract} */
export function runPersistenceContract(suite) {
  checkSuite(suite);
  const run = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}-${runs++}`;
  for (const [index, [name, body]] of Object.entries(CASES).entries()) {
    const key = `sds-contract-${run}-${index}`;
    suite.test(name, () => runCase(suite, key, body));
  }
}

async function runCase(suite, key, body) {
  const session = new Session(suite, key);
  await session.open();
  try {
    await body(session);
  } catch (error) {
    // The case's own failure says more than one of closing, which may follow from it.
    await session.close().catch(() => {});
    throw error;
  }
  await session.close();
}

function checkSuite(suite) {
  const isObject = typeof suite === "object" && suite !== null;
  check(isObject, "runPersistenceContract takes an object { open, close?, test }");
  for (const name of ["open", "test"]) {
    const kind = typeof suite[name];
    check(kind === "function", `runPersistenceContract: ${name} must be a function, got ${kind}`);
  }
  const kind = typeof suite.close;
  const isOptional = kind === "function" || kind === "undefined";
  check(isOptional, `runPersistenceContract: close must be a function or left out, got ${kind}`);
}
