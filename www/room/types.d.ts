/**
 * What a room shows of itself: all that the page (`www/ui`) knows of it. Nothing in `www/room` touches a document, so
 * that it runs in Node's tests too.
 *
 * Times are milliseconds of the room's own clock, which starts at 0, runs `speed` times as fast as the wall clock and
 * stands still while the room is paused.
 */

import type { HistoryEntry, SdsError } from "sds-wasm";

/** What a link to the page carries. Parsed, checked and written by settings.js, which also has the limits. */
export interface Settings {
  /** 0 to 2^32 - 1. The same seed and the same clicks give the same run. */
  seed: number;
  /** 2 to 8. */
  peers: number;
  /** The share of deliveries that are lost, 0 to 0.9. */
  loss: number;
  /** The share of deliveries that come twice, 0 to 0.5. */
  duplication: number;
  /** How long a delivery takes on average, 0 to 3000 ms. */
  latency: number;
  /** The share of deliveries that are held back so long that later ones overtake them, 0 to 1. */
  reordering: number;
  /** Messages a second that the peers write by themselves, all together, 0 to 20. */
  rate: number;
  /** How fast the room's clock runs, 0.25 to 20. */
  speed: number;
}

/** One line of a peer's log. Entries are in the log's order, (clock, id), the same on all peers. */
export interface Entry {
  id: string;
  /** The index of the peer who wrote it; undefined for a hole whose writer isn't known. */
  sender: number | undefined;
  /** Empty for holes. */
  text: string;
  /** The message's Lamport timestamp; holes have that of the message that names them. */
  clock: bigint;
  /**
   * `pending`, `acknowledged` and `unheard` (given up) are the peer's own messages; `received` is another's, delivered;
   * `waiting` is another's that is here and waits for its causes; `hole` is one that is known to be missing.
   */
  state: "pending" | "acknowledged" | "unheard" | "received" | "waiting" | "hole";
  /** It came as the answer to a repair request, or sent again. */
  repaired: boolean;
  /** It was read back from storage. */
  restored: boolean;
}

/** What the same traffic leaves behind at a peer without the library: first transmissions, in the order they came. */
export interface PlainEntry {
  id: string;
  sender: number;
  text: string;
  /** False for a message that was sent in the room and never came. These are listed where they should have been. */
  arrived: boolean;
  /** It came after a message that was written later in the same causal line, or came twice. */
  disorder: "late" | "twice" | undefined;
}

/** What a peer brought back from storage. Bigints are Lamport timestamps. */
export interface Comeback {
  clockBefore: bigint;
  clockAfter: bigint;
  /** Messages in the log that were read back, and before the kill. */
  restored: number;
  logBefore: number;
  /** Unacknowledged own messages before and after. */
  pendingBefore: number;
  pendingAfter: number;
  /** Messages told to the application a second time since. It must stay 0. */
  deliveredTwice: number;
}

export interface Peer {
  readonly index: number;
  readonly name: string;
  readonly alive: boolean;
  /** Being opened, after `restart`. */
  readonly starting: boolean;
  /** Cut off: nothing reaches it, nothing leaves it. */
  readonly isolated: boolean;
  /** Counts up whenever anything of the peer changes: what was drawn for the same number need not be drawn again. */
  readonly revision: number;
  /** Delivered messages, those that wait, and holes. A new array when it has changed. */
  readonly log: readonly Entry[];
  readonly counts: {
    delivered: number;
    /** Messages that this peer knows it misses. */
    holes: number;
    /** Messages that are here and wait for holes. */
    waiting: number;
    /** Own messages that nobody is known to have. */
    unacknowledged: number;
    /** Messages written anywhere in the room, under way ones too, that are not delivered here. */
    behind: number;
    /** Messages told to the application more than once: 0. */
    deliveredTwice: number;
    clock: bigint;
  };
  readonly plain: {
    readonly log: readonly PlainEntry[];
    readonly missing: number;
    readonly late: number;
    readonly twice: number;
  };
  /** Since the last kill and restart. */
  readonly comeback: Comeback | undefined;
  /** The last failure of its storage; undefined once saving works again. */
  readonly storageError: SdsError | undefined;
}

