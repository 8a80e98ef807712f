// The room's modules on the packed package, as the page has them, and what tests of them need.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setImmediate as nextTurn } from "node:timers/promises";
import { packPackage, ROOT, run } from "./package.mjs";

// A folder in which the modules find "sds-wasm" by its name.
const folder = mkdtempSync(join(tmpdir(), "sds-wasm-room-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const installed = join(folder, "node_modules", "sds-wasm");
mkdirSync(installed, { recursive: true });
const { tarball } = await packPackage();
await run("tar", ["-xzf", tarball, "-C", installed, "--strip-components", "1"], folder);
cpSync(join(ROOT, "www", "room"), join(folder, "room"), { recursive: true });

/** A module of www/room. */
export const importRoom = (file) => import(pathToFileURL(join(folder, "room", file)));
/** The package that these modules use: its classes are not those of `importPackage`. */
export const sds = await import(pathToFileURL(join(installed, "entry", "node.js")));
export const { openRoom } = await importRoom("room.js");

/** A bad network: half of all deliveries lost, others doubled, held back or slow. */
export const BAD = { peers: 4, loss: 0.5, duplication: 0.2, reordering: 0.3, latency: 250, rate: 2 };

/** What localStorage is in a page. */
export function notebook() {
  const notes = new Map();
  return {
    getItem: (key) => notes.get(key) ?? null,
    setItem: (key, value) => void notes.set(key, String(value)),
    removeItem: (key) => void notes.delete(key),
    notes,
  };
}

/** Databases in memory that outlive their room. `hold` is awaited by every call, before it takes effect. */
export function shelf(hold = async () => {}) {
  const kept = new Map();
  const open = async (name) => {
    if (!kept.has(name)) kept.set(name, new sds.MemoryPersistence());
    return held(kept.get(name), hold);
  };
  return { kind: "memory", open, delete: async (name) => void kept.delete(name), kept };
}

/** A backend whose calls take effect late, but in order. */
function held(backend, hold) {
  let last = Promise.resolve();
  const later = (method) => (...args) => {
    const done = last.then(hold).then(() => backend[method](...args));
    last = done.catch(() => {});
    return done;
  };
  const methods = ["saveChannelMeta", "updateHistory", "loadChannel", "dropChannel", "setRetrievalHint"];
  return { ...Object.fromEntries(methods.map((name) => [name, later(name)])), close: () => last };
}

/** Waits for some turns of the event loop, another number each time. */
export function unevenly() {
  let calls = 0;
  return async () => {
    calls += 1;
    for (let turns = (calls * 7) % 5; turns > 0; turns -= 1) await nextTurn();
  };
}

/** A room that is closed with the test. */
export async function roomFor(t, settings, options = { storage: "memory" }) {
  const room = await openRoom(settings, options);
  t.after(() => room.close());
  return room;
}

/** All that a run leaves behind, but for the ids of sync messages, which are random. */
export function traceOf(room) {
  const frames = room.frames.map(({ messageId, kind, bytes, causes, ...frame }) => ({
    ...frame,
    kind,
    messageId: kind === "sync" ? "" : messageId,
    size: bytes.length,
    causes: causes.map((cause) => cause.messageId),
  }));
  const peers = room.peers.map(({ log, plain, counts }) => ({ log, counts, plain: plain.log }));
  return { now: room.now, totals: { ...room.totals }, frames, peers, samples: room.samples };
}

export const idsOf = (peer) => peer.log.map(({ id }) => id);
