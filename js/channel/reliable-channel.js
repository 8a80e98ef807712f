/** One channel over a transport, with all that an application would otherwise wire by hand. */

import { func, id, instance, messageBytes, optional, plainObject } from "../arguments.js";
import { decodeMessage, encodeMessage } from "../codec.js";
import { SdsError, messageOf, report } from "../errors.js";
import { ReliabilityManager } from "../manager.js";
import { checkMessagesOptions } from "../options.js";
import { randomId } from "../random.js";
import { Publisher } from "./publisher.js";
import { Reader } from "./reader.js";
import { Retrieval } from "./retrieval.js";
import { Status } from "./status.js";
import { SyncSchedule, tellsNewest } from "./sync.js";

/** Known to this file only, which makes the constructor private: opening is asynchronous. */
const FROM_OPEN = Symbol("ReliableChannel.open");
/** Unlike a manager's 10: in simulated groups that lose much, a message that arrives late was otherwise named by nobody. */
const MAX_CAUSAL_HISTORY = 20;
/** The manager's events that are the application's business. */
const TOLD = ["messageReady", "messageSent", "missingDependencies", "messageLost", "persistenceError"];

export class ReliableChannel extends EventTarget {
  #manager;
  #channelId;
  #transport;
  #publisher;
  #now;
  #status;
  #sync;
  #retrieval;
  #readers = new Set();
  /** By the ids of own messages that are not in the readers' logs yet: how many try to send one. */
  #unlogged = new Map();
  #unsubscribe = () => {};
  #closing;

  static async open(options) {
    const { channelId, transport, retrieve, ...managerOptions } = checkOptions(options);
    const { now = Date.now } = managerOptions;
    const manager = await ReliabilityManager.create(managerOptions);
    let channel;
    try {
      await manager.ensureChannel(channelId);
      channel = new this(FROM_OPEN, { manager, channelId, transport, retrieve, now });
      channel.#start();
      return channel;
    } catch (error) {
      // The transport may have begun to deliver.
      await (channel ? channel.close() : manager.cleanup());
      throw error;
    }
  }

  constructor(key, opened) {
    super();
    if (key !== FROM_OPEN) {
      throw new SdsError("InvalidState", "use `await ReliableChannel.open(options)` instead of the constructor");
    }
    const { manager, channelId, transport, retrieve, now } = opened;
    this.#manager = manager;
    this.#channelId = channelId;
    this.#transport = transport;
    this.#now = now;
    Object.defineProperty(this, "channelId", { value: channelId, enumerable: true });
    Object.defineProperty(this, "participantId", { value: manager.participantId, enumerable: true });
    const causalHistory = (messageId) => this.#message(messageId)?.causalHistory ?? [];
    const changed = (status) => this.#tell("statusChange", { channelId, ...status });
    this.#status = new Status(manager, channelId, causalHistory, changed);
    this.#publisher = new Publisher((bytes) => this.#hand(bytes), (messageId) => this.#unacknowledgedBytes(messageId));
    const { syncMessageInterval } = manager.config;
    this.#sync = new SyncSchedule(syncMessageInterval, () => this.#sendSync(), () => this.#askIfStillDue());
    const failed = (error) => this.#transportFailed("retrieve", error);
    this.#retrieval = new Retrieval(retrieve, (retrieved) => this.#takeIn(retrieved, "retrieve"), failed);
  }

