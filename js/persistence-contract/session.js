/** What a case works with: one backend over one key, whose every answer is checked for its kind. */

import { isUint8Array } from "../arguments.js";
import { check, checkBytes, ContractError, fingerprint, show, showIds } from "./check.js";

/** @typedef {import("../index.js").Persistence} Persistence */
/** @typedef {import("../index.js").StoredMessage} StoredMessage */
/** @typedef {import("../index.js").ChannelData} ChannelData */
/** @typedef {Parameters<typeof import("../persistence-contract.js").runPersistenceContract>[0]} Suite */

/**
 * What a channel should hold; parts not named must be empty.
 * @typedef {{ meta?: Uint8Array, history?: StoredMessage[], hints?: [string, Uint8Array][] }} Expected
 */

export class Session {
  #suite;
  #key;
  /** @type {Persistence | undefined} */
  #persistence;

  /** @param {Suite} suite @param {string} key */
  constructor(suite, key) {
    this.#suite = suite;
    this.#key = key;
  }

  async open() {
    const persistence = await this.#suite.open(this.#key);
    check(
      typeof persistence === "object" && persistence !== null,
      `open(${show(this.#key)}) must resolve with a backend, got ${show(persistence)}. Look at the suite's open`,
    );
    this.#persistence = persistence;
  }

  async close() {
    const persistence = this.#persistence;
    this.#persistence = undefined;
    if (persistence) await this.#suite.close?.(persistence);
  }

  /** As after a restart. */
  async reopen() {
    await this.close();
    await this.open();
  }

  // The calls reach the backend at once, in the caller's turn: cases rely on it. What a backend is given is its own from
  // there on, as when the package calls: it may keep the bytes, or transfer them to another thread.

  /** @param {string} channelId @param {Uint8Array} meta */
  save(channelId, meta) {
    return this.#call("saveChannelMeta", channelId, own(meta));
  }

  /** @param {string} channelId @param {Partial<import("../index.js").HistoryUpdate>} update */
  update(channelId, { append = [], evict = [] }) {
    return this.#call("updateHistory", channelId, { append: append.map(ownMessage), evict: [...evict] });
  }

  /** @param {string} channelId */
  drop(channelId) {
    return this.#call("dropChannel", channelId);
  }

  /** @param {string} channelId @param {string} messageId @param {Uint8Array} hint */
  hint(channelId, messageId, hint) {
    return this.#call("setRetrievalHint", messageId, own(hint), channelId);
  }

  /** @param {string} channelId @returns {Promise<ChannelData | undefined>} */
  async load(channelId) {
    const data = await this.#call("loadChannel", channelId);
    if (data !== undefined) checkKinds(channelId, data);
    return data;
  }

  /**
   * Loads the channel and compares all of it.
   * @param {string} channelId @param {Expected} expected @param {string} hint what to look at if it differs
   */
  async expect(channelId, expected, hint) {
    compare(channelId, await this.load(channelId), expected, hint);
  }

  /**
   * The channel must be as if never saved: nothing there, or nothing in it.
   * @param {string} channelId @param {string} hint what to look at if it is not
   */
  async expectNothing(channelId, hint) {
    compare(channelId, (await this.load(channelId)) ?? { messageHistory: [] }, {}, hint);
  }

  #call(method, ...args) {
    const settled = this.#checkedCall(method, args);
    // A case that fails leaves its other calls alone: their rejections are nobody's any more.
    settled.catch(() => {});
    return settled;
  }

  async #checkedCall(method, args) {
    const what = `${method}(${args.map(show).join(", ")})`;
    const result = this.#start(what, method, args);
    const isPromise = typeof result?.then === "function";
    check(isPromise, `${what} must return a promise, got ${show(result)}. The five methods are async`);
    try {
      return await result;
    } catch (cause) {
      const message = `${what} rejected: ${show(cause)}. Nothing is wrong with the arguments: the call must be accepted`;
      throw new ContractError(message, { cause });
    }
  }

  #start(what, method, args) {
    const persistence = this.#persistence;
    const isMethod = typeof persistence?.[method] === "function";
    check(isMethod, `The backend must have a method ${method}, got ${show(persistence?.[method])}`);
    try {
      return persistence[method](...args);
    } catch (cause) {
      throw new ContractError(`${what} threw: ${show(cause)}. The five methods are async: they must reject instead`, {
        cause,
      });
    }
  }
}

