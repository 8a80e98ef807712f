/**
 * What a room shows of itself: all that the page (`www/ui`) knows of it. Nothing in `www/room` touches a document, so
 * that it runs in Node's tests too.
 *
 * Times are milliseconds of the room's own clock, which starts at 0, runs `speed` times as fast as the wall clock and
 * stands still while the room is paused.
 */

import type { ChannelStatus, HistoryEntry, Persistence, SdsError } from "sds-wasm";

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

/** The range of a setting. */
export interface Limit {
  /** What it is, for a sentence or a control: "loss". */
  label: string;
  min: number;
  max: number;
  /** For sliders. */
  step: number;
  /** "share" of 1, "ms", "per second", "times", or "" for plain numbers. */
  unit: string;
  /** Whole numbers only. */
  whole: boolean;
}

/** One line of a peer's log. Entries are in the log's order, (clock, id), the same on all peers. */
export interface Entry {
  id: string;
  /** The index of the peer who wrote it; undefined if that is nobody of this room, or not known. */
  sender: number | undefined;
  /** Empty for holes. */
  text: string;
  /** The message's Lamport timestamp; holes have that of the message that names them, and stand before it. */
  clock: bigint;
  /**
   * `pending`, `acknowledged` and `unheard` (given up; after a reload it is not known any more) are the peer's own
   * messages; `received` is another's, delivered; `waiting` is another's that is here and waits for its causes; `hole`
   * is one that is known to be missing.
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
  /**
   * False for a message that was sent in the room and has not come: it is under way, or never will. These are listed
   * where they should have been.
   */
  arrived: boolean;
  /** It came after a message that was written later in the same causal line, or came twice. */
  disorder: "late" | "twice" | undefined;
}

/** What a frame holds, for those who look into it. */
export interface DecodedFrame {
  kind: "content" | "sync" | "ephemeral";
  messageId: string;
  channelId: string;
  /** A name; "" if it is anonymous. */
  senderId: string;
  /** Undefined for ephemeral messages. */
  clock: bigint | undefined;
  text: string;
  /** The causal history, oldest first. */
  causes: HistoryEntry[];
  /** What the sender asks the group to send again. */
  requests: HistoryEntry[];
  /** In bytes. */
  sizes: { frame: number; content: number; filter: number };
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
    /** Own messages that wait for an acknowledgement. */
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
  /** Every receiver of every frame, with the network's copies, whatever became of them. */
  deliveries: number;
  /** Of these: lost by the network's dice. */
  lost: number;
  /** Of these: second copies. */
  copies: number;
  syncs: number;
  resends: number;
  repairs: number;
  /** Bytes of all frames. */
  bytes: number;
  /** Bytes handed in by `inject` that were refused. */
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
  /**
   * Runs the room's clock forward by so many of its own milliseconds (the wall clock's times `settings.speed`), in steps of
   * 20; what is left of the last goes to the next call. Calls queue up: await one before the next. Time passes by this and
   * by `settle` alone.
   */
  advance(milliseconds: number): Promise<void>;
  /** Writes a message at a peer, now; gives its id. Rejects if the peer isn't alive, or is killed before it is saved. */
  send(peer: number, text: string): Promise<string>;
  /** Drops the peer's manager as a crash would: nothing is told, nothing awaited, its writes under way may be lost. */
  kill(peer: number): void;
  /** Opens the peer again from what its database holds. The room stands still meanwhile. */
  restart(peer: number): Promise<Comeback>;
  isolate(peer: number, isolated: boolean): void;
  /**
   * Stops the traffic and runs the room until it is settled, at most for `limit` ms of its clock (default 10 minutes).
   * Gives whether it is.
   */
  settle(limit?: number): Promise<boolean>;
  /**
   * Hands bytes to a peer as if the network had. Rejects with the manager's SdsError if they don't decode, with RangeError
   * if they are for another channel.
   */
  inject(peer: number, bytes: Uint8Array): Promise<void>;
  /** Notes where the room is, at once, then closes the databases and leaves them for the next time. */
  close(): Promise<void>;
  /** Closes and deletes the databases. */
  clear(): Promise<void>;
}

/** Where a room notes what stands in no peer's database: `localStorage` is one. */
export interface Notebook {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Where peers keep their state, by the names of their databases. */
export interface Storage {
  readonly kind: "indexeddb" | "memory";
  open(name: string): Promise<Persistence & { close?(): Promise<void> }>;
  delete(name: string): Promise<void>;
}

export interface RoomOptions {
  /** What the databases' names begin with; the seed and the number of peers follow. Default "lossy-room". */
  name?: string;
  /** Default "indexeddb". */
  storage?: "indexeddb" | "memory" | Storage;
  /** For IndexedDB; default "exclusive". */
  lock?: "exclusive" | "wait" | "none";
  /** Without one, the room's clock is estimated after a reload, and its totals start again. */
  notes?: Notebook;
  /** Ends an opening that is still waiting. */
  signal?: AbortSignal;
}

/**
 * Opens a room, or one that was closed or reloaded: it goes on where it was. What was under way in its network is lost
 * then. Rejects with RangeError for a setting out of range, and with what the first database that can't be opened says.
 */
export type OpenRoom = (settings: Partial<Settings>, options?: RoomOptions) => Promise<Room>;
/** Call it when a room is open. @throws SdsError `DeserializationError` */
export type DecodeFrame = (bytes: Uint8Array) => DecodedFrame;
/** Bytes from hex or base64. @throws RangeError whose message says what is wrong. */
export type ParsePasted = (text: string) => Uint8Array;

/** This tab as one participant among the other tabs of this browser, over BroadcastChannel, by the wall clock. */
export interface TabRoom {
  /**
   * Its `plain` part stays empty; `behind` is what it knows of; `clock` is the latest of what it has sent, delivered or
   * seen wait.
   */
  readonly me: Peer;
  /** The participants ever heard of, by `Entry.sender` and `Frame.from`: this tab's first. */
  readonly names: readonly string[];
  /** The names of other tabs heard in the last 10 seconds. */
  readonly others: readonly string[];
  /** The channel's. */
  readonly status: ChannelStatus;
  readonly revision: number;
  readonly totals: Readonly<Totals>;
  /**
   * The last 2000 that this tab has sent, or heard and not thrown away. Where one that was heard came from isn't known: it
   * counts as its writer's, and one with content as a "message". An own one that goes out again while nobody has
   * acknowledged it counts as a "resend", whether somebody asked for it or not. Times are milliseconds since the room was
   * opened.
   */
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

export interface TabRoomOptions {
  /** What the names of the BroadcastChannels and of the database begin with. Default "lossy-tabs". */
  name?: string;
  /** Default "indexeddb". With "memory", a reload is another participant. */
  storage?: "indexeddb" | "memory" | Storage;
  lock?: "exclusive" | "wait" | "none";
  /** Where this tab remembers who it is: `sessionStorage`. Without it, a reload is another participant. */
  session?: Notebook;
  /** Default 0. */
  loss?: number;
  signal?: AbortSignal;
}

/** Opens this tab's participant. A duplicated tab finds the database locked and becomes somebody new. */
export type OpenTabRoom = (options?: TabRoomOptions) => Promise<TabRoom>;
