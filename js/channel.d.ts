import type { Config, HistoryEntry, ManagerEvents, ManagerOptions } from "./index.js";

/**
 * Whatever carries bytes to the others: it may lose, repeat and reorder them. Waku, WebRTC, WebSocket, radio: an object
 * with these two methods.
 */
export interface Transport {
  /** Broadcasts to everyone on the channel; resolves when handed over, rejects when that failed. */
  publish(channelId: string, bytes: Uint8Array): Promise<void>;
  /** Calls `onBytes` with whatever is heard on the channel; gives the function that ends it. */
  subscribe(channelId: string, onBytes: (bytes: Uint8Array) => void): () => void;
}

export interface ReliableChannelOptions extends ManagerOptions {
  /** As of a manager, but for `maxCausalHistory`, which is 20 unless given: gaps must be named by somebody to be filled. */
  config?: Partial<Config>;
  channelId: string;
  transport: Transport;
  /**
   * Fetches messages that nobody has repaired, for example from a store node, and gives their bytes, of as many as it
   * finds. Asked a second after a gap shows, then ever more seldom (up to 64 seconds) as long as it is there; never twice
   * at once for a message.
   */
  retrieve?: (missing: HistoryEntry[]) => Promise<Uint8Array[]>;
}

/** What a channel still waits for. */
export interface ChannelStatus {
  /** Messages that others name and nobody has delivered here. */
  missing: number;
  /** Messages of this run that were given up, because what they wait for never came (`lostMessageTimeout`, or overflow). */
  lost: number;
  /**
   * Own messages that nobody is known to have; 10,000 at most, the newest. One that was given up is counted until a message of
   * somebody else names it, or names an own one that depends on it. After a reload, those that were given up are not known
   * any more.
   */
  unacknowledged: number;
  /** Whether all of these are 0. Until somebody was heard, it says nothing of what others have sent. */
  synced: boolean;
}

/** The manager's events that matter to an application, and the channel's own; details as in {@link ManagerEvents}. */
export interface ChannelEvents
  extends Pick<
    ManagerEvents,
    "messageReady" | "messageSent" | "missingDependencies" | "messageLost" | "persistenceError"
  > {
  /** The status is another than when this was told last. */
  statusChange: { channelId: string } & ChannelStatus;
  /**
   * The transport failed, or something it gave was no message of this channel (`"receive"`: an `SdsError`), or `retrieve`
   * failed. Nothing is lost by it: an own message that could not be published is sent again by the resend schedule, where
   * attempts that fail count as well, and besides once more when the transport takes something again. Out of
   * `maxResendAttempts` (`messageSent`, not acknowledged), it stays in the log, is still repaired for those who ask for it,
   * and is counted as unacknowledged.
   */
  transportError: { channelId: string; operation: "publish" | "receive" | "retrieve" | "unsubscribe"; error: unknown };
}

/** A listener of a channel's event, as a function or an object. */
export type ChannelEventListener<K extends keyof ChannelEvents> =
  | ((event: CustomEvent<ChannelEvents[K]>) => void)
  | { handleEvent(event: CustomEvent<ChannelEvents[K]>): void };

/**
 * One channel over a transport: resends, repairs, sync messages, retrieval, periodic tasks and persistence are wired.
 * Sync messages are sent about once per `syncMessageInterval` by the group as a whole, and sooner when there is something to
 * ask for.
 */
export class ReliableChannel extends EventTarget {
  private constructor();
  /**
   * Opens a channel: loads what was kept of it, then listens to the transport. Bytes that the transport gives before this
   * has resolved are taken in; their events may come before a listener can be added, {@link messages} has them all.
   * @throws SdsError as `ReliabilityManager.create` and `ensureChannel`; `InvalidArgument` also if `transport.subscribe`
   *   throws.
   */
  static open(options: ReliableChannelOptions): Promise<ReliableChannel>;
  readonly channelId: string;
  readonly participantId: string;
  /**
   * Sends a message; without an id it gets one that nobody else makes. Resolves with the id once the message is saved and
   * was handed to the transport. If that fails, `transportError` tells, and the message is sent again later.
   * @throws SdsError as `wrapOutgoingMessage`; `InvalidState` after `close()`.
   */
  send(content: Uint8Array, messageId?: string): Promise<string>;
  /** As it is now. */
  readonly status: ChannelStatus;
  /** The ids of the own messages that `status.unacknowledged` counts, in the order of sending; right after a reload, too. */
  unacknowledgedIds(): string[];
  /**
   * The channel's log, own messages included, in causal order: from its start (`fromStart`) or from now on, without a gap
   * or a repetition in between. Ends when `signal` is aborted, the loop is left or the channel is closed. A loop that falls
   * behind by more than `maxMessageHistory` messages ends with an `SdsError` `InvalidState`. Ephemeral messages are no part
   * of the log: see `messageReady`.
   *
   * Messages come as they are delivered, and those of which none depends on the other may come in another order elsewhere.
   * To show the same to all, insert each by `lamportTimestamp`, then by the UTF-8 of `messageId`, which is the order of the
   * history. For ids of ASCII, as `send` makes them, `<` compares so.
   * @throws SdsError `InvalidArgument` for a wrong option, `InvalidState` after `close()`.
   */
  messages(options?: {
    fromStart?: boolean;
    signal?: AbortSignal;
  }): AsyncIterableIterator<ManagerEvents["messageReady"]>;
  /**
   * Stops listening and all timers, lets writes under way finish, ends the loops over {@link messages}. Closes neither the
   * transport nor the persistence. Later calls reject with `InvalidState`; closing again does nothing.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  addEventListener<K extends keyof ChannelEvents>(
    type: K, listener: ChannelEventListener<K> | null, options?: ListenerParameters[2]): void;
  addEventListener(...parameters: ListenerParameters): void;
  removeEventListener<K extends keyof ChannelEvents>(
    type: K, listener: ChannelEventListener<K> | null, options?: UnlistenParameters[2]): void;
  removeEventListener(...parameters: UnlistenParameters): void;
}

// As of a manager: Node's typings lack the names that browsers' use.
type ListenerParameters = Parameters<EventTarget["addEventListener"]>;
type UnlistenParameters = Parameters<EventTarget["removeEventListener"]>;

export interface BroadcastChannelTransport extends Transport {}
/**
 * The tabs and workers of one origin, over the platform's BroadcastChannel. It loses nothing, but only tabs that are open
 * hear it. Those with the same `name` (default `"sds-wasm"`) hear each other.
 */
export class BroadcastChannelTransport {
  constructor(name?: string);
}

// Without this, everything declared above would count as exported.
export {};
