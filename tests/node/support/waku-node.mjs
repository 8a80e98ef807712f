// Light nodes of a Waku network within one process: what docs/transports.md uses of @waku/sdk 0.0.36, by its names, with
// its arguments and results, failures included.

import { createHash } from "node:crypto";

const PUBSUB_TOPIC = "/waku/2/rs/1/0";
const PEER = "peer";

function hashOf({ pubsubTopic, payload, contentTopic, timestamp }) {
  const parts = [pubsubTopic, payload, contentTopic, String(timestamp.getTime())];
  return new Uint8Array(parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest());
}

/** What relay, filter and store nodes do between light nodes. */
export class WakuNetwork {
  /** What store nodes keep. */
  stored = [];
  /** Whether a filter peer fails to bring a node a message: `loses(node, message)`. */
  loses = () => false;
  #nodes = new Set();

  lightNode() {
    const node = new LightNode(this);
    this.#nodes.add(node);
    return node;
  }

  /** To everyone who listens, the sender too. */
  spread(message) {
    if (!message.ephemeral) this.stored.push(message);
    for (const node of this.#nodes) if (!this.loses(node, message)) node.hear(message);
  }
}

class LightNode {
  /** What light pushes fail with, as long as this is set. */
  pushError;
  /** What subscribing rejects with, if this is set. */
  subscribeError;
  /** Of every light push. */
  pushes = [];
  #network;
  /** What is listened to: callbacks by decoder. */
  #callbacks = new Map();
  /** Those for which subscribing has resolved. */
  #subscribed = new Set();
  /** Repetitions of one hash are dropped. */
  #heard = new Set();

  constructor(network) {
    this.#network = network;
  }

  /** The content topics that are listened to. */
  get listening() {
    return [...this.#callbacks.keys()].map(({ contentTopic }) => contentTopic);
  }

  createEncoder({ contentTopic, ephemeral = false }) {
    return { contentTopic, ephemeral, pubsubTopic: PUBSUB_TOPIC };
  }

  createDecoder({ contentTopic }) {
    return { contentTopic, pubsubTopic: PUBSUB_TOPIC };
  }

  lightPush = {
    send: async ({ contentTopic, ephemeral, pubsubTopic }, { payload, timestamp = new Date() }, options) => {
      this.pushes.push({ contentTopic, payload, options });
      if (this.pushError) return { successes: [], failures: [{ error: this.pushError }] };
      const message = { contentTopic, ephemeral, pubsubTopic, payload: payload.slice(), timestamp };
      this.#network.spread({ ...message, hash: hashOf(message) });
      return { successes: [PEER], failures: [] };
    },
  };

  filter = {
    subscribe: async (decoder, callback) => {
      if (this.subscribeError) throw this.subscribeError;
      this.#callbacks.set(decoder, callback);
      await Promise.resolve();
      this.#subscribed.add(decoder);
      return true;
    },
    unsubscribe: async (decoder) => {
      // It knows of none yet.
      if (!this.#subscribed.delete(decoder)) return false;
      return this.#callbacks.delete(decoder);
    },
  };

  store = {
    queryGenerator: (decoders, { messageHashes = [] } = {}) => this.#query(decoders, messageHashes),
  };

  async *#query(decoders, messageHashes) {
    const topics = decoders.map(({ contentTopic }) => contentTopic);
    const wanted = ({ hash }) => messageHashes.length === 0 || messageHashes.some((other) => Buffer.compare(other, hash) === 0);
    const found = this.#network.stored.filter((message) => topics.includes(message.contentTopic) && wanted(message));
    // Pages of one. Of what can't be decoded there is undefined.
    for (const message of found) yield [Promise.resolve(undefined), Promise.resolve(message)];
  }

  hear(message) {
    const hash = Buffer.from(message.hash).toString("hex");
    if (this.#heard.has(hash)) return;
    this.#heard.add(hash);
    for (const [decoder, callback] of this.#callbacks) {
      if (decoder.contentTopic === message.contentTopic) queueMicrotask(() => call(callback, message));
    }
  }
}

/** What the application's function throws is logged, no more. */
function call(callback, message) {
  try {
    void callback({ ...message, payload: message.payload.slice() });
  } catch {
    // To a log that is off by default.
  }
}
