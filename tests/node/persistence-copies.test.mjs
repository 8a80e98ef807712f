// What the package's own backends copy: bytes that they are given are theirs, lists and what they give are not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { importPackage } from "./support/package.mjs";

const { MemoryPersistence } = await importPackage("sds-wasm");
const { IndexedDbPersistence } = await importPackage("sds-wasm/indexeddb");
const { LevelPersistence } = await importPackage("sds-wasm/node");
const { MemoryLevel } = await importPackage("memory-level");

globalThis.IDBKeyRange ??= IDBKeyRange;

const BACKENDS = {
  MemoryPersistence: () => new MemoryPersistence(),
  LevelPersistence: () => new LevelPersistence(new MemoryLevel()),
  IndexedDbPersistence: () => IndexedDbPersistence.open("copies", { idbFactory: new IDBFactory(), lock: "none" }),
};

/** What is kept in `save`, with arrays of its own. */
const sample = () => ({
  meta: Uint8Array.of(1, 2),
  stored: { messageId: "m", lamportTimestamp: 1n, bytes: Uint8Array.of(3, 4) },
  hint: Uint8Array.of(5, 6),
});

/** The calls that save it, made in one turn. */
function save(persistence, { meta, stored, hint }, update = { append: [stored], evict: [] }) {
  const calls = [persistence.saveChannelMeta("c", meta), persistence.updateHistory("c", update)];
  return Promise.all([...calls, persistence.setRetrievalHint("m", hint, "c")]);
}

async function expectSample(persistence) {
  const { meta, messageHistory, retrievalHints } = await persistence.loadChannel("c");
  const loaded = [meta, ...messageHistory, ...Object.values(retrievalHints)].map((bytes) => [...bytes]);
  assert.deepEqual(loaded, [[1, 2], [3, 4], [5, 6]]);
}

for (const [name, open] of Object.entries(BACKENDS)) {
  test(`${name} reads an update in the call, and keeps the bytes`, async () => {
    const persistence = await open();
    const given = sample();
    const update = { append: [given.stored], evict: [] };
    const saved = save(persistence, given, update);
    given.stored.messageId = "other";
    update.append.length = 0;
    await saved;
    await expectSample(persistence);
    await persistence.close?.();
  });

  test(`${name} keeps of a larger buffer only what is looked at`, async () => {
    const persistence = await open();
    await save(persistence, { ...sample(), meta: Uint8Array.of(9, 1, 2, 9).subarray(1, 3) });
    const { meta } = await persistence.loadChannel("c");
    assert.deepEqual([...new Uint8Array(meta.buffer, meta.byteOffset)].slice(0, 2), [1, 2]);
    if (name === "IndexedDbPersistence") assert.equal(meta.buffer.byteLength, 2);
    await persistence.close?.();
  });

  test(`${name} gives copies`, async () => {
    const persistence = await open();
    await save(persistence, sample());
    const data = await persistence.loadChannel("c");
    for (const bytes of [data.meta, ...data.messageHistory, data.retrievalHints.m]) bytes.fill(0);
    data.messageHistory.length = 0;
    await expectSample(persistence);
    await persistence.close?.();
  });
}
