/** What a participant's application knows, from what its manager tells it: nothing else goes into the log. */

import { Log } from "./log.js";
import { Recent } from "./recent.js";
import { KEPT } from "./setup.js";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("sds-wasm").ManagerEvents} Events */

const decoder = new TextDecoder();
const isDelivered = (entry) => entry !== undefined && entry.state !== "hole" && entry.state !== "waiting";

export class Record {
  /** Counts up with every change. */
  version = 0;
  /** Messages told to the application more than once. */
  deliveredTwice = 0;
  delivered = 0;
  #log = new Log();
  #me;
  #indexOf;
  /** @type {Recent<string>} */
  #holes = new Recent(KEPT);
  /** @type {Set<string>} */
  #waiting = new Set();
  /** @type {Set<string>} */
  #pending = new Set();
  /** Own messages that were given up. A manager that starts again doesn't know them any more. @type {Recent<string>} */
  #unheard = new Recent(KEPT);
  /** What the application was told of; it remembers longer than its manager. @type {Recent<string>} */
  #told = new Recent(4 * KEPT);
  /** What came as a resend or a repair and is not delivered yet. @type {Recent<string>} */
  #repaired = new Recent(KEPT);

  /** @param {number} me @param {(senderId: string) => number | undefined} indexOf finds the writer of a message */
  constructor(me, indexOf) {
    this.#me = me;
    this.#indexOf = indexOf;
  }

  get entries() {
    return this.#log.entries;
  }

  get holes() {
    return this.#holes.size;
  }

  get waiting() {
    return this.#waiting.size;
  }

  get pending() {
    return this.#pending.size;
  }

  /** @param {string} id */
  has(id) {
    return isDelivered(this.#log.get(id));
  }

  /** @param {string} id */
  get(id) {
    return this.#log.get(id);
  }

  /** The newest message of the log, if it is another's. */
  get heard() {
    const last = this.#log.newest(isDelivered);
    return last && last.sender !== this.#me ? last : undefined;
  }

  /** @param {string} id @param {string} text @param {bigint} clock @returns {Entry} */
  wrote(id, text, clock) {
    this.#pending.add(id);
    this.#told.add(id);
    return this.#deliver({ id, sender: this.#me, text, clock, state: "pending", repaired: false, restored: false });
  }

  /** A frame is about to be handed to the manager. @param {string} id @param {import("./types.js").Frame["kind"]} kind */
  arriving(id, kind) {
    const known = this.has(id) || this.#waiting.has(id);
    if (!known && (kind === "resend" || kind === "repair")) this.#repaired.add(id);
  }

  /**
   * What the manager made of a frame. Gives whether it was of use: delivered a message, or filled a hole.
   * @param {import("sds-wasm").ReceivedMessage} result @param {bigint} clock the message's
   */
  received({ messageId: id, senderId, content, delivered, missingDependencies, kind, duplicate }, clock) {
    if (duplicate) return false;
    const filled = this.#holes.has(id);
    // What it waited for may have come before this result.
    if (kind === "content" && !delivered && !this.has(id)) this.#wait({ id, senderId, content, clock });
    for (const missing of missingDependencies) this.#miss(missing, clock);
    return filled || (kind === "content" && delivered);
  }

  /** @param {Events["messageReady"]} detail @returns {Entry | undefined} the entry, unless it belongs to no log */
  ready({ messageId: id, senderId, content, lamportTimestamp }) {
    if (this.#told.has(id)) this.deliveredTwice += 1;
    this.#told.add(id);
    this.version += 1;
    // Ephemeral messages are told and forgotten.
    if (lamportTimestamp === undefined) return undefined;
    return this.#deliver({
      id,
      sender: this.#indexOf(senderId),
      text: decoder.decode(content),
      clock: lamportTimestamp,
      state: "received",
      repaired: this.#repaired.delete(id),
      restored: false,
    });
  }

  /** @param {Events["messageSent"]} detail */
  sent({ messageId: id, acknowledged }) {
    this.#pending.delete(id);
    if (!acknowledged) this.#unheard.add(id);
    const entry = this.#log.get(id);
    if (entry) this.#put({ ...entry, state: acknowledged ? "acknowledged" : "unheard" });
  }

