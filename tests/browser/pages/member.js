/**
 * One member of a group of tabs: a ReliableChannel over BroadcastChannel, in a window or in a worker, which a test drives.
 * In real time, at intervals made for impatient people.
 */

import { generator } from "./life-shared.js";
import { BroadcastChannelTransport, IndexedDbPersistence, ReliableChannel, decodeMessage } from "./package.js";

const CHANNEL = "group";
const CONFIG = {
  resendInterval: 400,
  maxResendAttempts: 1000,
  bufferSweepInterval: 200,
  syncMessageInterval: 250,
  repairTMin: 50,
  repairTMax: 300,
  repairSweepInterval: 50,
};

let persistence;
let channel;
/** What the loop over the log has given, in order. */
let read;
/** How the loop ended: undefined as long as it runs. */
let ended;
/** What each message that was sent or heard depends on, by ids. */
const dependencies = {};
let statuses;
let errors;

/** @param {{ name: string, loss?: number, seed?: number, config?: object }} options */
export async function join({ name, loss = 0, seed = 0, config }) {
  persistence = await IndexedDbPersistence.open(name, { lock: "wait" });
  const transport = lossy(new BroadcastChannelTransport("tabs"), loss, generator(seed));
  const options = { participantId: name, channelId: CHANNEL, transport, persistence, config: { ...CONFIG, ...config } };
  channel = await ReliableChannel.open(options);
  [read, statuses, errors, ended] = [[], [channel.status], [], undefined];
  channel.addEventListener("statusChange", ({ detail: { channelId, ...status } }) => statuses.push(status));
  for (const type of ["persistenceError", "transportError", "messageLost"]) {
    channel.addEventListener(type, ({ detail }) => errors.push(`${type}: ${detail.error ?? detail.messageId}`));
  }
  follow(channel.messages({ fromStart: true }));
}

async function follow(messages) {
  try {
    for await (const { messageId } of messages) read.push(messageId);
    ended = "closed";
  } catch (error) {
    ended = String(error);
  }
}

/** A transport that throws away a part of what another hears. @returns {import("sds-wasm").Transport} */
function lossy(transport, loss, random) {
  return {
    publish(channelId, bytes) {
      note(bytes);
      return transport.publish(channelId, bytes);
    },
    subscribe: (channelId, onBytes) =>
      transport.subscribe(channelId, (bytes) => {
        note(bytes);
        if (random() >= loss) onBytes(bytes);
      }),
  };
}

function note(bytes) {
  const { messageId, content, causalHistory } = decodeMessage(bytes);
  if (content.length > 0) dependencies[messageId] = causalHistory.map((entry) => entry.messageId);
}

export const say = (messageId) => channel.send(new TextEncoder().encode(`text of ${messageId}`), messageId);

/** The log as it is stored, of so many messages; undefined if it is not so long. */
export async function stored(count) {
  if (read.length < count) return undefined;
  const log = [];
  for await (const { messageId, senderId, content, lamportTimestamp } of channel.messages({ fromStart: true })) {
    log.push({ messageId, senderId, text: new TextDecoder().decode(content), clock: lamportTimestamp });
    if (log.length === count) break;
  }
  return log;
}

export const report = () => ({ read, ended, dependencies, status: channel.status, statuses, errors });

export async function leave() {
  await channel.close();
  await persistence.close();
}
