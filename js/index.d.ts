/**
 * Reliable, causally ordered messaging over networks that lose, repeat and reorder messages: Scalable Data Sync (SDS)
 * with its repair extension SDS-R.
 *
 * All times are milliseconds, instants (since the unix epoch) and durations alike. Ids are strings of well-formed text.
 * Bytes are copied on the way in and out: a caller may reuse its buffer as soon as a call has returned, before the
 * promise settles (but what a {@link Persistence} is given is its own). Asynchronous methods never throw, they reject;
 * whatever fails, fails with an {@link SdsError}.
 *
 * "SDS spec" in these comments is the public specification (`docs/ift-ts/raw/sds.md` in rfc-index); "SDS-R" is its
 * section "SDS Repair (SDS-R)". "nim-sds" is the implementation whose formats, numbers and behaviour this package
 * follows where the two differ.
 *
 * @module
 */
/// <reference lib="esnext.disposable" />

import type { Config, Dialect } from "./config.js";

export * from "./config.js";
export * from "./channel.js";

/** Bytes in a buffer of their own, as `WebSocket.send`, `Blob` and other platform functions take them. */
export type Bytes = ReturnType<Uint8Array["slice"]>;

/** A dependency as messages name it. */
export interface HistoryEntry {
  messageId: string;
  /** What an application needs to fetch the message elsewhere; opaque to this package. */
  retrievalHint?: Uint8Array;
  /** Who sent the message, where known; SDS-R needs it. */
  senderId?: string;
}

/** A message as it travels. (SDS spec, section "Message") */
export interface Message {
  messageId: string;
  channelId: string;
  /** `""`: anonymous. */
  senderId: string;
  /** The sender's logical clock, 0 to 2^63 - 1; undefined on ephemeral messages. In nim-sds pegged to unix seconds. */
  lamportTimestamp?: bigint;
  /** What the message depends on, oldest first. */
  causalHistory: HistoryEntry[];
  /** Empty on sync messages. At most 1 MiB. */
  content: Uint8Array;
  /** The sender's bloom filter in its serialized form, as received. Stored messages have none. */
  bloomFilter?: Uint8Array;
  /** SDS-R: what the sender asks the group to send again. */
  repairRequest: HistoryEntry[];
}

/** What became of received bytes. */
export interface ReceivedMessage {
  messageId: string;
  channelId: string;
  senderId: string;
  content: Bytes;
  /** False while it waits for dependencies (and for duplicates of one that waits). */
  delivered: boolean;
  /** The dependencies not delivered here yet; empty when it was delivered or is a duplicate. */
  missingDependencies: HistoryEntry[];
  kind: "content" | "sync" | "ephemeral";
  duplicate: boolean;
}

/**
 * Where state is kept: any object with these five methods; its own state is reached through `this`. A rejection is a
 * failure. Failed saves never abort an operation: memory is the truth, they fire `persistenceError`, and the next
 * operation heals them. A failed load or drop rejects the caller with `PersistenceError`. (nim-sds) Calls must take
 * effect in the order in which they are made, awaited or not.
 *
 * Bytes that a backend is given are its own: it may keep them as they are, or transfer them to another thread. What it
 * loads is copied when its promise has resolved.
 *
 * A method that never settles holds its channel: nothing is told before it is saved, and `cleanup()` waits. A backend that
 * may hang should reject after a while.
 */
export interface Persistence {
  /** Replace the channel's snapshot. `meta` is opaque; {@link decodeChannelMeta} reads it. */
  saveChannelMeta(channelId: string, meta: Uint8Array): Promise<void>;
  /** Append and delete as one batch. Called in the same turn as the operation's `saveChannelMeta`, before either settles. */
  updateHistory(channelId: string, update: HistoryUpdate): Promise<void>;
  /** All that is kept, or undefined for a channel never saved. History in any order. */
  loadChannel(channelId: string): Promise<ChannelData | undefined>;
  /** Wipe the channel: snapshot, history and hints. */
  dropChannel(channelId: string): Promise<void>;
  /** Keep a hint that `ManagerOptions.retrievalHint` gave for a message. */
  setRetrievalHint(messageId: string, hint: Uint8Array, channelId: string): Promise<void>;
}

/** A change of a channel's stored history; never empty. */
export interface HistoryUpdate {
  /** Delivered messages, oldest first. One that is stored already is replaced. */
  append: StoredMessage[];
  /** Ids to delete; unknown ones are no error. */
  evict: string[];
}