  /** A waiting message was given up. @param {Events["messageLost"]} detail */
  lost({ messageId: id }) {
    if (!this.#waiting.delete(id)) return;
    this.#holes.add(id);
    this.#put({ ...this.#log.get(id), state: "hole", text: "" });
  }

  /**
   * Starts again with what was read from storage.
   * @param {{ history: import("sds-wasm").Message[], outgoing: import("sds-wasm").OutgoingMessage[],
   *   incoming: import("sds-wasm").IncomingMessage[] }} kept
   */
  restore({ history, outgoing, incoming }) {
    const before = new Map(this.#log.entries.map((entry) => [entry.id, entry]));
    this.#forget();
    for (const { message } of outgoing) this.#pending.add(message.messageId);
    for (const message of history) this.#restoreMessage(message, before.get(message.messageId));
    for (const { message } of incoming) {
      const { messageId: id, senderId, content, lamportTimestamp: clock } = message;
      this.#wait({ id, senderId, content, clock, restored: true });
    }
    for (const { message, missingDependencies } of incoming) this.#restoreHoles(message, missingDependencies);
  }

  /** The next message of a log that is read from its start. @param {Events["messageReady"]} message */
  logged(message, restored) {
    const { messageId: id, senderId, content, lamportTimestamp: clock } = message;
    if (restored) this.#restoreMessage(message);
    else if (this.#indexOf(senderId) === this.#me) this.wrote(id, decoder.decode(content), clock);
    else this.ready(message);
  }

  #forget() {
    this.version += 1;
    this.#log.clear();
    this.#holes.clear();
    this.#waiting.clear();
    this.#pending.clear();
    this.delivered = 0;
  }

  #restoreMessage({ messageId: id, senderId, content, lamportTimestamp: clock }, before) {
    const sender = this.#indexOf(senderId);
    const own = this.#unheard.has(id) ? "unheard" : "acknowledged";
    const state = sender !== this.#me ? "received" : this.#pending.has(id) ? "pending" : own;
    // What an event has not told of before the crash is told by the history.
    this.#told.add(id);
    const repaired = this.#repaired.delete(id) || (before?.repaired ?? false);
    this.#deliver({ id, sender, text: decoder.decode(content), clock, state, repaired, restored: true });
  }

  /** The entries of the causal history, which say who wrote what is missing. */
  #restoreHoles({ causalHistory, lamportTimestamp: clock }, missing) {
    const ids = new Set(missing);
    for (const entry of causalHistory) if (ids.has(entry.messageId)) this.#miss(entry, clock);
  }

  #wait({ id, senderId, content, clock, restored = false }) {
    const repaired = this.#repaired.has(id);
    this.#holes.delete(id);
    this.#waiting.add(id);
    const sender = this.#indexOf(senderId);
    this.#put({ id, sender, text: decoder.decode(content), clock, state: "waiting", repaired, restored });
  }

  /** A hole stands before the earliest message that names it. */
  #miss({ messageId: id, senderId }, clock) {
    if (this.has(id) || this.#waiting.has(id)) return;
    const known = this.#log.get(id);
    if (known && known.clock <= clock) return;
    // A stranger may name as many as it likes.
    if (!known && this.#holes.size >= KEPT) return;
    this.#holes.add(id);
    const sender = known?.sender ?? this.#indexOf(senderId ?? "");
    this.#put({ id, sender, text: "", clock, state: "hole", repaired: false, restored: false });
  }

  /** @param {Entry} entry */
  #deliver(entry) {
    this.#holes.delete(entry.id);
    this.#waiting.delete(entry.id);
    if (!this.has(entry.id)) this.delivered += 1;
    this.#put(entry);
    // As the manager does: the oldest of a full history goes.
    if (this.delivered > KEPT) {
      this.#log.remove(this.#log.oldest(isDelivered).id);
      this.delivered -= 1;
    }
    return entry;
  }

  #put(entry) {
    this.version += 1;
    this.#log.put(entry);
  }
}