/** A copy, unless it is a part of something larger: cases for that make their own. @param {Uint8Array} bytes */
function own(bytes) {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.slice() : bytes;
}

/** What is wrong with an entry stays as it is. @param {any} message */
function ownMessage(message) {
  const bytes = message && Object.getOwnPropertyDescriptor(message, "bytes")?.value;
  return isUint8Array(bytes) ? { ...message, bytes: own(bytes) } : message;
}

/** @param {string} channelId @param {any} data */
function checkKinds(channelId, data) {
  const what = `loadChannel(${show(channelId)})`;
  check(
    typeof data === "object" && data !== null,
    `${what} must resolve with an object or undefined, got ${show(data)}`,
  );
  const { meta, messageHistory, retrievalHints } = data;
  check(
    meta === undefined || isUint8Array(meta),
    `${what}: meta must be a Uint8Array, or undefined if none was saved, got ${show(meta)}`,
  );
  check(Array.isArray(messageHistory), `${what}: messageHistory must be an array, got ${show(messageHistory)}`);
  for (const bytes of messageHistory) {
    check(
      isUint8Array(bytes),
      `${what}: messageHistory must hold the messages' bytes, Uint8Arrays, got ${show(bytes)}. Return only their bytes`,
    );
  }
  if (retrievalHints !== undefined) checkHintKinds(what, retrievalHints);
}

function checkHintKinds(what, retrievalHints) {
  check(
    typeof retrievalHints === "object" && retrievalHints !== null && !(retrievalHints instanceof Map),
    `${what}: retrievalHints must be a plain object with message ids as keys, got ${show(retrievalHints)}`,
  );
  for (const [messageId, hint] of Object.entries(retrievalHints)) {
    check(isUint8Array(hint), `${what}: the hint of ${show(messageId)} must be a Uint8Array, got ${show(hint)}`);
  }
}

/** @param {string} channelId @param {ChannelData | undefined} data @param {Expected} expected @param {string} hint */
function compare(channelId, data, { meta, history = [], hints = [] }, hint) {
  const what = `channel ${show(channelId)}`;
  check(data !== undefined, `${what}: expected what was saved, got undefined. ${hint}`);
  compareMeta(what, data.meta, meta, hint);
  compareHistory(what, data.messageHistory, history, hint);
  compareHints(what, data.retrievalHints ?? {}, hints, hint);
}

function compareMeta(what, actual, expected, hint) {
  if (expected === undefined) {
    check(actual === undefined, `${what}: expected no meta, got ${show(actual)}. ${hint}`);
    return;
  }
  check(actual !== undefined, `${what}: expected meta of ${show(expected)}, got none. ${hint}`);
  checkBytes(actual, expected, `${what}, meta`, hint);
}

/** The order is free; each message must be there once. @param {StoredMessage[]} expected */
function compareHistory(what, actual, expected, hint) {
  const left = new Map(expected.map(({ messageId, bytes }) => [fingerprint(bytes), messageId]));
  const strangers = actual.filter((bytes) => !left.delete(fingerprint(bytes)));
  const problems = [];
  if (left.size > 0) problems.push(`these are missing: ${showIds([...left.values()])}`);
  if (strangers.length > 0) {
    problems.push(`${strangers.length} should not be there or are there twice, the first is ${show(strangers[0])}`);
  }
  check(
    problems.length === 0,
    `${what}, history: expected ${expected.length} messages, got ${actual.length}; ${problems.join("; ")}. ${hint}`,
  );
}

function compareHints(what, actual, expected, hint) {
  const ids = expected.map(([messageId]) => messageId);
  const strangers = Object.keys(actual).filter((messageId) => !ids.includes(messageId));
  check(strangers.length === 0, `${what}, hints: expected none for ${showIds(strangers)}. ${hint}`);
  for (const [messageId, bytes] of expected) {
    check(Object.hasOwn(actual, messageId), `${what}, hints: expected one of ${show(messageId)}, got none. ${hint}`);
    checkBytes(actual[messageId], bytes, `${what}, hint of ${show(messageId)}`, hint);
  }
}
