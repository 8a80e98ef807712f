/** The reliability manager: checks what it is given, hands it to the core and dispatches what the core reports. */

import { contentBytes, id, ids, messageBytes, optional } from "./arguments.js";
import { SdsError, report, toSdsError } from "./errors.js";
import { host } from "./host.js";
import { checkOptions, clock, hintProvider } from "./options.js";
import { randomId } from "./random.js";
import { operation, ready, view } from "./runtime.js";
import { Core } from "./sds_wasm.js";
import { PeriodicTasks } from "./timers.js";

/** Known to this file only, which makes the constructor private: the module must be loaded first. */
const FROM_CREATE = Symbol("ReliabilityManager.create");

export class ReliabilityManager extends EventTarget {
  #core;
  #now;
  #tasks;
  /** The cleanup under way or done. */
  #cleanup;

  static async create(options) {
    const checked = checkOptions(options);
    await ready();
    return view(() => new this(FROM_CREATE, checked));
  }

  constructor(key, options) {
    super();
    if (key !== FROM_CREATE) {
      throw new SdsError("InvalidState", "use `await ReliabilityManager.create(options)` instead of the constructor");
    }
    const { participantId, config, persistence, retrievalHint, now } = options;
    this.#now = clock(now);
    const functions = host(this.#dispatch.bind(this));
    this.#core = new Core(participantId, config, persistence, functions, hintProvider(retrievalHint));
    const effective = Object.freeze(this.#core.config());
    Object.defineProperty(this, "participantId", { value: participantId, enumerable: true });
    Object.defineProperty(this, "config", { value: effective, enumerable: true });
    this.#tasks = this.#periodicTasks();
    warnAboutHistory(effective);
  }

  // Operations. Arguments are read and copied before the first await: the caller may reuse its buffers at once.

  ensureChannel(channelId) {
    return this.#operation((core) => core.ensureChannel(id("channelId", channelId), this.#now()));
  }

  removeChannel(channelId) {
    return this.#operation((core) => core.removeChannel(id("channelId", channelId)));
  }

  reset() {
    return this.#operation((core) => core.reset());
  }

  cleanup() {
    this.#cleanup ??= this.#close();
    return this.#cleanup;
  }

  wrapOutgoingMessage(content, messageId, channelId) {
    return this.#operation((core) =>
      core.wrapOutgoingMessage(
        contentBytes("content", content),
        id("messageId", messageId),
        id("channelId", channelId),
        this.#now(),
      ),
    );
  }

  wrapSyncMessage(channelId) {
    return this.#operation((core) =>
      core.wrapSyncMessage(randomId(), id("channelId", channelId), this.#now()),
    );
  }

  wrapEphemeralMessage(content, messageId, channelId) {
    return this.#operation((core) =>
      core.wrapEphemeralMessage(contentBytes("content", content), id("messageId", messageId), id("channelId", channelId)),
    );
  }

  unwrapReceivedMessage(data, channelId) {
    return this.#operation((core) =>
      core.unwrapReceivedMessage(messageBytes("bytes", data), optional(id)("channelId", channelId), this.#now()),
    );
  }

  markDependenciesMet(messageIds, channelId) {
    return this.#operation((core) =>
      core.markDependenciesMet(ids("messageIds", messageIds), id("channelId", channelId)),
    );
  }

  checkUnacknowledgedMessages(channelId) {
    return this.#operation((core) =>
      core.checkUnacknowledgedMessages(id("channelId", channelId), this.#now()),
    );
  }

  runRepairSweep() {
    return this.#operation((core) => core.runRepairSweep(this.#now()));
  }

  startPeriodicTasks() {
    this.#view(() => this.#tasks.start());
  }

  stopPeriodicTasks() {
    this.#tasks.stop();
  }

  // Views of memory.

  getChannels() {
    return this.#view((core) => core.getChannels());
  }

  getMessageHistory(channelId) {
    return this.#view((core) => core.getMessageHistory(id("channelId", channelId)));
  }

  getMessage(channelId, messageId) {
    return this.#view((core) => core.getMessage(id("channelId", channelId), id("messageId", messageId)));
  }

  getLamportTimestamp(channelId) {
    return this.#view((core) => core.getLamportTimestamp(id("channelId", channelId)));
  }

  getOutgoingBuffer(channelId) {
    return this.#view((core) => core.getOutgoingBuffer(id("channelId", channelId)));
  }

  getIncomingBuffer(channelId) {
    return this.#view((core) => core.getIncomingBuffer(id("channelId", channelId)));
  }

  getOutgoingRepairBuffer(channelId) {
    return this.#view((core) => core.getOutgoingRepairBuffer(id("channelId", channelId)));
  }

  getIncomingRepairBuffer(channelId) {
    return this.#view((core) => core.getIncomingRepairBuffer(id("channelId", channelId)));
  }

  getPendingHistory(channelId) {
    return this.#view((core) => core.getPendingHistory(id("channelId", channelId)));
  }

  #operation(body) {
    return operation(() => body(this.#open()));
  }

  #view(body) {
    return view(() => body(this.#open()));
  }

  /** The core, as long as there is one. */
  #open() {
    if (this.#cleanup) throw new SdsError("InvalidState", "the manager was cleaned up");
    return this.#core;
  }

  async #close() {
    this.#tasks.stop();
    await operation(() => this.#core.close());
    // Its callbacks would keep the manager alive.
    this.#core.free();
    this.#core = undefined;
  }

  /** Called by the core. EventTarget itself reports listeners that throw. */
  #dispatch(type, detail) {
    try {
      if (type === "persistenceError") detail.error = toSdsError(detail.error);
      this.dispatchEvent(new CustomEvent(type, { detail }));
    } catch (error) {
      // A subclass may dispatch in its own way; an exception must not unwind through the core.
      report(error);
    }
  }

  #periodicTasks() {
    const { bufferSweepInterval, repairSweepInterval, syncMessageInterval } = this.config;
    return new PeriodicTasks(() => this.getChannels(), [
      { interval: bufferSweepInterval, run: (channelId) => this.checkUnacknowledgedMessages(channelId) },
      { interval: repairSweepInterval, run: (channelId) => this.#sweepRepairs(channelId) },
      { interval: syncMessageInterval, run: (channelId) => this.#dispatch("periodicSync", { channelId }) },
    ]);
  }

  #sweepRepairs(channelId) {
    return this.#operation((core) => core.sweepRepairs(channelId, this.#now()));
  }
}

// Engines without explicit resource management lack the symbol.
if (Symbol.asyncDispose) {
  Object.defineProperty(ReliabilityManager.prototype, Symbol.asyncDispose, {
    value() {
      return this.cleanup();
    },
    configurable: true,
    writable: true,
  });
}

function warnAboutHistory({ maxMessageHistory, bloomFilterCapacity }) {
  if (maxMessageHistory <= bloomFilterCapacity) return;
  console.warn(
    `sds-wasm: maxMessageHistory (${maxMessageHistory}) is above bloomFilterCapacity (${bloomFilterCapacity}): ` +
      "the filter can't hold the history and is rebuilt again and again",
  );
}
