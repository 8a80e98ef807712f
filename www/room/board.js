/** All that was written in the room, whoever has it: what the peers' logs are measured by. */

import { Log } from "./log.js";
import { KEPT } from "./setup.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./peer.js").Peer} Peer */

export class Board {
  /** Messages ever written, those that are not kept any more too. */
  written = 0;
  version = 0;
  #log = new Log();
  #peers;

  /** @param {readonly Peer[]} peers */
  constructor(peers) {
    this.#peers = peers;
  }

  get size() {
    return this.#log.size;
  }

  /** @param {string} id */
  get(id) {
    return this.#log.get(id);
  }

  get entries() {
    return this.#log.entries;
  }

  /** A message is in a peer's log: so it was written, and that peer has it. @param {Peer} peer @param {Entry} entry */
  delivered(peer, entry) {
    if (!this.#log.get(entry.id)) this.#add(entry);
    if (peer.absent.delete(entry.id)) peer.touch();
  }

  /** Starts again with what a peer has. @param {Peer} peer */
  review(peer) {
    const { record } = peer;
    for (const entry of record.entries) if (record.has(entry.id)) this.delivered(peer, entry);
    peer.absent = new Set(this.#log.entries.map(({ id }) => id).filter((id) => !record.has(id)));
    peer.touch();
  }

  #add(entry) {
    this.#log.put(entry);
    this.written += 1;
    this.version += 1;
    for (const peer of this.#peers) {
      if (peer.record.has(entry.id)) continue;
      peer.absent.add(entry.id);
      peer.touch();
    }
    if (this.#log.size > KEPT) this.#forgetOldest();
  }

  /** The peers' managers keep no more either. */
  #forgetOldest() {
    const { id } = this.#log.oldest(() => true);
    this.#log.remove(id);
    for (const peer of this.#peers) peer.absent.delete(id);
  }
}