export interface Arrival {
  to: number;
  /** When it arrives, or when it would have. */
  at: number;
  /** `cut`: sender or receiver was cut off. `dead`: nobody was there. */
  fate: "underway" | "arrived" | "lost" | "cut" | "dead";
  /** A second copy, made by the network. */
  copy: boolean;
  /** The receiver's Lamport timestamp after it arrived. */
  clock: bigint | undefined;
  /** This arrival delivered the message or filled a hole. */
  delivered: boolean;
}

/** One broadcast. */
export interface Frame {
  /** Counts from 1. */
  number: number;
  at: number;
  from: number;
  kind: "message" | "sync" | "resend" | "repair";
  messageId: string;
  /** The Lamport timestamp in the message. */
  clock: bigint;
  /** For a message written by another peer (a repair): who. */
  writer: number | undefined;
  bytes: Uint8Array;
  arrivals: Arrival[];
  causes: readonly HistoryEntry[];
}

/** One point of the chart. */
export interface Sample {
  at: number;
  /** Messages not delivered, summed over the peers that are alive: with the library, and without. */
  behind: number;
  plainMissing: number;
}

export interface Totals {
  written: number;
  frames: number;
  deliveries: number;
  lost: number;
  copies: number;
  syncs: number;
  resends: number;
  repairs: number;
  /** Bytes of all frames. */
  bytes: number;
  /** Frames refused because they didn't decode. */
  refused: number;
}

export interface Room {
  readonly settings: Readonly<Settings>;
  /** The room's clock. */
  readonly now: number;
  /** Counts up whenever anything of the room changes. */
  readonly revision: number;
  readonly peers: readonly Peer[];
  /** The last 2000, oldest first. */
  readonly frames: readonly Frame[];
  /** At most 600, evenly spaced: older ones are thinned out. */
  readonly samples: readonly Sample[];
  readonly totals: Readonly<Totals>;
  /** Whether all live peers have the same log, holding every message written, and nothing waits anywhere. */
  readonly settled: boolean;
  /** "indexeddb", or "memory" where there is no IndexedDB. */
  readonly storage: "indexeddb" | "memory";

  /** Whether the peers write by themselves, at `settings.rate`. True at first. */
  traffic: boolean;

  /** Changes one of the settings; `seed` and `peers` take another room. Throws RangeError for a value out of range. */
  set(name: Exclude<keyof Settings, "seed" | "peers">, value: number): void;
  /** Runs the room's clock forward, tick by tick. Calls queue up. The only thing that makes anything happen. */
  advance(milliseconds: number): Promise<void>;
  /** Writes a message at a peer; gives its id. Throws if the peer isn't alive. */
  send(peer: number, text: string): Promise<string>;
  /** Drops the peer's manager as a crash would: nothing is told, nothing awaited, its writes under way may be lost. */
  kill(peer: number): void;
  /** Opens the peer again from what its database holds. */
  restart(peer: number): Promise<Comeback>;
  isolate(peer: number, isolated: boolean): void;
  /**
   * Stops the traffic and runs the room until it is settled, at most for `limit` ms of its clock (default 10 minutes).
   * Gives whether it is.
   */
  settle(limit?: number): Promise<boolean>;
  /** Hands bytes to a peer as if the network had. Rejects with the manager's SdsError if they don't decode. */
  inject(peer: number, bytes: Uint8Array): Promise<void>;
  /** Closes the databases and leaves them for the next time. */
  close(): Promise<void>;
  /** Closes and deletes the databases. */
  clear(): Promise<void>;
}

/** This tab as one participant among the other tabs of this browser, over BroadcastChannel, by the wall clock. */
export interface TabRoom {
  /** Its `plain` part stays empty. */
  readonly me: Peer;
  /** The names of other tabs heard in the last 10 seconds. */
  readonly others: readonly string[];
  readonly revision: number;
  readonly totals: Readonly<Totals>;
  readonly frames: readonly Frame[];
  readonly storage: "indexeddb" | "memory";
  /** The share of what this tab hears that is thrown away, 0 to 0.9, so that there is something to repair. */
  loss: number;
  send(text: string): Promise<string>;
  /** Calls `listener` after each change of `revision`; gives the function that ends it. */
  onChange(listener: () => void): () => void;
  inject(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
