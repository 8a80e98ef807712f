/** This tab as one participant among the others of this browser: real time, real transport, invented loss. */

import { decodeMessage } from "sds-wasm";
import { TOTALS } from "./engine.js";
import { decodeForeign } from "./frames.js";
import { Peer } from "./peer.js";
import { Presence } from "./presence.js";
import { checkSetting } from "./settings.js";
import { CHANNEL, KEPT_FRAMES, NAMES } from "./setup.js";
import { storageOf } from "./storage.js";

const IDENTITY = "me";
const ATTEMPTS = 5;
/** A stranger on the channel may use as many names as it likes. */
const KEPT_NAMES = 1000;
const TRANSMISSIONS = { messageResend: "resend", repairReady: "repair" };
const COUNTERS = { sync: "syncs", resend: "resends", repair: "repairs" };

/** Known to this file only, which makes the constructor private: opening is asynchronous. */
const FROM_OPEN = Symbol("openTabRoom");
const encoder = new TextEncoder();

/** @type {import("./types.js").OpenTabRoom} */
export async function openTabRoom({ name = "lossy-tabs", storage = "indexeddb", loss = 0, ...options } = {}) {
  const { lock, session, channel, signal } = options;
  checkSetting("loss", loss);
  const kept = storageOf(storage, { lock, signal });
  const hooks = { names: [], onTold: () => {} };
  const me = await openIdentity({ name, storage: kept, session, hooks });
  return new TabRoom(FROM_OPEN, { me, hooks, loss, kind: kept.kind, channel: channel ?? new BroadcastChannel(name) });
}

/** Whoever this tab was before, unless another has become that, as a duplicate of it does. */
async function openIdentity({ name, storage, session, hooks }) {
  const key = `${name}-${IDENTITY}`;
  // What is in memory only is gone with a reload: the same name would be a participant who has lost its past.
  let identity = storage.kind === "memory" ? undefined : session?.getItem(key);
  for (let attempt = 1; ; attempt += 1) {
    identity ??= newIdentity();
    const me = new Me({ name: identity, storage, database: `${name}-${identity}`, hooks });
    try {
      await me.open();
      session?.setItem(key, identity);
      return me;
    } catch (error) {
      if (error.code !== "StorageLocked" || attempt === ATTEMPTS) throw error;
      identity = undefined;
    }
  }
}

function newIdentity() {
  const [which, number] = crypto.getRandomValues(new Uint16Array(2));
  return `${NAMES[which % NAMES.length]}-${(number % 4096).toString(16).padStart(3, "0")}`;
}

class Me extends Peer {
  constructor({ name, hooks, ...options }) {
    hooks.names = [name];
    const indexOf = (senderId) => indexIn(hooks.names, senderId);
    super({ index: 0, name, indexOf, onTold: () => hooks.onTold(), ...options });
  }

  /** Nobody knows what the other tabs have written, but for what is missed. */
  get behind() {
    return this.record.holes + this.record.waiting;
  }
}

/** The index of a name, which is added if it is new. */
function indexIn(names, name) {
  if (name === "") return undefined;
  const index = names.indexOf(name);
  if (index !== -1) return index;
  return names.length < KEPT_NAMES ? names.push(name) - 1 : undefined;
}

/** What types.d.ts calls TabRoom. */
class TabRoom {
  revision = 0;
  totals = { ...TOTALS };
  /** @type {import("./types.js").Frame[]} */
  frames = [];
  loss;
  me;
  storage;
  #names;
  #channel;
  #presence;
  #opened = performance.now();
  #numbered = 0;
  /** @type {Promise<void> | undefined} */
  #closing;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  constructor(key, { me, hooks, loss, kind, channel }) {
    if (key !== FROM_OPEN) throw new TypeError("Use openTabRoom().");
    Object.assign(this, { me, loss, storage: kind });
    this.#names = hooks.names;
    this.#channel = channel;
    hooks.onTold = () => this.#hear();
    channel.onmessage = ({ data }) => this.#take(data);
    this.#presence = new Presence(me.name, (message) => channel.postMessage(message), () => this.#changed());
    me.life.manager.startPeriodicTasks();
  }

  get names() {
    return this.#names;
  }

  get others() {
    return this.#presence.others;
  }

  async send(text) {
    const id = crypto.randomUUID();
    const { life, record } = this.me;
    const bytes = await life.manager.wrapOutgoingMessage(encoder.encode(text), id, CHANNEL);
    record.wrote(id, text, decodeMessage(bytes).lamportTimestamp);
    this.totals.written += 1;
    this.#broadcast("message", bytes);
    return id;
  }

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async inject(bytes) {
    try {
      await this.#receive(bytes);
    } catch (error) {
      this.totals.refused += 1;
      this.#changed();
      throw error;
    }
  }

  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    this.#presence.close();
    this.#channel.close();
    await this.me.close();
    this.#changed();
  }

  #take(data) {
    if (!(data instanceof Uint8Array)) return this.#presence.take(data);
    this.totals.deliveries += 1;
    if (Math.random() < this.loss) {
      this.totals.lost += 1;
      return this.#changed();
    }
    // Refused or cut short by a close: there is nobody to tell.
    return this.inject(data).catch(() => {});
  }

  async #receive(bytes) {
    const message = decodeForeign(bytes);
    const { life, record } = this.me;
    const kind = message.content.length > 0 ? "message" : "sync";
    const frame = this.#note(kind, bytes, message, indexIn(this.#names, message.senderId) ?? 0);
    const result = await life.manager.unwrapReceivedMessage(bytes);
    const clock = message.lamportTimestamp ?? 0n;
    const delivered = record.received(result, clock);
    frame.arrivals.push({ to: 0, at: frame.at, fate: "arrived", copy: result.duplicate, clock: life.clock, delivered });
    this.#changed();
  }

  /** What the manager has told is true at once, and what it asks to be sent is sent. */
  #hear() {
    for (const told of this.me.takeTold()) {
      this.me.take(told);
      if (told.type in TRANSMISSIONS) this.#broadcast(TRANSMISSIONS[told.type], told.detail.bytes);
      if (told.type === "periodicSync") this.#sync();
    }
    this.#changed();
  }

  async #sync() {
    const outcome = await this.me.life.wait(this.me.life.manager.wrapSyncMessage(CHANNEL));
    // Closed meanwhile.
    if (!outcome?.value) return;
    this.#broadcast("sync", outcome.value);
  }

  #broadcast(kind, bytes) {
    if (!this.me.alive) return;
    this.#channel.postMessage(bytes);
    this.totals.frames += 1;
    this.totals.bytes += bytes.length;
    if (kind in COUNTERS) this.totals[COUNTERS[kind]] += 1;
    this.#note(kind, bytes, decodeMessage(bytes), 0);
    this.#changed();
  }

  #note(kind, bytes, { messageId, senderId, lamportTimestamp: clock, causalHistory: causes }, from) {
    const at = performance.now() - this.#opened;
    const sender = indexIn(this.#names, senderId);
    const writer = sender === from ? undefined : sender;
    this.#numbered += 1;
    const frame = { number: this.#numbered, at, from, kind, messageId, clock, writer, bytes, causes, arrivals: [] };
    this.frames.push(frame);
    if (this.frames.length > KEPT_FRAMES) this.frames.shift();
    return frame;
  }

  #changed() {
    this.revision += 1;
    this.me.readClock();
    for (const listener of this.#listeners) listener();
  }
}
