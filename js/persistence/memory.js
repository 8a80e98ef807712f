/** The backend that keeps everything in memory. */

import { text } from "../arguments.js";
import { checkUpdate, ownBytes } from "./update.js";

/**
 * @typedef {object} Kept What is kept of a channel.
 * @property {Uint8Array} [meta]
 * @property {Map<string, Uint8Array>} history By message id, so that an id is never kept twice.
 * @property {Map<string, Uint8Array>} hints By message id.
 */

/**
 * For tests and demos: what it was given is there for as long as the object lives. Each call takes effect as a whole
 * when it is made, before its promise settles; a call with a wrong argument has no effect.
 */
export class MemoryPersistence {
  /** @type {Map<string, Kept>} */
  #channels = new Map();

  /** @param {string} channelId @param {Uint8Array} meta */
  async saveChannelMeta(channelId, meta) {
    text("channelId", channelId);
    const given = ownBytes("meta", meta);
    this.#channel(channelId).meta = given;
  }

  /** @param {string} channelId @param {import("../index.js").HistoryUpdate} update */
  async updateHistory(channelId, update) {
    text("channelId", channelId);
    const { append, evict } = checkUpdate(update);
    const { history } = this.#channel(channelId);
    for (const { messageId, bytes } of append) history.set(messageId, bytes);
    for (const messageId of evict) history.delete(messageId);
  }

  /** @param {string} channelId @returns {Promise<import("../index.js").ChannelData | undefined>} */
  async loadChannel(channelId) {
    const kept = this.#channels.get(text("channelId", channelId));
    if (!kept || isEmpty(kept)) return undefined;
    return channelData(kept);
  }

  /** @param {string} channelId */
  async dropChannel(channelId) {
    this.#channels.delete(text("channelId", channelId));
  }

  /** @param {string} messageId @param {Uint8Array} hint @param {string} channelId */
  async setRetrievalHint(messageId, hint, channelId) {
    text("messageId", messageId);
    text("channelId", channelId);
    const given = ownBytes("hint", hint);
    this.#channel(channelId).hints.set(messageId, given);
  }

  /** @param {string} channelId @returns {Kept} */
  #channel(channelId) {
    let kept = this.#channels.get(channelId);
    if (!kept) this.#channels.set(channelId, (kept = { history: new Map(), hints: new Map() }));
    return kept;
  }
}

/** @param {Kept} kept */
function isEmpty({ meta, history, hints }) {
  return meta === undefined && history.size === 0 && hints.size === 0;
}

/** @param {Kept} kept @returns {import("../index.js").ChannelData} */
function channelData({ meta, history, hints }) {
  // Without a prototype, "__proto__" is a key like any other.
  const retrievalHints = Object.create(null);
  for (const [messageId, hint] of hints) retrievalHints[messageId] = new Uint8Array(hint);
  const messageHistory = Array.from(history.values(), (message) => new Uint8Array(message));
  return meta === undefined
    ? { messageHistory, retrievalHints }
    : { meta: new Uint8Array(meta), messageHistory, retrievalHints };
}
