/** Tabs and workers of one origin, over the platform's BroadcastChannel. */

import { bytes, func, id, text } from "../arguments.js";

const DEFAULT_NAME = "sds-wasm";

/** @implements {import("../index.js").Transport} */
export class BroadcastChannelTransport {
  #name;
  /** Those that are listened to. @type {Map<string, { port: BroadcastChannel, listeners: Set<EventListener> }>} */
  #open = new Map();

  constructor(name = DEFAULT_NAME) {
    this.#name = text("name", name);
  }

  async publish(channelId, data) {
    const open = this.#open.get(id("channelId", channelId));
    // Of a part of a buffer, all of the buffer would be cloned, whatever else is in it.
    const copy = new Uint8Array(bytes("bytes", data));
    // By the port that listens here: others of this context would hear it as if it came from elsewhere.
    if (open) return open.port.postMessage(copy);
    const port = this.#port(channelId);
    port.postMessage(copy);
    port.close();
  }

  subscribe(channelId, onBytes) {
    func("onBytes", onBytes);
    const { port, listeners } = this.#open.get(id("channelId", channelId)) ?? this.#listen(channelId);
    // A listener of its own for each: one that throws keeps the message from nobody else.
    const listener = ({ data }) => onBytes(data);
    port.addEventListener("message", listener);
    listeners.add(listener);
    return () => {
      if (!listeners.delete(listener)) return;
      port.removeEventListener("message", listener);
      if (listeners.size > 0) return;
      port.close();
      this.#open.delete(channelId);
    };
  }

  #listen(channelId) {
    const open = { port: this.#port(channelId), listeners: new Set() };
    this.#open.set(channelId, open);
    return open;
  }

  #port(channelId) {
    return new BroadcastChannel(`${this.#name}/${channelId}`);
  }
}
