/** The wire between tabs: a transport around another that throws away a part of what is heard, and notes what passes. */

import { decodeMessage } from "sds-wasm";
import { TOTALS } from "./engine.js";
import { decodeForeign } from "./frames.js";
import { KEPT_FRAMES } from "./setup.js";

const COUNTERS = { message: "written", sync: "syncs", resend: "resends", repair: "repairs" };

/** @implements {import("sds-wasm").Transport} */
export class Wire {
  loss;
  totals = { ...TOTALS };
  /** @type {import("./types.js").Frame[]} */
  frames = [];
  #transport;
  #me;
  #onChange;
  /** What is heard goes there. @type {(bytes: Uint8Array) => void} */
  #onBytes;
  #opened = performance.now();
  #numbered = 0;

  /** `me` is the Peer whose frames these are; `onChange` is called after each. */
  constructor(transport, { loss, me, onChange }) {
    this.loss = loss;
    this.#transport = transport;
    this.#me = me;
    this.#onChange = onChange;
  }

  publish(channelId, bytes) {
    const message = decodeMessage(bytes);
    const frame = this.#note(this.#kindOf(message), bytes, message, 0);
    if (message.senderId !== this.#me.name) frame.writer = this.#me.indexOf(message.senderId);
    this.totals.frames += 1;
    this.totals.bytes += bytes.length;
    this.totals[COUNTERS[frame.kind]] += 1;
    this.#me.reached(message.lamportTimestamp);
    this.#onChange();
    return this.#transport.publish(channelId, bytes);
  }

  subscribe(channelId, onBytes) {
    this.#onBytes = onBytes;
    return this.#transport.subscribe(channelId, (bytes) => this.#hear(bytes));
  }

  /** As if it had been heard. Throws if it is no message of this room. */
  inject(bytes) {
    const message = decodeForeign(bytes);
    const here = this.#me.record.get(message.messageId);
    const copy = here !== undefined && here.state !== "hole";
    const from = this.#me.indexOf(message.senderId) ?? 0;
    const frame = this.#note(message.content.length > 0 ? "message" : "sync", bytes, message, from);
    frame.arrivals.push({ to: 0, at: frame.at, fate: "arrived", copy, clock: undefined, delivered: false });
    this.#onChange();
    this.#onBytes(bytes);
  }

  /** Something that was heard is no message of this room, or none that the channel takes. */
  refused() {
    this.totals.refused += 1;
    this.#onChange();
  }

  /** The last one that carried a message. @param {string} id */
  frameOf(id) {
    return this.frames.findLast(({ messageId }) => messageId === id);
  }

  #hear(bytes) {
    this.totals.deliveries += 1;
    if (Math.random() < this.loss) {
      this.totals.lost += 1;
      return this.#onChange();
    }
    try {
      return this.inject(bytes);
    } catch {
      // There is nobody to tell.
      return this.refused();
    }
  }

  #kindOf({ messageId, senderId, content }) {
    if (content.length === 0) return "sync";
    if (senderId !== this.#me.name) return "repair";
    // The log has it when it was sent, not before.
    const entry = this.#me.record.get(messageId);
    if (!entry) return "message";
    return entry.state === "pending" ? "resend" : "repair";
  }

  #note(kind, bytes, { messageId, lamportTimestamp: clock, causalHistory: causes }, from) {
    const at = performance.now() - this.#opened;
    this.#numbered += 1;
    const frame = { number: this.#numbered, at, from, kind, messageId, clock, bytes, causes, arrivals: [] };
    this.frames.push(frame);
    if (this.frames.length > KEPT_FRAMES) this.frames.shift();
    return frame;
  }
}
