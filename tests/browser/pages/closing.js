/** A ReliableChannel that is closed in the middle of something, in a window or a worker, with what could be left behind. */

import { count, turn, uncounted } from "./leaks.js";
import { BroadcastChannelTransport, IndexedDbPersistence, ReliableChannel, encodeMessage } from "./package.js";

const CHANNEL = "room";
const NAME = "closing";
const text = (content) => new TextEncoder().encode(content);

let channel;
let persistence;
/** What has become of promises, by their names: "pending", "fulfilled" with a value, or "rejected" with a code. */
let outcomes = {};
/** Those that wait until they are let go, after the end. */
let held = [];
let heard = 0;
/** Another's port on the same wire. */
const other = uncounted(`${NAME}/${CHANNEL}`);

function watch(name, promise) {
  outcomes[name] = "pending";
  promise.then(
    (value) => (outcomes[name] = value === undefined ? "fulfilled" : `fulfilled ${value}`),
    (error) => (outcomes[name] = `rejected ${error.code ?? error.message}`),
  );
}

/** Functions of a transport or a store that have not answered when everything is closed, by how often they were called. */
const never = (name) => () => {
  called(name);
  return new Promise(() => {});
};
/** They fail after the end. */
const later = (name) => () => {
  called(name);
  return new Promise((_, reject) => held.push(() => reject(new Error("too late"))));
};

function called(name) {
  outcomes[name] = (outcomes[name] ?? 0) + 1;
}

function frame(messageId, after = []) {
  const causalHistory = after.map((id) => ({ messageId: id }));
  const message = { messageId, channelId: CHANNEL, senderId: "bob", lamportTimestamp: 1n, causalHistory };
  return encodeMessage({ ...message, content: text("?") });
}

async function read(signal) {
  let count = 0;
  for await (const _ of channel.messages({ fromStart: true, signal })) count += 1;
  return count;
}

const send = () => watch("send", channel.send(text("hello"), "m"));
const happens = (type) => new Promise((resolve) => channel.addEventListener(type, resolve, { once: true }));

/** A message that waits for another. */
async function gap() {
  other.postMessage(frame("b2", ["b1"]));
  await happens("missingDependencies");
}

/** In the middle of what: `parts` are options of the channel; `start` begins it. */
const MIDDLES = {
  nothing: {},
  "a message being saved": { start: send },
  "publishing that never answers": { parts: { publish: never("publish") }, start: send },
  "publishing that fails later": { parts: { publish: later("publish") }, start: send },
  "a retrieval that never answers": { parts: { retrieve: never("retrieve") }, start: gap },
  "a retrieval that fails later": { parts: { retrieve: later("retrieve") }, start: gap },
  "messages pouring in": {
    async start() {
      for (let n = 0; n < 200; n += 1) other.postMessage(frame(`b${n}`, n % 3 === 0 ? ["gap"] : []));
      while (heard < 10) await turn();
    },
  },
  "loops over its log": {
    start() {
      send();
      watch("loop", read());
      watch("loop with a signal", read(new AbortController().signal));
      const reader = channel.messages();
      for (const name of ["first", "second"]) watch(name, reader.next().then(({ done }) => `done: ${done}`));
    },
  },
  "a listener of its own": {
    async start() {
      const ready = happens("messageReady");
      channel.addEventListener("messageReady", () => watch("close", channel.close()));
      other.postMessage(frame("b1"));
      await ready;
    },
  },
};

const turns = async (number) => {
  for (let n = 0; n < number; n += 1) await turn();
};

/** Opens the channel over a new database, and gives what is there when it is open. */
export async function open(middle) {
  await IndexedDbPersistence.delete("kept");
  [outcomes, held, heard] = [{}, [], 0];
  persistence = await IndexedDbPersistence.open("kept");
  const { retrieve, ...parts } = MIDDLES[middle].parts ?? {};
  const transport = transportWith(parts);
  channel = await ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport, persistence, retrieve });
  return count();
}

/** The bundled transport, but for the parts that are given. */
function transportWith(parts) {
  const transport = new BroadcastChannelTransport(NAME);
  return {
    publish: (channelId, bytes) => transport.publish(channelId, bytes),
    subscribe: (channelId, onBytes) =>
      transport.subscribe(channelId, (bytes) => {
        heard += 1;
        onBytes(bytes);
      }),
    ...parts,
  };
}

export const start = (middle) => MIDDLES[middle].start?.();

/** Begins it, and closes everything so many turns of the event loop later. */
export async function startAndClose(middle, turnsBefore) {
  await start(middle);
  await turns(turnsBefore);
  await close();
}

export async function close() {
  await channel.close();
  await closeStorage();
  for (const letGo of held) letGo();
}

/** From now on nothing may be said. */
async function closeStorage() {
  await persistence.close();
  other.postMessage("closed");
}

/** Closes the storage while the channel is opened over it, and the channel if that has come to be. */
export async function closeWhileOpening(turnsBefore) {
  persistence = await IndexedDbPersistence.open("kept");
  const options = { participantId: "alice", channelId: CHANNEL, transport: transportWith({}), persistence };
  const opening = ReliableChannel.open(options);
  watch("open", opening.then((opened) => opened.close()));
  await turns(turnsBefore);
  await closeStorage();
  await opening.catch(() => {});
}

/** A transport that can't be listened to, but delivers before it says so. */
export async function openInVain() {
  persistence = await IndexedDbPersistence.open("kept");
  const subscribe = (channelId, onBytes) => {
    onBytes(frame("b2", ["b1"]));
    throw new Error("no network");
  };
  const options = { participantId: "alice", channelId: CHANNEL, transport: transportWith({ subscribe }), persistence };
  const opening = ReliableChannel.open(options);
  watch("open", opening);
  await opening.catch(() => {});
  await closeStorage();
}

/** In the wrong order: first the storage, then the channel, which is sending. */
export async function closeStorageFirst() {
  send();
  await persistence.close();
  await channel.close();
  other.postMessage("closed");
}

/** What is left and has become of it, some turns later; `heard` since the last call. */
export async function report() {
  await turns(20);
  const since = heard;
  heard = 0;
  return { ...count(), outcomes, heard: since };
}

/** As another would. */
export const say = (what) => other.postMessage(what === "frame" ? frame("late") : what);
