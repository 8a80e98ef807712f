// Channels over a simulated network, under a clock of the test's own.

import { CHANNEL, T0, dice, idle, sds } from "./participants.mjs";

const EVENTS = [
  "messageReady",
  "messageSent",
  "missingDependencies",
  "messageLost",
  "persistenceError",
  "statusChange",
  "transportError",
];

/** Every event of a channel from now on, as `{ type, ...detail }`. */
export function recordChannel(channel, types = EVENTS) {
  const events = [];
  for (const type of types) channel.addEventListener(type, ({ detail }) => events.push({ type, ...detail }));
  return events;
}

/**
 * Stops the time for this test. `pass(ms)` lets it go on, and everything happen that is due. `timers` are those that
 * were set and neither fired nor cleared.
 */
export function stopTime(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: T0 });
  const timers = trackTimers(t);
  const pass = async (milliseconds, step = 500) => {
    await idle();
    for (let passed = 0; passed < milliseconds; passed += step) {
      t.mock.timers.tick(Math.min(step, milliseconds - passed));
      await idle();
    }
  };
  return { pass, timers };
}

function trackTimers(t) {
  const timers = new Set();
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const wrap = (name, wrapped) => t.mock.method(globalThis, name, wrapped);
  wrap("setTimeout", (callback, delay) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      callback();
    }, delay);
    timers.add(timer);
    return timer;
  });
  wrap("setInterval", (callback, delay) => {
    const timer = setInterval(callback, delay);
    timers.add(timer);
    return timer;
  });
  for (const [name, clear] of Object.entries({ clearTimeout, clearInterval })) {
    wrap(name, (timer) => {
      timers.delete(timer);
      clear(timer);
    });
  }
  return timers;
}

/** A network that loses what `loses({ from, to, message })` says, and by chance a part of the rest. */
export class Network {
  /** Everything that was published: `{ from, at, message, bytes }`. */
  published = [];
  loses = () => false;
  #seats = new Set();
  #dice;
  #loss;

  constructor({ loss = 0, seed = 1 } = {}) {
    this.#loss = loss;
    this.#dice = dice(seed);
  }

  /** A transport for one member. */
  join(name) {
    return {
      publish: async (channelId, bytes) => this.#publish(name, channelId, bytes),
      subscribe: (channelId, onBytes) => {
        const seat = { name, channelId, onBytes };
        this.#seats.add(seat);
        return () => this.#seats.delete(seat);
      },
    };
  }

  get listeners() {
    return this.#seats.size;
  }

  /** The published messages of a kind: those with content or the others. */
  sent(kind) {
    return this.published.filter(({ message }) => (message.content.length === 0) === (kind === "sync"));
  }

  #publish(from, channelId, bytes) {
    const message = sds.decodeMessage(bytes);
    this.published.push({ from, at: Date.now(), message, bytes });
    for (const seat of this.#seats) {
      if (seat.name === from || seat.channelId !== channelId) continue;
      const lost = this.#dice(100) < 100 * this.#loss || this.loses({ from, to: seat.name, message });
      if (!lost) queueMicrotask(() => seat.onBytes(bytes.slice()));
    }
  }
}

/** A channel, closed with the test. */
export async function openChannel(t, participantId, { network = new Network(), ...options } = {}) {
  const transport = network.join(participantId);
  const channel = await sds.ReliableChannel.open({ participantId, channelId: CHANNEL, transport, ...options });
  t.after(() => {
    options.persistence?.release?.();
    return channel.close();
  });
  return channel;
}

/** A transport with which the test speaks itself: `hears` takes bytes in, `published` has what was sent. */
export function handTransport() {
  const published = [];
  const transport = {
    published,
    listening: 0,
    publish: async (channelId, bytes) => void published.push(bytes),
    subscribe: (channelId, onBytes) => {
      transport.listening += 1;
      transport.hears = onBytes;
      return () => (transport.listening -= 1);
    },
  };
  return transport;
}

/** Reads a channel's log in the background: `log` grows, `ended` is set at its end, `error` if it failed. */
export function follow(channel, options) {
  const reading = { log: [], ended: false };
  reading.done = (async () => {
    try {
      for await (const message of channel.messages(options)) reading.log.push(message);
    } catch (error) {
      reading.error = error;
    }
    reading.ended = true;
  })();
  return reading;
}

export const idsOf = (messages) => messages.map(({ messageId }) => messageId);