/** A message for storage. */
export interface StoredMessage {
  messageId: string;
  lamportTimestamp: bigint;
  /** The encoded message, opaque; {@link decodeMessage} reads it. */
  bytes: Uint8Array;
}

/** What is kept of a channel. */
export interface ChannelData {
  meta?: Uint8Array;
  /** The `bytes` of the stored messages, in any order. */
  messageHistory: Uint8Array[];
  /** Hints given to `setRetrievalHint` earlier, by message id; used again in causal histories. */
  retrievalHints?: Record<string, Uint8Array>;
}

/** What {@link ReliabilityManager.create} takes. Unknown names are refused. */
export interface ManagerOptions {
  /** Names this participant. `""`: anonymous, which disables SDS-R. */
  participantId: string;
  /** Settings that differ from the defaults. */
  config?: Partial<Config>;
  /**
   * Default: nothing is kept. One participant's alone: two managers over one object, or over one storage, overwrite each
   * other's state unnoticed.
   */
  persistence?: Persistence;
  /**
   * Called when a message enters a causal history and has no hint yet. One that throws or returns anything else is
   * reported like a throwing listener and counts as no hint. (SDS spec, section "Send Message")
   */
  retrievalHint?: (messageId: string, channelId: string) => Uint8Array | undefined;
  /** Wall clock in ms since the unix epoch, for tests and simulations; floored. Default `Date.now`. */
  now?: () => number;
}

/** What the buffers hold, for {@link ReliabilityManager} and {@link ChannelMeta}. */
export interface OutgoingMessage {
  message: Message;
  /** When it was sent last. */
  sendTime: number;
  resendAttempts: number;
}
export interface IncomingMessage {
  message: Message;
  /** Ids of the dependencies it waits for. */
  missingDependencies: string[];
}
/** A dependency to ask the group for; `requestAt` is T_req of SDS-R. */
export interface OutgoingRepair {
  entry: HistoryEntry;
  requestAt: number;
}
/** Somebody's request that this participant may answer; `respondAt` is T_resp of SDS-R. */
export interface IncomingRepair {
  entry: HistoryEntry;
  respondAt: number;
}

/**
 * One participant: any number of channels, each with its own state. The application broadcasts the bytes it gets and
 * hands in the bytes it receives.
 *
 * Every method rejects, or throws where it is synchronous, with `InvalidArgument` for a wrong argument (ids must not be
 * empty), with `InvalidState` after `cleanup()`, and with `InternalError` once the WebAssembly module has failed.
 */
export class ReliabilityManager extends EventTarget {
  private constructor();
  /**
   * Loads the WebAssembly module if that has not happened yet, and makes a manager. Nothing is read from storage
   * before a channel is used.
   * @throws SdsError `InvalidArgument` naming the option or setting; `InternalError` if the module can't be loaded
   *   (a later call tries again).
   */
  static create(options: ManagerOptions): Promise<ReliabilityManager>;
  readonly participantId: string;
  /** The settings in effect, frozen. */
  readonly config: Readonly<Config>;

  /** Creates the channel, or loads it from storage. @throws SdsError `PersistenceError` if loading fails. */
  ensureChannel(channelId: string): Promise<void>;
  /** Wipes the channel from storage with one call, then from memory. @throws SdsError `PersistenceError`; memory is kept then. */
  removeChannel(channelId: string): Promise<void>;
  /** Removes every channel in memory as `removeChannel` does. @throws SdsError `PersistenceError` */
  reset(): Promise<void>;
  /**
   * Stops timers, finishes writes under way, releases memory. Storage is untouched. Later calls are refused with
   * `InvalidState`. Calling it again gives the same promise. A manager that isn't needed any more keeps its memory
   * until this is called.
   */
  cleanup(): Promise<void>;
  /** `cleanup`, for `await using`. Missing on engines without the symbol. */
  [Symbol.asyncDispose](): Promise<void>;

