/** The gossipsub of an application's own libp2p node ("sds-wasm/libp2p"). */

import { func, id, optional } from "../arguments.js";
import { invalidArgument } from "../errors.js";

const METHODS = ["publish", "subscribe", "unsubscribe", "addEventListener", "removeEventListener"];
const TOPIC = (channelId) => `/sds/1/${channelId}`;
/**
 * How many listen to each topic of a pubsub service, by whatever transport: the node leaves it after the last.
 * @type {WeakMap<object, Map<string, number>>}
 */
const LISTENERS = new WeakMap();

/** @implements {import("../index.js").Transport} */
export class Libp2pTransport {
  #pubsub;
  #topic;

  constructor(node, { topic } = {}) {
    this.#pubsub = pubsubOf(node);
    this.#topic = optional(func)("options.topic", topic) ?? TOPIC;
    if (!LISTENERS.has(this.#pubsub)) LISTENERS.set(this.#pubsub, new Map());
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
    // Throws if the node isn't started: nothing has changed then.
    if (this.#count(topic, 0) === 0) this.#pubsub.subscribe(topic);
    this.#count(topic, 1);
    this.#pubsub.addEventListener("message", listener);
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
    const counts = LISTENERS.get(this.#pubsub);
    const count = (counts.get(topic) ?? 0) + change;
    if (count === 0) counts.delete(topic);
    else counts.set(topic, count);
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
