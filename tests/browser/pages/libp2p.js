/** A member in a page, over a libp2p node of its own. Written, and bundled by support/libp2p.mjs, as an application's is. */

import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { gossipsub } from "@libp2p/gossipsub";
import { identify } from "@libp2p/identify";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { ReliableChannel } from "sds-wasm";
import { IndexedDbPersistence } from "sds-wasm/indexeddb";
import { Libp2pTransport } from "sds-wasm/libp2p";
import { CHANNEL, config, heartbeatInterval } from "../../node/support/libp2p-settings.mjs";

let node;
let channel;
/** Ids, in the order in which they were read. */
const log = [];
/** What went wrong that must not; `publish` fails whenever nobody is there. */
const errors = [];
/** How many messages were missing, each time that this changed. */
const missing = [];
let failedToPublish = 0;

export async function open(name) {
  node = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // A node in a browser dials nothing on this machine or without TLS, unless told otherwise.
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), pubsub: gossipsub({ heartbeatInterval }) },
  });
  const transport = new Libp2pTransport(node);
  const persistence = await IndexedDbPersistence.open(name);
  channel = await ReliableChannel.open({ participantId: name, channelId: CHANNEL, transport, persistence, config });
  channel.addEventListener("statusChange", ({ detail }) => missing.push(detail.missing));
  channel.addEventListener("persistenceError", ({ detail: { error } }) => errors.push(error.message));
  channel.addEventListener("transportError", ({ detail: { operation, error } }) => {
    if (operation === "publish") failedToPublish += 1;
    else errors.push(`${operation}: ${error.message}`);
  });
  follow();
}

async function follow() {
  for await (const { messageId } of channel.messages({ fromStart: true })) log.push(messageId);
}

export const dial = async (address) => void (await node.dial(multiaddr(address)));
export const stop = () => node.stop();
export const start = () => node.start();
export const send = (id) => channel.send(new TextEncoder().encode(`the text of ${id}`), id);
export const state = () => ({ log, errors, missing, failedToPublish, synced: channel.status.synced });

/** The log as it is kept, up to a length that it has. */
export async function history(length) {
  const ids = [];
  for await (const { messageId } of channel.messages({ fromStart: true })) if (ids.push(messageId) === length) break;
  return ids;
}
