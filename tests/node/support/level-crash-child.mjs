// One life of a participant that will be killed: `node level-crash-child.mjs FOLDER LIFE SEED`. Sends and receives in
// bursts on two channels and writes a line of JSON for each promise that has resolved, and for each delivery.

import { writeSync } from "node:fs";
import { importPackage } from "./package.mjs";
import { CHANNELS, config, generator, remoteId, remoteMessage } from "./level-crash-shared.mjs";

const { ReliabilityManager, decodeMessage, encodeMessage } = await importPackage("sds-wasm");
const { LevelPersistence } = await importPackage("sds-wasm/node");

// Enough for the longest life; then it waits for its end.
const MAX_OPERATIONS = 500;

const [folder, life, seed] = process.argv.slice(2);
const random = generator(Number(seed));
const upTo = (limit) => Math.floor(random() * limit);

/** Synchronous: what was written is with the parent, whatever happens next. */
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

const persistence = await LevelPersistence.open(folder);
const manager = await ReliabilityManager.create({ participantId: "local", persistence, config });
manager.addEventListener("messageReady", ({ detail: { channelId, messageId } }) =>
  say({ event: "delivered", channelId, messageId }),
);
manager.addEventListener("persistenceError", ({ detail: { error } }) => {
  throw error;
});

/** What the others have sent so far, by channel: everything that is here, and whatever comes next. */
const received = new Map();
for (const channelId of CHANNELS) {
  await manager.ensureChannel(channelId);
  const waiting = manager.getIncomingBuffer(channelId).map(({ message }) => message.messageId);
  const known = new Set([...manager.getMessageHistory(channelId), ...waiting]);
  let next = 0;
  while (known.has(remoteId(next))) next += 1;
  received.set(channelId, { next, latestOwn: undefined });
}

let operations = 0;

async function send(channelId) {
  const messageId = `own-${life}-${operations}`;
  const content = new Uint8Array(1 + upTo(300)).fill(operations);
  received.get(channelId).latestOwn = messageId;
  const bytes = await manager.wrapOutgoingMessage(content, messageId, channelId);
  say({ event: "sent", channelId, messageId, clock: String(decodeMessage(bytes).lamportTimestamp) });
}

/** A new message, one of the last ones again, or one that comes too early and has to wait. */
function nextIndex(state) {
  const choice = random();
  if (choice < 0.3) return Math.max(0, state.next - 1 - upTo(20));
  if (choice < 0.45) return state.next + 1 + upTo(2);
  return state.next++;
}

async function receive(channelId) {
  const state = received.get(channelId);
  const message = remoteMessage(channelId, nextIndex(state), state.latestOwn);
  const { messageId } = await manager.unwrapReceivedMessage(encodeMessage(message));
  say({ event: "received", channelId, messageId, clock: String(message.lamportTimestamp) });
}

say({ event: "ready" });
while (operations < MAX_OPERATIONS) {
  const burst = Array.from({ length: 1 + upTo(20) }, () => {
    operations += 1;
    const channelId = CHANNELS[upTo(CHANNELS.length)];
    return random() < 0.4 ? send(channelId) : receive(channelId);
  });
  // Sometimes the next burst begins while this one is being saved.
  await burst[upTo(burst.length)];
}
setInterval(() => {}, 1000);
