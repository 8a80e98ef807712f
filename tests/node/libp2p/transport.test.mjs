// Libp2pTransport with a stand-in for the node: what it asks of the pubsub service, and what it does with what it gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { recordChannel } from "../support/channels.mjs";
import { CHANNEL, idle, message, sds, text } from "../support/participants.mjs";

const { Libp2pTransport } = await importPackage("sds-wasm/libp2p");

/** A pubsub service as gossipsub's is, that records what is asked of it. */
class Pubsub extends EventTarget {
  topics = [];
  published = [];
  listeners = 0;
  started = true;
  failure;

  async publish(topic, data) {
    if (this.failure) throw this.failure;
    this.published.push([topic, data]);
    return { recipients: [] };
  }
  subscribe(topic) {
    if (this.failure) throw this.failure;
    if (!this.topics.includes(topic)) this.topics.push(topic);
  }
  unsubscribe(topic) {
    if (!this.started) throw new Error("Pubsub is not started");
    this.topics.splice(this.topics.indexOf(topic), 1);
  }
  getTopics() {
    return [...this.topics];
  }
  stop() {
    this.started = false;
    this.topics = [];
  }
  addEventListener(...parameters) {
    this.listeners += 1;
    super.addEventListener(...parameters);
  }
  removeEventListener(...parameters) {
    this.listeners -= 1;
    super.removeEventListener(...parameters);
  }
  hears(topic, data) {
    this.dispatchEvent(new CustomEvent("message", { detail: { topic, data } }));
  }
}

const nodeWith = (pubsub, name = "pubsub") => ({ services: { identify: {}, [name]: pubsub } });

/** A node that tells when it was started. */
function startable(pubsub) {
  const node = Object.assign(new EventTarget(), nodeWith(pubsub));
  const start = () => {
    pubsub.started = true;
    node.dispatchEvent(new CustomEvent("start"));
  };
  return { node, start };
}

test("a channel has a topic of its own, or the one it is given", async () => {
  const pubsub = new Pubsub();
  const transport = new Libp2pTransport(nodeWith(pubsub));
  transport.subscribe("lobby", () => {});
  await transport.publish("lobby", text("x"));
  const other = new Libp2pTransport(nodeWith(pubsub), { topic: (channelId) => `my/${channelId}` });
  other.subscribe("lobby", () => {});
  await other.publish("lobby", text("y"));
  assert.deepEqual(pubsub.topics, ["/sds/1/lobby", "my/lobby"]);
  assert.deepEqual(pubsub.published, [["/sds/1/lobby", text("x")], ["my/lobby", text("y")]]);
});

test("a subscription hears its own topic, until it is ended", () => {
  const pubsub = new Pubsub();
  const transport = new Libp2pTransport(nodeWith(pubsub));
  const heard = [];
  const end = transport.subscribe("lobby", (bytes) => heard.push(bytes));
  pubsub.hears("/sds/1/lobby", text("a"));
  pubsub.hears("/sds/1/kitchen", text("b"));
  assert.deepEqual(heard, [text("a")]);
  end();
  end();
  pubsub.hears("/sds/1/lobby", text("c"));
  assert.deepEqual([heard.length, pubsub.topics, pubsub.listeners], [1, [], 0]);
});

test("the node stays on a topic as long as anyone listens, by whatever transport", () => {
  const pubsub = new Pubsub();
  const one = new Libp2pTransport(nodeWith(pubsub));
  const ends = [one, one].map((transport) => transport.subscribe("lobby", () => {}));
  const two = new Libp2pTransport(nodeWith(pubsub));
  ends.push(two.subscribe("lobby", () => {}));
  assert.deepEqual(pubsub.topics, ["/sds/1/lobby"]);
  ends[0]();
  ends[0]();
  ends[1]();
  assert.deepEqual(pubsub.topics, ["/sds/1/lobby"]);
  ends[2]();
  assert.deepEqual([pubsub.topics, pubsub.listeners], [[], 0]);
  two.subscribe("lobby", () => {});
  assert.deepEqual(pubsub.topics, ["/sds/1/lobby"]);
  // Another node is another matter.
  const elsewhere = new Pubsub();
  new Libp2pTransport(nodeWith(elsewhere)).subscribe("lobby", () => {});
  assert.deepEqual(elsewhere.topics, ["/sds/1/lobby"]);
});

