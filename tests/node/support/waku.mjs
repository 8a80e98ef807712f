// A member that runs @waku/sds 0.0.8, and one of ours beside it, so that the same test can drive both.

import assert from "node:assert/strict";
import { Message, MessageChannel, MessageChannelEvent } from "@waku/sds";
import { CHANNEL, T0, idle, participant, record, sds, text } from "./participants.mjs";

/** Times short enough for a test, the same for both. */
export const TIMES = { repairTMin: 1000, repairTMax: 20_000 };

/** Stops the one clock that both implementations read; `pass` moves it. */
export function stopClock(t) {
  t.mock.timers.enable({ apis: ["Date"], now: T0 });
  return { pass: (milliseconds) => t.mock.timers.setTime(Date.now() + milliseconds) };
}

/** A member of ours, in the dialect of @waku/sds unless told otherwise. */
export class Ours {
  /** Bytes to broadcast that nobody asked for: resends and repairs. */
  due = [];

  static async open(t, name, { config, ...options } = {}) {
    const now = () => Date.now();
    const settings = { dialect: "rfc", ...TIMES, ...config };
    const manager = await participant(t, name, { clock: { now }, config: settings, ...options });
    await manager.ensureChannel(CHANNEL);
    return new Ours(name, manager);
  }

  constructor(name, manager) {
    this.name = name;
    this.manager = manager;
    this.events = record(manager);
    for (const type of ["messageResend", "repairReady"]) {
      manager.addEventListener(type, ({ detail }) => this.due.push(detail.bytes));
    }
  }

  async send(line) {
    const messageId = `${this.name}: ${line}`;
    return { messageId, bytes: await this.manager.wrapOutgoingMessage(text(line), messageId, CHANNEL) };
  }

  sync() {
    return this.manager.wrapSyncMessage(CHANNEL);
  }

  receive(bytes) {
    return this.manager.unwrapReceivedMessage(bytes, CHANNEL);
  }

  /** What is to be broadcast now. */
  async sweep() {
    await this.manager.runRepairSweep();
    await this.manager.checkUnacknowledgedMessages(CHANNEL);
    return this.due.splice(0);
  }

  get delivered() {
    return this.events.filter(({ type }) => type === "messageReady").map(({ messageId }) => messageId);
  }

  get acknowledged() {
    const sent = this.events.filter(({ type }) => type === "messageSent");
    return sent.filter(({ acknowledged }) => acknowledged).map(({ messageId }) => messageId);
  }

  /** Ids of the log. */
  get log() {
    return this.manager.getMessageHistory(CHANNEL);
  }

  get missing() {
    return this.manager.getOutgoingRepairBuffer(CHANNEL).map(({ entry }) => entry.messageId);
  }
}

/** A member that runs @waku/sds. It is told to send, to sweep and to answer as its users tell it. */
export class Theirs {
  /** What it threw. */
  errors = [];
  delivered = [];
  acknowledged = [];
  /** What its application fetched from a store: it asks the group once, and never again if that is lost. */
  fetched = [];
  #missingSince = new Map();

  constructor(name, options = {}) {
    this.name = name;
    const { repairTMin: tMin, repairTMax: tMax } = TIMES;
    this.channel = new MessageChannel(CHANNEL, name, { causalHistorySize: 10, repairConfig: { tMin, tMax }, ...options });
    const { InMessageDelivered, OutMessageAcknowledged, ErrorTask } = MessageChannelEvent;
    const on = (type, take) => this.channel.addEventListener(type, ({ detail }) => take(detail));
    // It tells a delivery again for every repetition of the message.
    on(InMessageDelivered, (id) => this.delivered.includes(id) || this.delivered.push(id));
    on(OutMessageAcknowledged, (id) => this.acknowledged.push(id));
    for (const type of [ErrorTask, "taskError"]) on(type, ({ error }) => this.errors.push(error));
  }

  async send(line) {
    let sent;
    this.channel.pushOutgoingMessage(text(line), async (message) => {
      sent = { messageId: message.messageId, bytes: message.encode() };
      return { success: true };
    });
    await this.channel.processTasks();
    return sent;
  }

  /** Undefined when it has nothing to tell. */
  async sync() {
    let bytes;
    await this.channel.pushOutgoingSyncMessage(async (message) => (bytes = message.encode()) !== undefined);
    return bytes;
  }

  async receive(bytes) {
    // Decoding swallows its errors.
    const message = Message.decode(bytes);
    assert.ok(message, "@waku/sds can't read this message");
    this.channel.pushIncomingMessage(message);
    await this.channel.processTasks();
    assert.deepEqual(this.errors, [], `@waku/sds threw on ${message.messageId}`);
    return message;
  }

  /** Delivers what waited, and gives what is to be broadcast now. */
  async sweep({ resend = false } = {}) {
    this.channel.sweepIncomingBuffer();
    const due = [];
    await this.channel.sweepRepairIncomingBuffer(async (message) => due.push(message.encode()) > 0);
    if (!resend) return due;
    const { unacknowledged, possiblyAcknowledged } = this.channel.sweepOutgoingBuffer();
    return [...due, ...[...unacknowledged, ...possiblyAcknowledged].map((message) => message.encode())];
  }

  /** What an application does for what nobody has repaired in time: it asks a store, here a map of bytes by id. */
  async fetch(store) {
    for (const { messageId } of this.channel.sweepIncomingBuffer()) {
      if (!this.#missingSince.has(messageId)) this.#missingSince.set(messageId, Date.now());
      const isLate = Date.now() - this.#missingSince.get(messageId) >= 3 * TIMES.repairTMax;
      if (!isLate || this.fetched.includes(messageId)) continue;
      this.fetched.push(messageId);
      await this.receive(store.get(messageId));
    }
  }

  get log() {
    return this.channel.localHistory.slice(0).map(({ messageId }) => messageId);
  }

  get missing() {
    return this.channel.repairManager.outgoingBuffer.getAll().map(({ messageId }) => messageId);
  }
}

/** The ids that a message asks for. */
export const requested = (bytes) => sds.decodeMessage(bytes).repairRequest.map(({ messageId }) => messageId);

/** Once around: every member broadcasts what is due, and `sync` if told; `carry(from, bytes)` brings it to the others. */
export async function round(members, carry, { sync = [], resend = false } = {}) {
  for (const member of members) for (const bytes of await member.sweep({ resend })) await carry(member, bytes);
  for (const member of sync) {
    const bytes = await member.sync();
    if (bytes) await carry(member, bytes);
  }
  await idle();
}
