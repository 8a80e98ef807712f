// Storage in the browser: compiled, never run.

import { ReliabilityManager, SdsError } from "sds-wasm";
import { IndexedDbPersistence, requestPersistentStorage, type IndexedDbOptions } from "sds-wasm/indexeddb";

export async function open(participantId: string, signal: AbortSignal): Promise<ReliabilityManager> {
  const options: IndexedDbOptions = { durability: "relaxed", lock: "wait", idbFactory: indexedDB, signal };
  const persistence = await IndexedDbPersistence.open(participantId, options);
  const granted: boolean = await requestPersistentStorage();
  console.log(granted);
  return ReliabilityManager.create({ participantId, persistence });
}

export async function start(participantId: string): Promise<IndexedDbPersistence | undefined> {
  try {
    return await IndexedDbPersistence.open(participantId);
  } catch (error) {
    if (error instanceof SdsError && error.code === "StorageLocked") return undefined;
    throw error;
  }
}

export async function forget(persistence: IndexedDbPersistence): Promise<void> {
  await persistence.close();
  await IndexedDbPersistence.delete("alice", { lock: "none" });
  // @ts-expect-error: opened by `open`
  new IndexedDbPersistence();
  // @ts-expect-error: no such mode
  await IndexedDbPersistence.open("alice", { lock: "steal" });
  // @ts-expect-error: nothing is written
  await IndexedDbPersistence.delete("alice", { durability: "strict" });
}
