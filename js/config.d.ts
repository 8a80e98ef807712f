/**
 * How messages are written, and which hashes and clock unit are used: those of nim-sds, or those of the public
 * specification as `@waku/sds` has it. Received messages of either are understood; what is sent, resends and repairs of
 * others' messages included, is in the manager's own. What is stored is the same, so that a channel can change dialect.
 */
export type Dialect = "nim-sds" | "rfc";

/**
 * The settings of a manager. Unknown names and values that are out of range are refused with `InvalidArgument`. The
 * defaults are those of nim-sds; the last three settings, and `possibleAcksThreshold`, are this package's own.
 */
export interface Config {
  /** Default `"nim-sds"`. `"rfc"` has 120,000 for `repairTMax` and 2 for `possibleAcksThreshold` as defaults. */
  dialect: Dialect;
  /**
   * Message ids the bloom filter is sized for, 1 to 1,000,000; default 10,000. (SDS spec, section "Participant state")
   * `"rfc"` takes the default only, also for the rate: its messages don't say which filter they have.
   */
  bloomFilterCapacity: number;
  /** The filter's rate of false positives at capacity, 0.000001 to 0.999999; default 0.001. */
  bloomFilterErrorRate: number;
  /** Delivered messages kept per channel, 1 to 1,000,000; default 1000. A value above `bloomFilterCapacity` is warned about. */
  maxMessageHistory: number;
  /** History entries sent with each message, 1 to 1000; default 10. (SDS spec, section "Send Message") */
  maxCausalHistory: number;
  /** How long a message waits for an acknowledgement before it is sent again, 1 to 2^31 - 1 ms; default 60,000. */
  resendInterval: number;
  /** How often a message is sent again before it is given up, 0 to 1,000,000; default 5. */
  maxResendAttempts: number;
  /** How often `periodicSync` asks for a sync message, 1 to 2^31 - 1 ms; default 30,000. */
  syncMessageInterval: number;
  /** How often the periodic tasks look at unacknowledged messages, 1 to 2^31 - 1 ms; default 60,000. */
  bufferSweepInterval: number;
  /** SDS-R: the least time before a missing dependency is asked for, 0 to 2^31 - 1 ms; default 30,000. */
  repairTMin: number;
  /**
   * SDS-R: the range over which repair requests and answers are spread, 0 to 2^31 - 1 ms; default 300,000. Should be
   * longer than `syncMessageInterval`: a request must find a message to travel with before it is stale.
   */
  repairTMax: number;
  /** SDS-R: into how many groups participants are split to answer requests, 1 to 1,000,000; default 1 (all answer). */
  numResponseGroups: number;
  /** SDS-R: repair requests attached to one message, 0 to 1000; default 3. */
  maxRepairRequests: number;
  /** SDS-R: how often the periodic tasks look at the repair buffers, 1 to 2^31 - 1 ms; default 5000. */
  repairSweepInterval: number;
  /** Messages whose filter must hold an own id before it is acknowledged, 1 to 1000; default 1. (SDS spec, "Review ACK Status") */
  possibleAcksThreshold: number;
  /** Messages that may wait for dependencies, per channel, 1 to 1,000,000; default 1000. What falls out fires `messageLost`. */
  maxIncomingBuffer: number;
  /** Entries in each of the two repair buffers, per channel, 1 to 1,000,000; default 1000. */
  maxRepairBuffer: number;
  /** How long a message may wait for its dependencies before it is given up, in ms; default 0: for ever. */
  lostMessageTimeout: number;
}

/**
 * The dialect's defaults (`"nim-sds"` if not given), a fresh object each call. Needs no `ready()`.
 * @throws SdsError `InvalidArgument` for an unknown dialect.
 */
export function defaultConfig(dialect?: Dialect): Config;
