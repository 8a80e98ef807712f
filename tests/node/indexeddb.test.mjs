// IndexedDbPersistence over a stand-in for the browser's database. Locks, quota and lost pages are tested in browsers.

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { afterEach, describe, mock, test } from "node:test";
import { forceCloseDatabase, IDBDatabase, IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { importPackage } from "./support/package.mjs";

const { ReliabilityManager, SdsError } = await importPackage();
const { IndexedDbPersistence, requestPersistentStorage } = await importPackage("sds-wasm/indexeddb");
const { runPersistenceContract } = await importPackage("sds-wasm/persistence-contract");

const bytes = (...values) => Uint8Array.from(values);
const append = (messageId, value) => ({ append: [{ messageId, lamportTimestamp: 1n, bytes: bytes(value) }], evict: [] });
const code = (expected, text = /./) => (error) => {
  assert.ok(error instanceof SdsError, String(error.stack));
  assert.equal(error.code, expected, error.message);
  assert.match(error.message, text);
  return true;
};

/** A database of its own. Node has no Web Locks before version 24. */
function open(factory = new IDBFactory(), options = {}) {
  return IndexedDbPersistence.open("test", { idbFactory: factory, lock: "none", ...options });
}

/** A connection that is not the adapter's. */
function connect(factory, version, upgrade = () => {}, name = "test") {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const done = (request) =>
  new Promise((resolve, reject) => Object.assign(request, { onsuccess: resolve, onerror: reject }));

/** Calls to a method of the stand-in, which still does its work unless `instead` does. */
function spy(prototype, method, instead) {
  const original = prototype[method];
  return mock.method(prototype, method, function (...args) {
    return instead ? instead.call(this, () => original.apply(this, args), ...args) : original.apply(this, args);
  }).mock;
}
const connections = () => {
  const opened = [];
  spy(IDBDatabase.prototype, "transaction", function (call) {
    if (opened.at(-1) !== this) opened.push(this);
    return call();
  });
  return opened;
};

afterEach(() => mock.restoreAll());

describe("IndexedDbPersistence keeps the contract", () => {
  const open = (key) => IndexedDbPersistence.open(key, { lock: "none" });
  runPersistenceContract({ open, close: (persistence) => persistence.close(), test });
});

describe("transactions", () => {
  test("one for an operation's pair, strict unless asked otherwise", async () => {
    for (const [options, durability] of [
      [{}, "strict"],
      [{ durability: "relaxed" }, "relaxed"],
    ]) {
      const persistence = await open(undefined, options);
      const manager = await ReliabilityManager.create({ participantId: "alice", persistence });
      await manager.ensureChannel("room");
      const transactions = spy(IDBDatabase.prototype, "transaction");
      await manager.wrapOutgoingMessage(bytes(1), "m1", "room");
      const asked = transactions.calls.map(({ arguments: [, mode, options] }) => [mode, options]);
      assert.deepEqual(asked, [["readwrite", { durability }]]);
      mock.restoreAll();
      await manager.cleanup();
      await persistence.close();
    }
  });

  test("calls made while one is under way share the next", async () => {
    const persistence = await open();
    const transactions = spy(IDBDatabase.prototype, "transaction");
    const first = persistence.saveChannelMeta("a", bytes(1));
    await undefined;
    await undefined;
    const later = Array.from({ length: 100 }, (_, index) => persistence.saveChannelMeta(`channel ${index}`, bytes(2)));
    await Promise.all([first, ...later]);
    assert.equal(transactions.callCount(), 2);
    await persistence.close();
  });

  test("a failed one leaves nothing behind and is reported with the browser's error", async () => {
    const persistence = await open();
    await persistence.saveChannelMeta("room", bytes(1));
    spy(IDBObjectStore.prototype, "put", function (put, _value, key) {
      if (Array.isArray(key)) throw new DOMException("no more", "QuotaExceededError");
      return put();
    });
    const pair = [persistence.saveChannelMeta("room", bytes(2)), persistence.updateHistory("room", append("m1", 1))];
    for (const { reason } of await Promise.allSettled(pair)) {
      assert.ok(code("StorageQuota", /writing to the database "test".*QuotaExceededError: no more/)(reason));
      assert.equal(reason.cause.name, "QuotaExceededError");
    }
    mock.restoreAll();
    assert.deepEqual(await persistence.loadChannel("room"), {
      meta: bytes(1),
      messageHistory: [],
      retrievalHints: Object.create(null),
    });
    await persistence.close();
  });
});

describe("a connection that is lost", () => {
  test("is opened again by the next call", async () => {
    const factory = new IDBFactory();
    const persistence = await open(factory);
    await persistence.saveChannelMeta("room", bytes(1));
    const opened = connections();
    await persistence.loadChannel("room");
    forceCloseDatabase(opened[0]);
    assert.deepEqual((await persistence.loadChannel("room")).meta, bytes(1));
    assert.equal(opened.length, 2);
    await persistence.close();
  });

  test("without its close being told, is opened again and the transaction repeated", async () => {
    const persistence = await open();
    let failures = 1;
    spy(IDBDatabase.prototype, "transaction", function (call) {
      if (failures-- > 0) throw new DOMException("The connection was lost", "UnknownError");
      return call();
    });
    await persistence.saveChannelMeta("room", bytes(1));
    failures = 2;
    await assert.rejects(persistence.saveChannelMeta("room", bytes(2)), code("StorageUnavailable", /connection was lost/));
    assert.deepEqual((await persistence.loadChannel("room")).meta, bytes(1));
    await persistence.close();
  });

  test("because the database was deleted, is told once and kept again", { timeout: 10_000 }, async () => {
    const factory = new IDBFactory();
    const persistence = await open(factory);
    const manager = await ReliabilityManager.create({ participantId: "alice", persistence });
    const reported = [];
    manager.addEventListener("persistenceError", ({ detail }) => reported.push(detail.error.cause ?? detail.error));
    await manager.wrapOutgoingMessage(bytes(1), "m1", "room");
    await done(factory.deleteDatabase("test"));
    await manager.wrapOutgoingMessage(bytes(2), "m2", "room");
    assert.ok(reported.length > 0);
    for (const error of reported) code("StorageUnavailable", /deleted while it was in use/)(error);
    const before = reported.length;
    await manager.wrapOutgoingMessage(bytes(3), "m3", "room");
    assert.equal(reported.length, before);
    await manager.cleanup();
    const again = await ReliabilityManager.create({ participantId: "alice", persistence });
    await again.ensureChannel("room");
    // What was saved before the deletion is gone; what came after it is whole, the failed save included.
    const history = again.getMessageHistory("room");
    assert.deepEqual(history.filter((id) => id !== "m1"), ["m2", "m3"]);
    await again.cleanup();
    await persistence.close();
  });

  test("because a newer version upgrades the database, gives way and says so", { timeout: 10_000 }, async () => {
    const factory = new IDBFactory();
    const persistence = await open(factory);
    const newer = await connect(factory, 2);
    await assert.rejects(persistence.saveChannelMeta("room", bytes(1)), code("StorageVersion", /newer version of sds-wasm/));
    newer.close();
    await persistence.close();
  });
});

describe("opening", () => {
  test("refuses a database of a newer version and leaves it as it is", async () => {
    const factory = new IDBFactory();
    (await connect(factory, 7, (database) => database.createObjectStore("future"))).close();
    await assert.rejects(open(factory), code("StorageVersion", /newer version.*VersionError/));
    const database = await connect(factory, 7);
    assert.deepEqual([...database.objectStoreNames], ["future"]);
    database.close();
  });

  test("refuses a database of somebody else's", async () => {
    const factory = new IDBFactory();
    (await connect(factory, 1, (database) => database.createObjectStore("cats"))).close();
    await assert.rejects(open(factory), code("StorageVersion", /"test" was not made by sds-wasm/));
    await done(factory.deleteDatabase("test"));
  });

  test("gives up with StorageBlocked when it gets no answer, and lets go of what comes later", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const request = {};
    const refused = assert.rejects(open({ open: () => request }), code("StorageBlocked", /for 10 seconds/));
    await new Promise(setImmediate);
    mock.timers.tick(10_000);
    await refused;
    const close = mock.fn();
    request.result = { close };
    request.onsuccess();
    assert.equal(close.mock.callCount(), 1);
    mock.timers.reset();
  });

  test("ends with the signal's reason", async () => {
    const request = {};
    const controller = new AbortController();
    const refused = assert.rejects(open({ open: () => request }, { signal: controller.signal }), /changed my mind/);
    await new Promise(setImmediate);
    controller.abort(new Error("changed my mind"));
    await refused;
    await assert.rejects(open(undefined, { signal: AbortSignal.abort(new Error("too late")) }), /too late/);
  });

  test("says so where the browser refuses, and where there are no locks", async () => {
    const refusing = {
      open() {
        throw new DOMException("denied", "SecurityError");
      },
    };
    await assert.rejects(open(refusing), code("StorageUnavailable", /private windows.*SecurityError: denied/));
    const { navigator } = globalThis;
    Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
    await assert.rejects(IndexedDbPersistence.open(), code("StorageUnavailable", /no Web Locks.*lock: "none"/));
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
    const { indexedDB } = globalThis;
    delete globalThis.indexedDB;
    await assert.rejects(IndexedDbPersistence.open(), code("StorageUnavailable", /no IndexedDB here/));
    globalThis.indexedDB = indexedDB;
  });

  test("names the wrong argument", async () => {
    const refusals = [
      [[""], /name must be a non-empty string, got string ""/],
      [[7], /name must be a non-empty string, got number 7/],
      [["a", { durability: "eventual" }], /options\.durability must be "strict" or "relaxed", got string "eventual"/],
      [["a", { lock: true }], /options\.lock must be "exclusive" or "wait" or "none", got boolean true/],
      [["a", { locks: "none" }], /options\.locks is not an option/],
      [["a", null], /options must be an object, got null/],
    ];
    for (const [args, text] of refusals) {
      await assert.rejects(IndexedDbPersistence.open(...args), code("InvalidArgument", text));
    }
    assert.throws(() => new IndexedDbPersistence(), code("InvalidState", /IndexedDbPersistence\.open/));
  });
});

describe("the end", () => {
  test("close() waits for what is under way; calls after it reject", async () => {
    const factory = new IDBFactory();
    const persistence = await open(factory);
    let saved = false;
    persistence.saveChannelMeta("room", bytes(1)).then(() => (saved = true));
    await Promise.all([persistence.close(), persistence.close()]);
    assert.ok(saved);
    await assert.rejects(persistence.loadChannel("room"), code("InvalidState", /was closed/));
    const again = await open(factory);
    assert.deepEqual((await again.loadChannel("room")).meta, bytes(1));
    await again.close();
  });

  test("delete() leaves nothing, and nothing happens where nothing is", async () => {
    const factory = new IDBFactory();
    const persistence = await open(factory);
    await persistence.saveChannelMeta("room", bytes(1));
    await persistence.close();
    const options = { idbFactory: factory, lock: "none" };
    await IndexedDbPersistence.delete("test", options);
    await IndexedDbPersistence.delete("test", options);
    assert.deepEqual(await factory.databases(), []);
  });

  test("persistent storage can't be asked for here", async () => assert.equal(await requestPersistentStorage(), false));
});