test("a node that is stopped and started again is on the topics again that somebody listens to", () => {
  const pubsub = new Pubsub();
  const { node, start } = startable(pubsub);
  const heard = [];
  const transport = new Libp2pTransport(node);
  const [end] = [transport.subscribe("lobby", (bytes) => heard.push(bytes)), new Libp2pTransport(node)];
  transport.subscribe("kitchen", () => {})();
  pubsub.stop();
  start();
  assert.deepEqual(pubsub.topics, ["/sds/1/lobby"]);
  pubsub.hears("/sds/1/lobby", text("a"));
  assert.deepEqual(heard, [text("a")]);
  end();
  assert.deepEqual([pubsub.topics, pubsub.listeners], [[], 0]);
});

test("who stops listening after the node was stopped meets no error, and is forgotten", () => {
  const pubsub = new Pubsub();
  const { node, start } = startable(pubsub);
  const end = new Libp2pTransport(node).subscribe("lobby", () => {});
  pubsub.stop();
  end();
  start();
  assert.deepEqual([pubsub.topics, pubsub.listeners], [[], 0]);
});

test("a topic that the application was on before is left to it", () => {
  const pubsub = new Pubsub();
  pubsub.subscribe("news");
  const transport = new Libp2pTransport(nodeWith(pubsub), { topic: () => "news" });
  const heard = [];
  const end = transport.subscribe("lobby", (bytes) => heard.push(bytes));
  pubsub.hears("news", text("a"));
  assert.deepEqual(heard, [text("a")]);
  end();
  assert.deepEqual([pubsub.topics, pubsub.listeners], [["news"], 0]);
});

test("a node that refuses to subscribe: the error is the caller's, and nothing is left behind", () => {
  const pubsub = new Pubsub();
  const transport = new Libp2pTransport(nodeWith(pubsub));
  pubsub.failure = new Error("not started");
  assert.throws(() => transport.subscribe("lobby", () => {}), pubsub.failure);
  assert.equal(pubsub.listeners, 0);
  pubsub.failure = undefined;
  const end = transport.subscribe("lobby", () => {});
  assert.deepEqual(pubsub.topics, ["/sds/1/lobby"]);
  end();
  assert.deepEqual(pubsub.topics, []);
});

test("publish rejects as the node's does, and a channel sends again", async (t) => {
  const pubsub = new Pubsub();
  const transport = new Libp2pTransport(nodeWith(pubsub));
  pubsub.failure = new Error("PublishError.NoPeersSubscribedToTopic");
  await assert.rejects(transport.publish("lobby", text("x")), pubsub.failure);
  pubsub.failure = undefined;
  const channel = await sds.ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport });
  t.after(() => channel.close());
  const events = recordChannel(channel, ["transportError", "messageReady"]);
  pubsub.failure = new Error("nobody there");
  await channel.send(text("hello"));
  pubsub.hears(`/sds/1/${CHANNEL}`, message("m"));
  pubsub.hears(`/sds/1/${CHANNEL}`, text("garbage"));
  await idle();
  assert.deepEqual(events.map(({ type, operation, messageId }) => [type, operation ?? messageId]), [
    ["transportError", "publish"],
    ["messageReady", "m"],
    ["transportError", "receive"],
  ]);
});

test("the service is found under any name; a node without one is refused", () => {
  const pubsub = new Pubsub();
  new Libp2pTransport(nodeWith(pubsub, "gossip")).subscribe("lobby", () => {});
  assert.deepEqual(pubsub.topics, ["/sds/1/lobby"]);
  const others = [undefined, null, {}, { services: {} }, nodeWith({ publish() {} }), nodeWith(null)];
  for (const node of others) {
    assert.throws(() => new Libp2pTransport(node), { name: "SdsError", code: "InvalidArgument", message: /^node/ });
  }
});

test("arguments are checked", async () => {
  const node = nodeWith(new Pubsub());
  const wrong = () => new Libp2pTransport(node, { topic: "lobby" });
  assert.throws(wrong, { code: "InvalidArgument", message: /options\.topic/ });
  const transport = new Libp2pTransport(node);
  assert.throws(() => transport.subscribe("", () => {}), { code: "InvalidArgument", message: /channelId/ });
  assert.throws(() => transport.subscribe("lobby"), { code: "InvalidArgument", message: /onBytes/ });
  await assert.rejects(transport.publish(5, text("x")), { code: "InvalidArgument", message: /channelId/ });
  await assert.rejects(transport.publish("lobby", "x"), { code: "InvalidArgument", message: /^bytes must be a Uint8Array/ });
  const silent = new Libp2pTransport(node, { topic: () => "" });
  assert.throws(() => silent.subscribe("lobby", () => {}), { code: "InvalidArgument", message: /the topic/ });
});
