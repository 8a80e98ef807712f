/** Tabs and workers of one origin, over the platform's BroadcastChannel. */

import { func, id, text } from "../arguments.js";

const DEFAULT_NAME = "sds-wasm";

/** @implements {import("../index.js").Transport} */
export class BroadcastChannelTransport {
  #name;
  /** Those that are listened to. @type {Map<string, { port: BroadcastChannel, listeners: Set<(bytes: Uint8Array) => void> }>} */
  #open = new Map();

  constructor(name = DEFAULT_NAME) {
    this.#name = text("name", name);
  }

  async publish(channelId, bytes) {
    const open = this.#open.get(id("channelId", channelId));
    // By the port that listens here: others of this context would hear it as if it came from elsewhere.
    if (open) return open.port.postMessage(bytes);
    const port = this.#port(channelId);
    port.postMessage(bytes);
    port.close();
  }

  subscribe(channelId, onBytes) {
    func("onBytes", onBytes);
    const open = this.#open.get(id("channelId", channelId)) ?? this.#listen(channelId);
    // Wrapped, so that a function that is given twice is called twice, and stopped once.
    const listener = (bytes) => onBytes(bytes);
    open.listeners.add(listener);
    return () => {
      if (!open.listeners.delete(listener) || open.listeners.size > 0) return;
      open.port.close();
      this.#open.delete(channelId);
    };
  }

  #listen(channelId) {
    const port = this.#port(channelId);
    const listeners = new Set();
    port.onmessage = ({ data }) => {
      for (const listener of listeners) listener(data);
    };
    const open = { port, listeners };
    this.#open.set(channelId, open);
    return open;
  }

  #port(channelId) {
    return new BroadcastChannel(`${this.#name}/${channelId}`);
  }
}
