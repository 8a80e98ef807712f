// A backend for tests that looks inside what it is given: it keeps every channel decoded, as maps by message id, and
// records each call. It can fail, lose or hold calls as the test says.

import assert from "node:assert/strict";
import { importPackage } from "./package.mjs";

const { decodeChannelMeta, decodeMessage, ready } = await importPackage("sds-wasm");
await ready();

const byId = (items, idOf) => new Map(items.map((item) => [idOf(item), item]));

/** What is kept of one channel. */
class KeptChannel {
  meta;
  /** Stored bytes by message id. */
  bytes = new Map();
  hints = new Map();

  get decoded() {
    return this.meta && decodeChannelMeta(this.meta);
  }

  get lamport() {
    return this.decoded?.lamportTimestamp;
  }

  get outgoing() {
    return byId(this.decoded?.outgoingBuffer ?? [], ({ message }) => message.messageId);
  }

  get incoming() {
    return byId(this.decoded?.incomingBuffer ?? [], ({ message }) => message.messageId);
  }

  get outgoingRepair() {
    return byId(this.decoded?.outgoingRepairBuffer ?? [], ({ messageId }) => messageId);
  }

  get incomingRepair() {
    return byId(this.decoded?.incomingRepairBuffer ?? [], ({ messageId }) => messageId);
  }

  get log() {
    return new Map(Array.from(this.bytes, ([id, bytes]) => [id, decodeMessage(bytes)]));
  }
}

export class InspectingPersistence {
  /** Names of the methods that reject, with the error `this.error`. */
  failing = new Set();
  error = new Error("the disk is on fire");
  /** Says of a call `{ method, channelId, index }` whether it waits in `waiting` until the test lets it through. */
  holds = () => false;
  waiting = [];
  /** Says of a call whether it is lost: reported as done, but never written, as in a crash just after. */
  loses = () => false;
  /** Every call in order: `{ method, channelId, index, turn, args }`. Calls of one turn had nothing awaited between them. */
  calls = [];
  #channels = new Map();
  #turn = 0;
  #turnIsOver = true;

  async saveChannelMeta(channelId, meta) {
    assert.ok(meta instanceof Uint8Array);
    decodeChannelMeta(meta);
    await this.#call("saveChannelMeta", channelId, [meta], () => {
      this.#keep(channelId).meta = meta.slice();
    });
  }

  async updateHistory(channelId, update) {
    const { append, evict } = update;
    assert.ok(append.length + evict.length > 0, "an update is never empty");
    for (const { messageId, lamportTimestamp, bytes } of append) {
      const message = decodeMessage(bytes);
      assert.deepEqual([message.messageId, message.lamportTimestamp], [messageId, lamportTimestamp]);
      assert.equal(message.channelId, channelId);
      assert.equal(message.bloomFilter?.length ?? 0, 0, "messages are kept without their filter");
    }
    await this.#call("updateHistory", channelId, [update], () => {
      const { bytes } = this.#keep(channelId);
      for (const stored of append) bytes.set(stored.messageId, stored.bytes.slice());
      for (const id of evict) bytes.delete(id);
    });
  }

  async loadChannel(channelId) {
    return this.#call("loadChannel", channelId, [], () => {
      const kept = this.#channels.get(channelId);
      if (!kept) return undefined;
      // In an order that is not the history's.
      const messageHistory = [...kept.bytes.values()].reverse();
      return { meta: kept.meta, messageHistory, retrievalHints: Object.fromEntries(kept.hints) };
    });
  }

  async dropChannel(channelId) {
    await this.#call("dropChannel", channelId, [], () => this.#channels.delete(channelId));
  }

  async setRetrievalHint(messageId, hint, channelId) {
    await this.#call("setRetrievalHint", channelId, [messageId, hint], () => {
      this.#keep(channelId).hints.set(messageId, hint.slice());
    });
  }

  /** What is kept of a channel; an empty record for one that was never saved. */
  kept(channelId) {
    return this.#channels.get(channelId) ?? new KeptChannel();
  }

  has(channelId) {
    return this.#channels.has(channelId);
  }

  /** Puts bytes in place as if an earlier run had saved them. */
  plant(channelId, { meta, messages = [] }) {
    const kept = this.#keep(channelId);
    kept.meta = meta;
    messages.forEach((bytes, index) => kept.bytes.set(`planted ${index}`, bytes));
  }

  count(method) {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** The names of the methods called, turn by turn, from call number `first` on. */
  turns(first = 0) {
    const turns = new Map();
    for (const { turn, method } of this.calls.slice(first)) turns.set(turn, [...(turns.get(turn) ?? []), method]);
    return [...turns.values()];
  }

  /** Lets the calls through that wait now. */
  proceed() {
    for (const { proceed } of this.waiting.splice(0)) proceed();
  }

  /** Holds nothing from now on. */
  release() {
    this.holds = () => false;
    this.proceed();
  }

  #keep(channelId) {
    if (!this.#channels.has(channelId)) this.#channels.set(channelId, new KeptChannel());
    return this.#channels.get(channelId);
  }

  async #call(method, channelId, args, effect) {
    const call = { method, channelId, args, index: this.calls.length, turn: this.#currentTurn() };
    this.calls.push(call);
    if (this.holds(call)) {
      await new Promise((proceed, fail) => this.waiting.push({ ...call, proceed, fail }));
    }
    if (this.failing.has(method)) throw this.error;
    return this.loses(call) ? undefined : effect();
  }

  /** The number of the current run of synchronous code: the microtask runs as soon as anything is awaited. */
  #currentTurn() {
    if (this.#turnIsOver) {
      this.#turn += 1;
      this.#turnIsOver = false;
      queueMicrotask(() => (this.#turnIsOver = true));
    }
    return this.#turn;
  }
}
