// The contract that is published for backends: the package's own backends keep it, and it finds what is wrong with
// others.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { brokenBackends } from "./support/level-broken-backends.mjs";
import { importPackage } from "./support/package.mjs";

const { MemoryPersistence, ReliabilityManager } = await importPackage("sds-wasm");
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

  test("keeps hints in a plain object, and says what to take instead", async () => {
    const { open } = brokenBackends(MemoryPersistence).find(({ defect }) => defect === "keeps hints in a plain object");
    const { message } = (await failures({ open })).get("message ids of any kind are kept apart");
    assert.match(message, /setRetrievalHint\("length".*rejected: TypeError.*__proto__.*Object\.create\(null\)/);
  });

  test("has nothing but methods that reject", async () => {
    const methods = ["saveChannelMeta", "updateHistory", "loadChannel", "dropChannel", "setRetrievalHint"];
    const rejecting = Object.fromEntries(methods.map((method) => [method, () => Promise.reject(new Error("no disk"))]));
    const failed = await failures({ open: async () => rejecting });
    for (const error of failed.values()) assert.match(error.message, /rejected: Error: no disk/);
    assert.ok(failed.size > 0);
  });
});

describe("the contract leaves to a backend", () => {
  /** Neither copies what it is given nor what it gives: the package hands over bytes of their own, and keeps none. */
  class Keeps {
    channels = new Map();
    received(bytes) {
      return bytes;
    }
    async saveChannelMeta(channelId, meta) {
      this.channel(channelId).meta = this.received(meta);
    }
    async updateHistory(channelId, { append, evict }) {
      for (const { messageId } of append) if (typeof messageId !== "string") throw new TypeError("an id is a string");
      const kept = append.map(({ messageId, bytes }) => [messageId, this.received(bytes.subarray(0))]);
      const { history } = this.channel(channelId);
      for (const [messageId, bytes] of kept) history.set(messageId, bytes);
      for (const messageId of evict) history.delete(messageId);
    }
    async loadChannel(channelId) {
      const { meta, history, hints } = this.channels.get(channelId) ?? {};
      return history && { meta, messageHistory: [...history.values()], retrievalHints: Object.fromEntries(hints) };
    }
    async dropChannel(channelId) {
      this.channels.delete(channelId);
    }
    async setRetrievalHint(messageId, hint, channelId) {
      this.channel(channelId).hints.set(messageId, this.received(hint));
    }
    channel(channelId) {
      if (!this.channels.has(channelId)) this.channels.set(channelId, { history: new Map(), hints: new Map() });
      return this.channels.get(channelId);
    }
  }
  /** As one does whose database is in a worker. */
  class Transfers extends Keeps {
    received(bytes) {
      return structuredClone(bytes, { transfer: [bytes.buffer] });
    }
  }
  for (const [freedom, Backend] of [
    ["to keep what it is given, and to give what it keeps", Keeps],
    ["to transfer what it is given to another thread", Transfers],
  ]) {
    test(freedom, async () => {
      const instance = once(() => new Backend());
      const failed = await failures({ open: async (key) => instance(key) });
      assert.deepEqual([...failed.values()].map(({ message }) => message), []);
    });
  }
});

test("the package hands a backend bytes that nobody else has", async (t) => {
  const given = [];
  class Records extends MemoryPersistence {
    saveChannelMeta(channelId, meta) {
      given.push(meta);
      return super.saveChannelMeta(channelId, meta);
    }
    updateHistory(channelId, update) {
      given.push(...update.append.map(({ bytes }) => bytes));
      return super.updateHistory(channelId, update);
    }
    setRetrievalHint(messageId, hint, channelId) {
      given.push(hint);
      return super.setRetrievalHint(messageId, hint, channelId);
    }
  }
  const hint = Uint8Array.of(7);
  const options = { participantId: "alice", persistence: new Records(), retrievalHint: () => hint };
  const manager = await ReliabilityManager.create(options);
  t.after(() => manager.cleanup());
  for (const id of ["m1", "m2"]) await manager.wrapOutgoingMessage(Uint8Array.of(1), id, "c");
  // Two snapshots, two messages, the hint of the first.
  assert.equal(given.length, 5);
  assert.equal(new Set([hint.buffer, ...given.map(({ buffer }) => buffer)]).size, 6);
  for (const bytes of given) assert.equal(bytes.length, bytes.buffer.byteLength);
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
