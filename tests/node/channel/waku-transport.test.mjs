// The transports over Waku that docs/transports.md writes out, as they stand there, on a stand-in of a light node.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { follow, idsOf, recordChannel, stopTime } from "../support/channels.mjs";
import { importCode, ROOT } from "../support/package.mjs";
import { CHANNEL, idle, sds, text } from "../support/participants.mjs";
import { WakuNetwork } from "../support/waku-node.mjs";

const document = await readFile(join(ROOT, "docs", "transports.md"), "utf8");
const blocks = [...document.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
const code = blocks.filter((block) => /^export class \w*WakuTransport/m.test(block)).join("\n");
const { StoredWakuTransport, WakuTransport } = await importCode(code);

const TOPIC = `/my-app/1/${CHANNEL}/proto`;
const config = { resendInterval: 2000, bufferSweepInterval: 1000, syncMessageInterval: 4000, repairTMin: 500, repairTMax: 3000 };

async function open(t, participantId, node, { channelId = CHANNEL, ...options } = {}) {
  const transport = new WakuTransport(node);
  const channel = await sds.ReliableChannel.open({ participantId, channelId, transport, config, ...options });
  t.after(() => channel.close());
  return channel;
}

/** With store nodes. */
function openStored(t, participantId, node, options) {
  const transport = new StoredWakuTransport(node);
  const [retrievalHint, retrieve] = [transport.hint, transport.retrieve(CHANNEL)];
  return open(t, participantId, node, { transport, retrievalHint, retrieve, ...options });
}

const messagesOf = ({ pushes }) => pushes.map(({ payload }) => sds.decodeMessage(payload));
const failures = (events) =>
  events.filter(({ type }) => type === "transportError").map(({ operation, error }) => [operation, error.message]);

test("channels exchange messages, and end with one log", async (t) => {
  const network = new WakuNetwork();
  const nodes = [network.lightNode(), network.lightNode()];
  const [alice, bob] = [await open(t, "alice", nodes[0]), await open(t, "bob", nodes[1])];
  const events = [recordChannel(alice), recordChannel(bob)];
  const readings = [follow(alice), follow(bob)];
  for (const [channel, id] of [[alice, "a1"], [bob, "b1"], [alice, "a2"]]) {
    await channel.send(text(`text of ${id}`), id);
    await idle();
  }
  for (const { log } of readings) assert.deepEqual(idsOf(log), ["a1", "b1", "a2"]);
  assert.deepEqual([alice.status.unacknowledged, bob.status.unacknowledged], [1, 0]);
  assert.deepEqual(events.flatMap(failures), []);
  for (const { pushes } of nodes) {
    assert.ok(pushes.every(({ contentTopic }) => contentTopic === TOPIC));
    assert.ok(pushes.every(({ options }) => options.autoRetry === false), "what sends again is the channel");
  }
});

test("a light push that fails is told, and made good by what is sent again", async (t) => {
  const { pass } = stopTime(t);
  const network = new WakuNetwork();
  const node = network.lightNode();
  const [alice, bob] = [await open(t, "alice", node), await open(t, "bob", network.lightNode())];
  const events = recordChannel(alice);
  const { log } = follow(bob);
  node.pushError = "No peer available";
  await alice.send(text("hello"), "a1");
  assert.deepEqual(failures(events), [["publish", "light push: No peer available"]]);
  await pass(3000);
  assert.ok(failures(events).length >= 2, "resends failed as well");
  assert.deepEqual([idsOf(log), alice.status.unacknowledged], [[], 1]);
  node.pushError = undefined;
  await pass(10_000);
  assert.deepEqual(idsOf(log), ["a1"]);
  await bob.send(text("hi"), "b1");
  await idle();
  assert.deepEqual(idsOf(events.filter(({ type }) => type === "messageSent")), ["a1"]);
});

test("what is lost on the way to one is repaired", async (t) => {
  const { pass } = stopTime(t);
  const network = new WakuNetwork();
  const nodes = [network.lightNode(), network.lightNode(), network.lightNode()];
  const names = ["alice", "bob", "carol"];
  const channels = await Promise.all(nodes.map((node, index) => open(t, names[index], node)));
  const { log } = follow(channels[2]);
  network.loses = (node) => node === nodes[2];
  await channels[0].send(text("hello"), "a1");
  await idle();
  network.loses = () => false;
  await channels[1].send(text("hi"), "b1");
  await idle();
  assert.deepEqual([idsOf(log), channels[2].status.missing], [[], 1]);
  await pass(20_000);
  assert.deepEqual(idsOf(log), ["a1", "b1"]);
});

test("closing unsubscribes, and leaves other channels of the node alone", async (t) => {
  const node = new WakuNetwork().lightNode();
  const transport = new WakuTransport(node);
  const lobby = await open(t, "alice", node, { transport, channelId: "lobby" });
  await open(t, "alice", node, { transport, channelId: "a/b c" });
  assert.deepEqual(node.listening, ["/my-app/1/lobby/proto", "/my-app/1/a%2Fb%20c/proto"]);
  const events = recordChannel(lobby);
  await lobby.close();
  await idle();
  assert.deepEqual(node.listening, ["/my-app/1/a%2Fb%20c/proto"]);
  assert.deepEqual(events, []);
});

test("what is ended before the node has subscribed is ended, too", async () => {
  const node = new WakuNetwork().lightNode();
  new WakuTransport(node).subscribe(CHANNEL, () => {})();
  await idle();
  assert.deepEqual(node.listening, []);
});

test("a subscription that fails is told", async (t) => {
  const said = t.mock.method(console, "error", () => {});
  const node = new WakuNetwork().lightNode();
  node.subscribeError = new Error("out of order");
  const channel = await open(t, "alice", node);
  const events = recordChannel(channel);
  await idle();
  assert.deepEqual(said.mock.calls.map(({ arguments: [, error] }) => error), [node.subscribeError]);
  await channel.close();
  await idle();
  assert.deepEqual(failures(events), [["unsubscribe", "out of order"]]);
});

test("what is no message of the channel is reported", async (t) => {
  const network = new WakuNetwork();
  const [node, stranger] = [network.lightNode(), network.lightNode()];
  for (const channel of [await open(t, "alice", node), await openStored(t, "bob", network.lightNode())]) {
    const events = recordChannel(channel);
    await stranger.lightPush.send(stranger.createEncoder({ contentTopic: TOPIC }), { payload: text("garbage") });
    await idle();
    assert.deepEqual(failures(events).map(([operation]) => operation), ["receive"]);
    await channel.close();
  }
});

test("what nobody repairs is fetched from a store, by the hashes that others give", async (t) => {
  const { pass } = stopTime(t);
  const network = new WakuNetwork();
  const nodes = [network.lightNode(), network.lightNode()];
  const alice = await openStored(t, "alice", nodes[0]);
  // Nobody is asked before this test has ended.
  const patient = { ...config, resendInterval: 600_000, repairTMin: 600_000, repairTMax: 900_000 };
  const bob = await openStored(t, "bob", nodes[1], { config: patient });
  const events = recordChannel(bob);
  const { log } = follow(bob);
  network.loses = (node, { payload }) => node === nodes[1] && sds.decodeMessage(payload).messageId === "a1";
  await alice.send(text("hello"), "a1");
  await idle();
  await alice.send(text("again"), "a2");
  await idle();
  assert.deepEqual([idsOf(log), bob.status.missing], [[], 1]);
  const [named] = messagesOf(nodes[0]).find(({ messageId }) => messageId === "a2").causalHistory;
  const { hash } = network.stored.find(({ payload }) => sds.decodeMessage(payload).messageId === "a1");
  assert.deepEqual([named.messageId, named.retrievalHint], ["a1", hash]);
  await pass(2000);
  assert.deepEqual(idsOf(log), ["a1", "a2"]);
  assert.deepEqual(failures(events), []);
});

test("what has no hash is not asked for: a store would give all it has", async () => {
  const network = new WakuNetwork();
  const node = network.lightNode();
  const transport = new StoredWakuTransport(node);
  await transport.publish(CHANNEL, text("something"));
  assert.deepEqual(await transport.retrieve(CHANNEL)([{ messageId: "m" }]), []);
});

test("hashes are kept of the newest thousand messages", async (t) => {
  const network = new WakuNetwork();
  const [node, other] = [network.lightNode(), network.lightNode()];
  const transport = new StoredWakuTransport(node);
  t.after(transport.subscribe(CHANNEL, () => {}));
  const encoder = other.createEncoder({ contentTopic: TOPIC });
  const send = (messageId) => other.lightPush.send(encoder, { payload: sds.encodeMessage({ messageId, channelId: CHANNEL }) });
  for (let n = 0; n <= 1000; n += 1) await send(`m${n}`);
  await idle();
  assert.deepEqual([transport.hint("m0"), transport.hint("unknown")], [undefined, undefined]);
  for (const messageId of ["m1", "m1000"]) assert.equal(transport.hint(messageId).length, 32);
});