  #start() {
    this.#listen();
    this.#subscribe();
    this.#retrieval.want(missingEntries(this.#manager, this.#channelId));
    this.#sync.restart();
    this.#hurryForRequests();
    this.#manager.startPeriodicTasks();
  }

  get status() {
    return this.#status.current();
  }

  unacknowledgedIds() {
    return this.#status.unacknowledgedIds();
  }

  async send(content, messageId = randomId()) {
    this.#checkOpen();
    const wrapped = await this.#wrap(content, messageId);
    this.#status.sent(messageId);
    this.#retrieval.forget(messageId);
    this.#log(messageId);
    if (await this.#publisher.publish(wrapped, messageId)) this.#sync.restart();
    return messageId;
  }

  messages(options = {}) {
    const { fromStart = false, signal } = checkMessagesOptions(options);
    this.#checkOpen();
    const stored = fromStart ? this.#manager.getMessageHistory(this.#channelId) : [];
    const end = () => {
      this.#readers.delete(reader);
      signal?.removeEventListener("abort", abort);
    };
    const reader = new Reader(stored, (messageId) => this.#read(messageId), this.#manager.config.maxMessageHistory, end);
    const abort = () => reader.return();
    this.#readers.add(reader);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    return reader;
  }

  close() {
    if (this.#closing) return this.#closing;
    let closed;
    // Known before anything is stopped: what is called meanwhile may close again, or deliver.
    this.#closing = new Promise((resolve) => (closed = resolve));
    closed(this.#close());
    return this.#closing;
  }

  async #close() {
    this.#sync.stop();
    this.#retrieval.stop();
    this.#attempt("unsubscribe", this.#unsubscribe);
    for (const reader of [...this.#readers]) reader.return();
    this.#publisher.stop();
    await this.#manager.cleanup();
  }

  #checkOpen() {
    if (this.#closing) throw new SdsError("InvalidState", "the channel was closed");
  }

  // Out.

  async #wrap(content, messageId) {
    // A used id will be refused.
    const isNew = !this.#read(messageId);
    if (isNew) this.#countUnlogged(messageId, 1);
    try {
      return await this.#manager.wrapOutgoingMessage(content, messageId, this.#channelId);
    } catch (error) {
      if (isNew) this.#countUnlogged(messageId, -1);
      throw error;
    }
  }

  /** Nothing is left to count once one was logged. */
  #countUnlogged(messageId, change) {
    const count = (this.#unlogged.get(messageId) ?? 0) + change;
    if (count > 0) this.#unlogged.set(messageId, count);
    else this.#unlogged.delete(messageId);
  }

  #hand(bytes) {
    return this.#attempt("publish", () => this.#transport.publish(this.#channelId, bytes));
  }

  /** As a repair has them. */
  #unacknowledgedBytes(messageId) {
    const message = this.#status.isUnacknowledged(messageId) && this.#message(messageId);
    return message ? encodeMessage(message, this.#manager.config.dialect) : undefined;
  }

  async #sendSync() {
    try {
      await this.#publisher.publish(await this.#manager.wrapSyncMessage(this.#channelId));
      if (!this.#sync.hurries) this.#hurryForRequests();
    } catch (error) {
      if (!this.#closing) report(error);
    }
  }

  /** Requests are due at times of their own; a sync message carries those that are. */
  #hurryForRequests() {
    const earliest = this.#earliestRequest();
    if (earliest !== undefined) this.#sync.hurry(earliest, Math.max(0, earliest - this.#now()));
  }

  /** In a large group, most answers come before all have asked: a sync message with nothing to ask is a burst for nothing. */
  #askIfStillDue() {
    const earliest = this.#earliestRequest();
    if (earliest !== undefined && earliest <= this.#now()) this.#sync.fire();
    else this.#hurryForRequests();
  }

  #earliestRequest() {
    if (this.#closing) return undefined;
    const requests = this.#manager.getOutgoingRepairBuffer(this.#channelId);
    return requests.reduce((least, { requestAt }) => Math.min(least ?? requestAt, requestAt), undefined);
  }

  // In.

  #subscribe() {
    const take = (data) => void this.#takeIn(data, "receive");
    try {
      const unsubscribe = this.#transport.subscribe(this.#channelId, take);
      this.#unsubscribe = func("what it returns", unsubscribe);
    } catch (cause) {
      // A channel that hears nothing is none.
      const message = `options.transport.subscribe failed: ${messageOf(cause)}`;
      throw new SdsError("InvalidArgument", message, { cause });
    }
  }

  async #takeIn(data, operation) {
    if (this.#closing) return;
    await this.#attempt(operation, async () => {
      // The transport may reuse its buffer. A Buffer's `slice` would be no copy.
      const copy = new Uint8Array(messageBytes("bytes", data));
      const received = await this.#manager.unwrapReceivedMessage(copy, this.#channelId);
      if (received.kind !== "sync") return;
      this.#status.came(received.messageId);
      this.#retrieval.forget(received.messageId);
      // An own one that comes back is a duplicate.
      if (!received.duplicate) this.#heardSync(decodeMessage(copy));
    });
  }

  #heardSync({ causalHistory }) {
    this.#status.named(causalHistory);
    if (tellsNewest(causalHistory, this.#manager.getMessageHistory(this.#channelId))) this.#sync.restart();
  }

  #listen() {
    const on = (type, listener) => this.#manager.addEventListener(type, ({ detail }) => listener(detail));
    on("messageResend", ({ bytes, messageId }) => void this.#publisher.publish(bytes, messageId));
    on("repairReady", ({ bytes }) => void this.#publisher.publish(bytes));
    on("messageSent", (detail) => this.#status.settled(detail));
    on("messageReady", (message) => this.#delivered(message));
    on("missingDependencies", ({ messageId, missingDependencies }) => {
      this.#status.waits(messageId, missingDependencies.map((entry) => entry.messageId));
      this.#retrieval.forget(messageId);
      this.#retrieval.want(missingDependencies);
      if (!this.#sync.hurries) this.#hurryForRequests();
    });
    on("messageLost", (detail) => {
      for (const dependency of this.#status.lost(detail)) this.#retrieval.forget(dependency);
    });
    // Nobody tells when a request is made again, or when one became due before that which we hurry for.
    on("periodicSync", () => this.#hurryForRequests());
    // Last, so that listeners see the status as it is after the event.
    for (const type of TOLD) on(type, (detail) => this.#tell(type, detail));
  }

  #delivered(message) {
    // Ephemeral messages are no part of the log, even if they have the id of one that is.
    if (message.lamportTimestamp === undefined) return;
    this.#status.delivered(message);
    this.#retrieval.forget(message.messageId);
    if (this.#unlogged.size > 0) this.#logOwnBefore(message.messageId);
    for (const reader of this.#readers) reader.push(message);
  }

  // The log.

  /** What names an own message is told before its sending has resolved, where it waited for it. */
  #logOwnBefore(messageId) {
    this.#unlogged.delete(messageId);
    const message = this.#message(messageId);
    for (const entry of message?.causalHistory ?? []) this.#log(entry.messageId);
  }

  /** An own message: the manager doesn't tell the application what it knows. */
  #log(messageId) {
    if (!this.#unlogged.delete(messageId) || this.#readers.size === 0) return;
    const message = this.#read(messageId);
    if (message) for (const reader of this.#readers) reader.push(message);
  }

  #read(messageId) {
    const message = this.#message(messageId);
    if (!message) return undefined;
    const { channelId, senderId, content, lamportTimestamp } = message;
    return { channelId, messageId, senderId, content, lamportTimestamp };
  }

  /** What was under way is still told while the channel closes, when the log can't be looked at any more. */
  #message(messageId) {
    return this.#closing ? undefined : this.#manager.getMessage(this.#channelId, messageId);
  }

  // Telling.

  #tell(type, detail) {
    try {
      this.dispatchEvent(new CustomEvent(type, { detail }));
    } catch (error) {
      report(error);
    }
  }

  /** Resolves with whether it went well. */
  async #attempt(operation, body) {
    try {
      await body();
      return true;
    } catch (error) {
      this.#transportFailed(operation, error);
      return false;
    }
  }

  #transportFailed(operation, error) {
    if (this.#closing && operation !== "unsubscribe") return;
    this.#tell("transportError", { channelId: this.#channelId, operation, error });
  }
}

if (Symbol.asyncDispose) {
  Object.defineProperty(ReliableChannel.prototype, Symbol.asyncDispose, {
    value() {
      return this.close();
    },
    configurable: true,
    writable: true,
  });
}

function checkOptions(options) {
  const { channelId, transport, retrieve, config = {} } = plainObject("options", options);
  instance("options.transport", transport);
  for (const method of ["publish", "subscribe"]) func(`options.transport.${method}`, transport[method]);
  optional(func)("options.retrieve", retrieve);
  const { maxCausalHistory = MAX_CAUSAL_HISTORY } = plainObject("options.config", config);
  return { ...options, config: { ...config, maxCausalHistory }, channelId: id("options.channelId", channelId) };
}

/** What messages of the last run wait for: not all of it is in the repair buffer, and nothing for the anonymous. */
function missingEntries(manager, channelId) {
  const incoming = manager.getIncomingBuffer(channelId);
  const awaited = incoming.flatMap(({ message, missingDependencies }) => {
    const missing = new Set(missingDependencies);
    return message.causalHistory.filter(({ messageId }) => missing.has(messageId));
  });
  const here = new Set(incoming.map(({ message }) => message.messageId));
  const requested = manager.getOutgoingRepairBuffer(channelId).map(({ entry }) => entry);
  return [...requested, ...awaited].filter(({ messageId }) => !here.has(messageId));
}
