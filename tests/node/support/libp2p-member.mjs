// A member of a mesh of libp2p nodes, a process of its own: see libp2p-process.mjs. It tells its parent what it sent and
// what its log got, and does what it is told.

import { CHANNEL, config, heartbeatInterval } from "./libp2p-settings.mjs";
import { importFrom } from "./package.mjs";

const { dir, name, store, listen, life } = JSON.parse(process.argv[2]);
const from = (specifier) => importFrom(dir, specifier);
const { createLibp2p } = await from("libp2p");
const { gossipsub } = await from("@libp2p/gossipsub");
const { tcp } = await from("@libp2p/tcp");
const { webSockets } = await from("@libp2p/websockets");
const { noise } = await from("@chainsafe/libp2p-noise");
const { yamux } = await from("@chainsafe/libp2p-yamux");
const { identify } = await from("@libp2p/identify");
const { multiaddr } = await from("@multiformats/multiaddr");
const { ReliableChannel } = await from("sds-wasm");
const { LevelPersistence } = await from("sds-wasm/node");
const { Libp2pTransport } = await from("sds-wasm/libp2p");

const SEND_EVERY = 300;

let cutOff = false;
const node = await createLibp2p({
  addresses: { listen: [listen] },
  transports: [tcp(), webSockets()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionGater: { denyDialMultiaddr: () => cutOff, denyInboundConnection: () => cutOff },
  services: { identify: identify(), pubsub: gossipsub({ heartbeatInterval }) },
});
const persistence = await LevelPersistence.open(store);
const transport = new Libp2pTransport(node);
const channel = await ReliableChannel.open({ participantId: name, channelId: CHANNEL, transport, persistence, config });
const tell = (message) => process.send(message);
channel.addEventListener("statusChange", ({ detail: { synced } }) => tell({ synced }));
channel.addEventListener("persistenceError", ({ detail: { error } }) => tell({ error: error.message }));
channel.addEventListener("transportError", ({ detail: { operation, error } }) => {
  // Nobody on the topic, or a connection that just broke, is what a network is like.
  if (operation !== "publish") tell({ error: `${operation}: ${error.message}` });
});

let sending;
let count = 0;
async function send() {
  const id = `${name} ${life} ${count++}`;
  await channel.send(new TextEncoder().encode(`the text of ${id}`), id);
  tell({ sent: id });
}

async function history(length) {
  const ids = [];
  for await (const { messageId } of channel.messages({ fromStart: true })) if (ids.push(messageId) === length) break;
  return ids;
}

const orders = {
  send,
  dial: async (address) => void (await node.dial(multiaddr(address))),
  start: () => (sending = setInterval(send, SEND_EVERY)),
  stop: () => clearInterval(sending),
  cut: async () => {
    cutOff = true;
    await Promise.all(node.getConnections().map((connection) => connection.close()));
  },
  heal: () => (cutOff = false),
  log: async (length) => tell({ history: await history(length) }),
  end: async () => {
    await channel.close();
    await persistence.close();
    await node.stop();
    // Nothing is left to do now: the process ends by itself.
    process.disconnect();
  },
};
process.on("message", async ([order, value]) => {
  await orders[order](value);
  if (process.connected) tell({ done: order });
});

tell({ address: node.getMultiaddrs()[0].toString() });
for await (const { messageId } of channel.messages({ fromStart: true })) tell({ logged: messageId });