  /**
   * Makes a message of `content` and gives the bytes to broadcast. The message enters the history and waits for
   * acknowledgement. (SDS spec, section "Send Message")
   * @param content 1 byte to 1 MiB.
   * @param messageId Unique in its channel; an id that is in the history already is refused with `InvalidArgument`.
   * @throws SdsError `MessageTooLarge`; `PersistenceError` if the channel can't be loaded.
   */
  wrapOutgoingMessage(content: Uint8Array, messageId: string, channelId: string): Promise<Bytes>;
  /** The bytes of a sync message: clock, history, filter, repair requests, no content. (SDS spec, section "Periodic Sync Message") */
  wrapSyncMessage(channelId: string): Promise<Bytes>;
  /** The bytes of a message outside of all order and reliability; touches no state. (SDS spec, section "Ephemeral Messages") */
  wrapEphemeralMessage(content: Uint8Array, messageId: string, channelId: string): Promise<Bytes>;
  /**
   * Takes received bytes in, and says what became of them. Deliveries, acknowledgements and gaps are reported by events.
   * (SDS spec, section "Receive Message")
   * @param channelId the only channel the message may belong to; if it is left out, the message's own is made if need be
   * @throws SdsError `DeserializationError` for anything that is no message or has a content over 1 MiB, and
   *   `InvalidArgument` for another channel's, which change nothing; `PersistenceError` if the channel can't be loaded.
   */
  unwrapReceivedMessage(bytes: Uint8Array, channelId?: string): Promise<ReceivedMessage>;
  /**
   * Says that the application got these messages elsewhere, for example from a store node: messages that wait for
   * them are released. @throws SdsError `InvalidArgument` for an unknown channel.
   */
  markDependenciesMet(messageIds: string[], channelId: string): Promise<void>;

  /**
   * Starts what would otherwise be called by hand: `checkUnacknowledgedMessages` per channel, `runRepairSweep`, and
   * `periodicSync`, each at its interval. Starting twice is harmless; a run that is still under way is not overtaken.
   * The timers don't keep a Node process alive. A failure in the background is reported like a throwing listener.
   */
  startPeriodicTasks(): void;
  /** Stops the timers; does nothing if they don't run. */
  stopPeriodicTasks(): void;
  /**
   * Fires `messageResend` for messages unacknowledged for too long, or gives them up.
   * (SDS spec, section "Periodic Outgoing Buffer Sweep")
   */
  checkUnacknowledgedMessages(channelId: string): Promise<void>;
  /** Fires `repairReady` for the repairs that are due in any channel. (SDS-R) */
  runRepairSweep(): Promise<void>;

  // Views of memory, copies, synchronous. An unknown channel has none of anything.
  /** The channels in memory. */
  getChannels(): string[];
  /** Ids of the delivered messages, ordered by Lamport timestamp, then id. */
  getMessageHistory(channelId: string): string[];
  /** A message of the history. */
  getMessage(channelId: string, messageId: string): Message | undefined;
  /** The channel's logical clock; `0n` for an unknown channel. */
  getLamportTimestamp(channelId: string): bigint;
  /** Own messages not acknowledged yet. */
  getOutgoingBuffer(channelId: string): OutgoingMessage[];
  /** Received messages that wait for dependencies. */
  getIncomingBuffer(channelId: string): IncomingMessage[];
  getOutgoingRepairBuffer(channelId: string): OutgoingRepair[];
  getIncomingRepairBuffer(channelId: string): IncomingRepair[];
  /** Ids of history changes that storage has not confirmed. */
  getPendingHistory(channelId: string): { append: string[]; evict: string[] };

  /** Listens to one of {@link ManagerEvents}. A listener may call any method of the manager. */
  addEventListener<K extends keyof ManagerEvents>(
    type: K, listener: ManagerEventListener<K> | null, options?: ListenerParameters[2]): void;
  addEventListener(...parameters: ListenerParameters): void;
  removeEventListener<K extends keyof ManagerEvents>(
    type: K, listener: ManagerEventListener<K> | null, options?: UnlistenParameters[2]): void;
  removeEventListener(...parameters: UnlistenParameters): void;
}

// The platform's own types by way of EventTarget: Node's typings have it, but not the names that browsers' use.
type ListenerParameters = Parameters<EventTarget["addEventListener"]>;
type UnlistenParameters = Parameters<EventTarget["removeEventListener"]>;

/** A function, or an object with `handleEvent`. */
export type ManagerEventListener<K extends keyof ManagerEvents> =
  | ((event: CustomEvent<ManagerEvents[K]>) => void)
  | { handleEvent(event: CustomEvent<ManagerEvents[K]>): void };

/**
 * The `detail` of each event. An operation's events are dispatched, in order, after its persistence calls have settled
 * and before its own promise settles. A listener that throws is reported (`reportError`, or an uncaught error in Node)
 * and disturbs nothing else.
 */
