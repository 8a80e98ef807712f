/**
 * One life of a participant that will be killed. It sends and receives in bursts, and reports each promise that has
 * resolved and each delivery by `globalThis.report`, which leaves the process.
 */

import { CHANNELS, clockOf, config, generator, remoteId, remoteMessage, T0 } from "./life-shared.js";
import { IndexedDbPersistence, ReliabilityManager, decodeMessage, encodeMessage } from "./package.js";

// Enough for the longest life; then it waits for its end.
const MAX_OPERATIONS = 800;

let life;
let random;
let manager;
let operations = 0;
/** By channel: how far the other participant's messages have come, and what it may know of ours. */
const worlds = new Map();

const upTo = (limit) => Math.floor(random() * limit);
const say = (event, detail) => globalThis.report(JSON.stringify({ event, ...detail }));

/** @param {{ life: number, seed: number, database: string, durability: "strict" | "relaxed" }} options */
export async function live(options) {
  life = options.life;
  random = generator(options.seed);
  const persistence = await IndexedDbPersistence.open(options.database, { durability: options.durability });
  manager = await ReliabilityManager.create({ participantId: "local", persistence, config, now: () => T0 });
  manager.addEventListener("messageReady", ({ detail: { channelId, messageId } }) =>
    say("delivered", { channelId, messageId }),
  );
  manager.addEventListener("persistenceError", ({ detail }) => reportError(detail.error));
  for (const channelId of CHANNELS) await open(channelId);
  while (operations < MAX_OPERATIONS) await burst();
  return new Promise(() => {});
}

async function open(channelId) {
  await manager.ensureChannel(channelId);
  const found = {
    log: manager.getMessageHistory(channelId).map((messageId) => manager.getMessage(channelId, messageId)).map(brief),
    waiting: manager.getIncomingBuffer(channelId).map(({ message }) => brief(message)),
    outgoing: manager.getOutgoingBuffer(channelId).map(({ message }) => message.messageId),
    clock: Number(manager.getLamportTimestamp(channelId)),
  };
  const known = new Set([...found.log, ...found.waiting].map(({ messageId }) => messageId));
  let next = 0;
  while (known.has(remoteId(next))) next += 1;
  worlds.set(channelId, { next, own: found.log.filter(({ senderId }) => senderId === "local") });
  say("opened", { channelId, ...found });
}

function brief({ messageId, senderId, lamportTimestamp, causalHistory }) {
  const after = causalHistory.map(({ messageId }) => messageId);
  return { messageId, senderId, clock: Number(lamportTimestamp), after };
}

async function burst() {
  const begun = Array.from({ length: 1 + upTo(20) }, () => {
    operations += 1;
    const channelId = CHANNELS[upTo(CHANNELS.length)];
    return random() < 0.4 ? send(channelId) : receive(channelId);
  });
  // Sometimes the next burst begins while this one is being saved.
  await begun[upTo(begun.length)];
}

async function send(channelId) {
  const messageId = `own-${life}-${operations}`;
  const content = new Uint8Array(1 + upTo(300)).fill(operations);
  const bytes = await manager.wrapOutgoingMessage(content, messageId, channelId);
  const clock = Number(decodeMessage(bytes).lamportTimestamp);
  worlds.get(channelId).own.push({ messageId, clock });
  say("sent", { channelId, messageId, clock });
}

/** A new message, one of the last ones again, or one that comes too early and has to wait. */
function nextIndex(world) {
  const choice = random();
  if (choice < 0.3) return Math.max(0, world.next - 1 - upTo(20));
  if (choice < 0.45) return world.next + 1 + upTo(2);
  return world.next++;
}

async function receive(channelId) {
  const world = worlds.get(channelId);
  const index = nextIndex(world);
  // It knows what was sent before, by its clock.
  const acknowledged = world.own.findLast(({ clock }) => clock < clockOf(index))?.messageId;
  const bytes = encodeMessage(remoteMessage(channelId, index, acknowledged));
  const { messageId } = await manager.unwrapReceivedMessage(bytes);
  say("received", { channelId, messageId, clock: clockOf(index) });
}
