/** A member of a channel over BroadcastChannelTransport, in a window or a worker. */

import { BroadcastChannelTransport, ReliableChannel } from "./package.js";

const config = { syncMessageInterval: 500 };
const log = [];
const errors = [];
let channel;

export async function open(participantId) {
  const transport = new BroadcastChannelTransport();
  channel = await ReliableChannel.open({ participantId, channelId: "room", transport, config });
  channel.addEventListener("transportError", ({ detail: { error } }) => errors.push(error.message));
  follow();
}

async function follow() {
  for await (const { messageId } of channel.messages()) log.push(messageId);
}

export const send = (messageId) => channel.send(new TextEncoder().encode(messageId), messageId);
export const state = () => ({ log, errors, synced: channel.status.synced });

let worker;

/** The same, in a worker of this page. */
export function inWorker(name, ...args) {
  worker ??= new Worker("/channel-worker.js", { type: "module" });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage([name, args], [port2]);
  return new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
}
