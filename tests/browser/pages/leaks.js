/** Counts what is set up and not taken down again. Import it before what is to be watched. */

const timers = new Set();
const ports = new Set();
/** By signal: how many listen. */
const signals = new Map();
const unhandled = [];

const { setTimeout, setInterval, clearTimeout, clearInterval, BroadcastChannel } = globalThis;

Object.assign(globalThis, {
  setTimeout: (callback, delay, ...args) => {
    const fire = () => {
      timers.delete(timer);
      callback(...args);
    };
    const timer = setTimeout(fire, delay);
    timers.add(timer);
    return timer;
  },
  setInterval: (...given) => {
    const timer = setInterval(...given);
    timers.add(timer);
    return timer;
  },
  clearTimeout: (timer) => {
    timers.delete(timer);
    clearTimeout(timer);
  },
  clearInterval: (timer) => {
    timers.delete(timer);
    clearInterval(timer);
  },
  BroadcastChannel: class extends BroadcastChannel {
    constructor(name) {
      super(name);
      ports.add(this);
    }

    close() {
      super.close();
      ports.delete(this);
    }
  },
});

for (const [name, change] of Object.entries({ addEventListener: 1, removeEventListener: -1 })) {
  const method = EventTarget.prototype[name];
  AbortSignal.prototype[name] = function (...given) {
    signals.set(this, (signals.get(this) ?? 0) + change);
    return method.apply(this, given);
  };
}

globalThis.addEventListener("unhandledrejection", ({ reason }) => unhandled.push(String(reason)));
globalThis.addEventListener("error", ({ message }) => unhandled.push(message));

/** A port that isn't counted. */
export const uncounted = (name) => new BroadcastChannel(name);
/** Another turn of the event loop, by no timer. */
export const turn = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage("turn");
  });

/** What is there at the moment. */
export const count = () => {
  const listeners = [...signals.values()].reduce((sum, number) => sum + number, 0);
  return { timers: timers.size, ports: ports.size, listeners, unhandled };
};
