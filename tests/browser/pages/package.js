/** The package by URL: workers have no import map. */

export * from "/sds-wasm/entry/browser.js";
export * from "/sds-wasm/persistence/indexeddb.js";
export * from "/sds-wasm/persistence-contract.js";
