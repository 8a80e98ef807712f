// The contract that is published for backends: the package's own backends keep it, and it finds what is wrong with
// others.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { brokenBackends } from "./support/level-broken-backends.mjs";
import { importPackage } from "./support/package.mjs";

const { MemoryPersistence } = await importPackage("sds-wasm");
const { LevelPersistence } = await importPackage("sds-wasm/node");
const { runPersistenceContract } = await importPackage("sds-wasm/persistence-contract");
const { MemoryLevel } = await importPackage("memory-level");

/** What `make` makes for a key, once for each key. */
function once(make) {
  const made = new Map();
  return (key) => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key);
  };
}

const close = (persistence) => persistence.close();

describe("MemoryPersistence keeps the contract", () => {
  const instance = once(() => new MemoryPersistence());
  runPersistenceContract({ open: async (key) => instance(key), test });
});

describe("LevelPersistence over classic-level keeps the contract", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sds-contract-"));
  after(() => rm(folder, { recursive: true, force: true }));
  runPersistenceContract({ open: (key) => LevelPersistence.open(join(folder, key)), close, test });
});

describe("LevelPersistence over memory-level keeps the contract", () => {
  const database = once(() => new MemoryLevel());
  runPersistenceContract({ open: async (key) => new LevelPersistence(database(key)), close, test });
});

describe("LevelPersistence over a sublevel keeps the contract", () => {
  const database = new MemoryLevel();
  runPersistenceContract({ open: async (key) => new LevelPersistence(database.sublevel(key)), close, test });
});

/** Runs all cases; returns what failed, by name. */
async function failures(suite) {
  const cases = [];
  runPersistenceContract({ ...suite, test: (name, body) => cases.push([name, body]) });
  const failed = new Map();
  for (const [name, body] of cases) await body().catch((error) => failed.set(name, error));
  return failed;
}

describe("the contract finds the defect of a backend that", () => {
  for (const { defect, found, open } of brokenBackends(MemoryPersistence)) {
    test(defect, async () => {
      const failed = await failures({ open });
      assert.ok(
        failed.has(found),
        `expected "${found}" to fail, these did: ${[...failed.keys()].join("; ") || "none"}`,
      );
      const error = failed.get(found);
      assert.equal(error.name, "ContractError", error.stack);
      assert.match(error.message, /expected|must|rejected/);
    });
  }

  test("has nothing but methods that reject", async () => {
    const methods = ["saveChannelMeta", "updateHistory", "loadChannel", "dropChannel", "setRetrievalHint"];
    const rejecting = Object.fromEntries(methods.map((method) => [method, () => Promise.reject(new Error("no disk"))]));
    const failed = await failures({ open: async () => rejecting });
    for (const error of failed.values()) assert.match(error.message, /rejected: Error: no disk/);
    assert.ok(failed.size > 0);
  });
});

test("each case has a name and a key of its own, new in each run", async () => {
  const keys = [];
  const names = [];
  const open = async (key) => {
    keys.push(key);
    throw new Error("not opened");
  };
  for (const run of [[], []]) {
    runPersistenceContract({ open, test: (name, body) => run.push(body) && names.push(name) });
    for (const body of run) await assert.rejects(body(), /not opened/);
  }
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(new Set(names).size, names.length / 2);
  for (const key of keys) assert.match(key, /^[a-z0-9-]+$/);
});

test("a suite without open or test is refused", () => {
  assert.throws(() => runPersistenceContract(), /an object \{ open, close\?, test \}/);
  assert.throws(() => runPersistenceContract({ test }), /open must be a function, got undefined/);
  assert.throws(() => runPersistenceContract({ open: async () => {} }), /test must be a function/);
  assert.throws(
    () => runPersistenceContract({ open: async () => {}, test, close: 1 }),
    /close must be a function or left out/,
  );
});
