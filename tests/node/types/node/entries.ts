// For Node, compiled without the browsers' typings: each entry does without them.

import test from "node:test";
import type { Transport } from "sds-wasm";
import { IndexedDbPersistence } from "sds-wasm/indexeddb";
import { Libp2pTransport, type Libp2pNode } from "sds-wasm/libp2p";
import { LevelPersistence } from "sds-wasm/node";
import { runPersistenceContract } from "sds-wasm/persistence-contract";

runPersistenceContract({
  open: (key) => LevelPersistence.open(key),
  close: (persistence) => (persistence as LevelPersistence).close(),
  test: (name, body) => void test(name, body),
});

export const overLibp2p = (node: Libp2pNode): Transport => new Libp2pTransport(node);

/** In Node there are stand-ins for the browsers' database. */
export const standIn = (idbFactory: object): Promise<IndexedDbPersistence> =>
  IndexedDbPersistence.open("alice", { idbFactory, lock: "none" });
