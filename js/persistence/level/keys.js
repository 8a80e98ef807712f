/**
 * Which key holds what. All keys are binary. A channel's keys begin with CHANNEL, the length of the channel id in bytes
 * (32 bits, big-endian) and the id in UTF-8; the byte that follows says which part it is. Thanks to the length no
 * channel's keys begin with another's, whatever the ids contain:
 *
 *     0x00 "sds-wasm"                           version of this layout, in decimal
 *     0x01 length channelId 0x01                snapshot
 *     0x01 length channelId 0x02 messageId      message of the history
 *     0x01 length channelId 0x03 messageId      retrieval hint
 *
 * Ids with a lone surrogate never get here (`text` refuses them): UTF-8 has no form for them, and replaced by U+FFFD
 * they would share a key with other ids.
 */

/** @typedef {{ type: "put", key: Uint8Array, value: Uint8Array } | { type: "del", key: Uint8Array }} Operation */

export const BINARY = { keyEncoding: "view", valueEncoding: "view" };

const CHANNEL = 1;
const META = 1;
const HISTORY = 2;
const HINT = 3;

const utf8 = new TextEncoder();
// U+FEFF at the start belongs to the id.
const fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const VERSION_KEY = concat(Uint8Array.of(0), utf8.encode("sds-wasm"));

/** The keys of one channel. */
export class ChannelKeys {
  #prefix;

  /** @param {string} channelId */
  constructor(channelId) {
    const id = utf8.encode(channelId);
    const head = new Uint8Array(5);
    head[0] = CHANNEL;
    new DataView(head.buffer).setUint32(1, id.length);
    this.#prefix = concat(head, id);
  }

  meta() {
    return this.#key(META);
  }

  /** @param {string} messageId */
  history(messageId) {
    return this.#key(HISTORY, messageId);
  }

  /** @param {string} messageId */
  hint(messageId) {
    return this.#key(HINT, messageId);
  }

  /** All of them, as the options of an iterator. */
  range() {
    return { gte: this.#key(META), lt: this.#key(HINT + 1), ...BINARY };
  }

  /**
   * @param {[Uint8Array, Uint8Array][]} entries all of the channel's
   * @returns {import("../../index.js").ChannelData}
   */
  channelData(entries) {
    // Without a prototype, "__proto__" is a key like any other.
    const retrievalHints = Object.create(null);
    /** @type {import("../../index.js").ChannelData} */
    const data = { messageHistory: [], retrievalHints };
    const partAt = this.#prefix.length;
    for (const [key, shared] of entries) {
      // The database may hand out a Buffer, or the very memory it keeps.
      const value = new Uint8Array(shared);
      if (key[partAt] === META) data.meta = value;
      else if (key[partAt] === HISTORY) data.messageHistory.push(value);
      else retrievalHints[fromUtf8.decode(key.subarray(partAt + 1))] = value;
    }
    return data;
  }

  /** @param {number} part */
  #key(part, messageId = "") {
    return concat(this.#prefix, Uint8Array.of(part), utf8.encode(messageId));
  }
}

/** @param {Uint8Array} key @param {Uint8Array} value @returns {Operation} */
export function put(key, value) {
  return { type: "put", key, value };
}

/** @param {Uint8Array} key @returns {Operation} */
export function del(key) {
  return { type: "del", key };
}

/** @param {...Uint8Array} parts */
function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
