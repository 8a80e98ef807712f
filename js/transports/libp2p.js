/** The gossipsub of an application's own libp2p node ("sds-wasm/libp2p"). */

import { func, id, optional } from "../arguments.js";
import { invalidArgument } from "../errors.js";

const METHODS = ["publish", "subscribe", "unsubscribe", "addEventListener", "removeEventListener"];
const TOPIC = (channelId) => `/sds/1/${channelId}`;

/** @implements {import("../index.js").Transport} */
export class Libp2pTransport {
  #pubsub;
  #topic;
  /** How many listen to each topic: the node leaves it after the last. @type {Map<string, number>} */
  #listeners = new Map();

  constructor(node, { topic } = {}) {
    this.#pubsub = pubsubOf(node);
    this.#topic = optional(func)("options.topic", topic) ?? TOPIC;
  }

  async publish(channelId, bytes) {
    await this.#pubsub.publish(this.#topicOf(channelId), bytes);
  }

  subscribe(channelId, onBytes) {
    func("onBytes", onBytes);
    const topic = this.#topicOf(channelId);
    const listener = ({ detail }) => {
      if (detail.topic === topic) onBytes(detail.data);
    };
    this.#pubsub.addEventListener("message", listener);
    if (this.#count(topic, 1) === 1) this.#pubsub.subscribe(topic);
    let listening = true;
    return () => {
      if (!listening) return;
      listening = false;
      this.#pubsub.removeEventListener("message", listener);
      if (this.#count(topic, -1) === 0) this.#pubsub.unsubscribe(topic);
    };
  }

  #topicOf(channelId) {
    return id("the topic", this.#topic(id("channelId", channelId)));
  }

  #count(topic, change) {
    const count = (this.#listeners.get(topic) ?? 0) + change;
    this.#listeners.set(topic, count);
    return count;
  }
}

/** The node's service that publishes and subscribes, whatever name it was given. */
function pubsubOf(node) {
  const services = Object.values(node?.services ?? {});
  const isPubsub = (service) => METHODS.every((method) => typeof service?.[method] === "function");
  const pubsub = services.find(isPubsub);
  if (!pubsub) throw invalidArgument("node", "a libp2p node with a pubsub service, such as gossipsub", node);
  return pubsub;
}
