/** The gossipsub of an application's own libp2p node ("sds-wasm/libp2p"). */

import { bytes, func, id, optional } from "../arguments.js";
import { invalidArgument } from "../errors.js";

const METHODS = ["publish", "subscribe", "unsubscribe", "getTopics", "addEventListener", "removeEventListener"];
const TOPIC = (channelId) => `/sds/1/${channelId}`;
/** Of each pubsub service, for all transports on it. @type {WeakMap<object, Topics>} */
const TOPICS = new WeakMap();

/** @implements {import("../index.js").Transport} */
export class Libp2pTransport {
  #pubsub;
  #topics;
  #topic;

  constructor(node, { topic } = {}) {
    this.#pubsub = pubsubOf(node);
    this.#topic = optional(func)("options.topic", topic) ?? TOPIC;
    if (!TOPICS.has(this.#pubsub)) TOPICS.set(this.#pubsub, new Topics(node, this.#pubsub));
    this.#topics = TOPICS.get(this.#pubsub);
  }

  async publish(channelId, data) {
    await this.#pubsub.publish(this.#topicOf(channelId), bytes("bytes", data));
  }

  subscribe(channelId, onBytes) {
    func("onBytes", onBytes);
    const topic = this.#topicOf(channelId);
    const listener = ({ detail }) => {
      if (detail.topic === topic) onBytes(detail.data);
    };
    // Throws if the node isn't started: nothing has changed then.
    this.#topics.enter(topic);
    this.#pubsub.addEventListener("message", listener);
    let listening = true;
    return () => {
      if (!listening) return;
      listening = false;
      this.#pubsub.removeEventListener("message", listener);
      this.#topics.leave(topic);
    };
  }

  #topicOf(channelId) {
    return id("the topic", this.#topic(id("channelId", channelId)));
  }
}

/** The topics that are listened to by a pubsub service: the node is on each from the first listener to the last. */
class Topics {
  #pubsub;
  /** `own`: the application was on it before, for itself. @type {Map<string, { listeners: number, own: boolean }>} */
  #entered = new Map();

  constructor(node, pubsub) {
    this.#pubsub = pubsub;
    // A node that is stopped leaves all topics, and is on none when it is started again.
    node.addEventListener?.("start", () => {
      for (const topic of this.#entered.keys()) this.#pubsub.subscribe(topic);
    });
  }

  enter(topic) {
    const entered = this.#entered.get(topic) ?? this.#join(topic);
    entered.listeners += 1;
  }

  leave(topic) {
    const entered = this.#entered.get(topic);
    entered.listeners -= 1;
    if (entered.listeners > 0) return;
    this.#entered.delete(topic);
    // A node that is stopped is on no topic, and refuses to leave one.
    if (!entered.own && this.#isOn(topic)) this.#pubsub.unsubscribe(topic);
  }

  #join(topic) {
    const entered = { listeners: 0, own: this.#isOn(topic) };
    if (!entered.own) this.#pubsub.subscribe(topic);
    this.#entered.set(topic, entered);
    return entered;
  }

  #isOn(topic) {
    return this.#pubsub.getTopics().includes(topic);
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
