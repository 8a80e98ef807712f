/** This tab as one participant among the others of this browser: real time, real transport, invented loss. */

import { BroadcastChannelTransport, ReliableChannel, decodeChannelMeta, decodeMessage } from "sds-wasm";
import { openIdentity } from "./identity.js";
import { Peer } from "./peer.js";
import { Presence } from "./presence.js";
import { checkSetting } from "./settings.js";
import { CHANNEL, CONFIG } from "./setup.js";
import { Plug, storageOf } from "./storage.js";
import { Wire } from "./wire.js";

/** A stranger on the channel may use as many names as it likes. */
const KEPT_NAMES = 1000;
/** A group of channels says what it knows about once per interval; simulated peers do it each. */
const TAB_CONFIG = { ...CONFIG, syncMessageInterval: 400 };
const encoder = new TextEncoder();

/** @type {import("./types.js").OpenTabRoom} */
export async function openTabRoom({ name = "lossy-tabs", storage = "indexeddb", session, loss = 0, lock, signal } = {}) {
  checkSetting("loss", loss);
  const kept = storageOf(storage, { lock, signal });
  const { identity, backend } = await openIdentity({ name, storage: kept, session });
  const room = new TabRoom({ name, identity, backend, kind: kept.kind, loss });
  try {
    await room.open();
    return room;
  } catch (error) {
    await backend.close?.();
    throw error;
  }
}

class Me extends Peer {
  alive = true;
  /** Whoever was heard of: this one first. */
  names;

  constructor(name) {
    super({ index: 0, name, indexOf: (senderId) => this.indexOf(senderId) });
    this.names = [name];
  }

  /** Nobody knows what the other tabs have written, but for what is missed. */
  get behind() {
    return this.record.holes + this.record.waiting;
  }

  /** The index of a name, which is added if it is new. */
  indexOf(name) {
    if (name === "") return undefined;
    const index = this.names.indexOf(name);
    if (index !== -1) return index;
    return this.names.length < KEPT_NAMES ? this.names.push(name) - 1 : undefined;
  }
}

/** What types.d.ts calls TabRoom. */
class TabRoom {
  revision = 0;
  me;
  storage;
  #name;
  #backend;
  #wire;
  /** @type {ReliableChannel} */
  #channel;
  #presence;
  /** @type {Promise<void> | undefined} */
  #closing;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  constructor({ name, identity, backend, kind, loss }) {
    Object.assign(this, { me: new Me(identity), storage: kind });
    this.#name = name;
    this.#backend = backend;
    const transport = new BroadcastChannelTransport(name);
    this.#wire = new Wire(transport, { loss, me: this.me, onChange: () => this.#changed() });
  }

  async open() {
    const persistence = new Plug(this.#backend, () => (this.me.storageError = undefined));
    const kept = await persistence.loadChannel(CHANNEL);
    const [participantId, transport] = [this.me.name, this.#wire];
    const options = { participantId, channelId: CHANNEL, transport, persistence, config: TAB_CONFIG };
    this.#channel = await ReliableChannel.open(options);
    if (kept?.meta) this.#restore(decodeChannelMeta(kept.meta));
    this.#listen();
    this.#read();
    this.#presence = new Presence(this.me.name, this.#name, () => this.#changed());
  }

  get names() {
    return this.me.names;
  }

  get others() {
    return this.#presence.others;
  }

  get status() {
    return this.#channel.status;
  }

  get totals() {
    return this.#wire.totals;
  }

  get frames() {
    return this.#wire.frames;
  }

  get loss() {
    return this.#wire.loss;
  }

  set loss(loss) {
    this.#wire.loss = loss;
  }

  send(text) {
    return this.#channel.send(encoder.encode(text));
  }

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async inject(bytes) {
    try {
      this.#wire.inject(bytes);
    } catch (error) {
      this.#wire.refused();
      throw error;
    }
  }

  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    this.me.alive = false;
    this.#presence.close();
    await this.#channel.close();
    await this.#backend.close?.();
    this.#changed();
  }

  /** What a channel doesn't tell of the time before: which own messages are not acknowledged, and what waits. */
  #restore({ outgoingBuffer: outgoing, incomingBuffer: incoming, lamportTimestamp }) {
    this.me.record.restore({ history: [], outgoing, incoming });
    this.me.reached(lamportTimestamp);
  }

  #listen() {
    const { record } = this.me;
    const listeners = {
      missingDependencies: (detail) => this.#miss(detail),
      messageSent: (detail) => record.sent(detail),
      messageLost: (detail) => record.lost(detail),
      persistenceError: ({ error }) => (this.me.storageError = error),
      transportError: () => this.#wire.refused(),
    };
    for (const [type, listener] of Object.entries(listeners)) {
      this.#channel.addEventListener(type, ({ detail }) => {
        listener(detail);
        this.#changed();
      });
    }
  }

  /** The event names what is missing. What waits for it is in the frame. */
  #miss({ messageId, missingDependencies }) {
    const frame = this.#wire.frameOf(messageId);
    if (!frame) return;
    const { senderId, content, lamportTimestamp } = decodeMessage(frame.bytes);
    const kind = content.length > 0 ? "content" : "sync";
    this.me.record.received({ messageId, senderId, content, missingDependencies, kind }, lamportTimestamp);
    this.me.reached(lamportTimestamp);
  }

  /** The log, and what comes into it. */
  async #read() {
    for await (const message of this.#channel.messages({ fromStart: true })) {
      const frame = this.#wire.frameOf(message.messageId);
      for (const arrival of frame?.arrivals ?? []) arrival.delivered = true;
      this.me.record.logged(message, frame === undefined);
      this.me.reached(message.lamportTimestamp);
      this.#changed();
    }
  }

  #changed() {
    this.revision += 1;
    this.me.touch();
    for (const listener of this.#listeners) listener();
  }
}