export interface ManagerEvents {
  /** A delivery, in causal order: never before its dependencies. Ephemeral messages have no `lamportTimestamp`. */
  messageReady: { channelId: string; messageId: string; senderId: string; content: Bytes; lamportTimestamp?: bigint };
  /** An own message was acknowledged, or given up after `maxResendAttempts` (`acknowledged: false`). */
  messageSent: { channelId: string; messageId: string; acknowledged: boolean };
  /** A received message waits for these. */
  missingDependencies: { channelId: string; messageId: string; missingDependencies: HistoryEntry[] };
  /** Broadcast these bytes: an own message again. `attempt` counts from 1. */
  messageResend: { channelId: string; messageId: string; bytes: Bytes; attempt: number };
  /** A waiting message was given up: after `lostMessageTimeout`, or because `maxIncomingBuffer` was reached. */
  messageLost: { channelId: string; messageId: string; missingDependencies: string[]; reason: "timeout" | "overflow" };
  /** Broadcast these bytes: somebody's message that somebody else is missing. (SDS-R) */
  repairReady: { channelId: string; messageId: string; bytes: Bytes };
  /** Time to broadcast what `wrapSyncMessage` gives. Only from the periodic tasks. */
  periodicSync: { channelId: string };
  /** A persistence method failed; `error` has the code `PersistenceError`, its `cause` is what the backend threw. */
  persistenceError: { channelId: string; operation: keyof Persistence; error: SdsError };
}

/**
 * What kind of failure it is. Those from `StorageLocked` on come from the storage adapters. Nothing has the code
 * `SerializationError`: nim-sds has it, but here, what can't be written is refused as an argument.
 */
export type SdsErrorCode = "InvalidArgument" | "InvalidState" | "MessageTooLarge" | "SerializationError"
  | "DeserializationError" | "PersistenceError" | "InternalError"
  | "StorageLocked" | "StorageBlocked" | "StorageUnavailable" | "StorageVersion" | "StorageQuota";

/** What `SdsError.toJSON` gives: plain data. `cause` is a summary: name, message and code, or a description in words. */
export interface SdsErrorJson {
  name: string;
  code: SdsErrorCode;
  message: string;
  cause?: unknown;
}

/**
 * Every failure of this package. `cause` holds what a persistence backend threw. A structured clone of any error keeps
 * no code: to send one to another thread, send `toJSON()` and revive it there with `SdsError.fromJSON`.
 */
export class SdsError extends Error {
  constructor(code: SdsErrorCode, message: string, options?: { cause?: unknown });
  readonly code: SdsErrorCode;
  readonly cause?: unknown;
  toJSON(): SdsErrorJson;
  /** The error that `json` was made of; causes come back as plain errors. @throws SdsError `InvalidArgument` */
  static fromJSON(json: SdsErrorJson): SdsError;
}

// Codec, for tools, tests and backends that want to look inside. Call after `await ready()`, else `InvalidState`.

/** Loads the WebAssembly module, once. @throws SdsError `InternalError`; a later call tries again. */
export function ready(): Promise<void>;
/**
 * The bytes of a message as they travel. What is left out is empty.
 * Checks types only: tools and tests may make what no participant would accept.
 * @throws SdsError `InvalidArgument` naming the field; `MessageTooLarge` for more than 256 MiB.
 */
export function encodeMessage(message: Partial<Message> & { messageId: string; channelId: string }, dialect?: Dialect): Bytes;
/** Reads what `encodeMessage`, or any peer, wrote, in either dialect. @throws SdsError `DeserializationError` */
export function decodeMessage(bytes: Uint8Array): Message;

/** The state of a channel as `saveChannelMeta` is given it: all but the history. */
export interface ChannelMeta {
  /** 1. */
  schemaVersion: number;
  lamportTimestamp: bigint;
  outgoingBuffer: OutgoingMessage[];
  incomingBuffer: IncomingMessage[];
  outgoingRepairBuffer: (OutgoingRepair & { messageId: string })[];
  /** `cachedMessage` is empty in what this package writes: the message is in the history. */
  incomingRepairBuffer: (IncomingRepair & { messageId: string; cachedMessage: Uint8Array })[];
  /** History changes that storage had not confirmed, oldest first. nim-sds ignores these two. */
  pendingAppend: Message[];
  pendingEvict: string[];
}
/** @throws SdsError `InvalidArgument` naming the field. */
export function encodeChannelMeta(meta: ChannelMeta): Bytes;
/** @throws SdsError `DeserializationError`, also for a schema version that this version doesn't know. */
export function decodeChannelMeta(bytes: Uint8Array): ChannelMeta;

/** In memory, for tests and demos: keeps what it was given for as long as the object lives. */
export class MemoryPersistence {}
export interface MemoryPersistence extends Persistence {}

// Without this, everything declared above would count as exported.
export {};
