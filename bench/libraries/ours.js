/** A member of the channel that runs this package. */

import { ReliabilityManager } from "#sds-wasm";
import { CHANNEL } from "../workload.js";

/** A clock of its own: measurements don't depend on the time of day. */
function ticking() {
  let at = 1_700_000_000_000;
  return () => (at += 1);
}

export class Ours {
  delivered = 0;
  acknowledged = 0;

  static async open(participantId, { config, persistence } = {}) {
    const manager = await ReliabilityManager.create({ participantId, config, persistence, now: ticking() });
    await manager.ensureChannel(CHANNEL);
    return new Ours(manager);
  }

  /** Who makes messages for others to receive: any member will do. */
  static author(participantId, options) {
    return Ours.open(participantId, options);
  }

  constructor(manager) {
    this.manager = manager;
    manager.addEventListener("messageReady", () => (this.delivered += 1));
    manager.addEventListener("messageSent", ({ detail }) => (this.acknowledged += detail.acknowledged ? 1 : 0));
  }

  /** Gives the bytes to broadcast. */
  send({ id, content }) {
    return this.manager.wrapOutgoingMessage(content, id, CHANNEL);
  }

  receive(bytes) {
    return this.manager.unwrapReceivedMessage(bytes, CHANNEL);
  }

  /** Takes in what somebody sent, untimed. */
  hear(message, bytes) {
    return this.receive(bytes);
  }

  /** Takes in what `author` makes of `messages`, untimed. */
  async fill(author, messages) {
    for (const message of messages) await this.receive(await author.send(message));
  }

  /** Nothing waits for a sweep here. */
  sweep() {}

  get unacknowledged() {
    return this.manager.getOutgoingBuffer(CHANNEL).length;
  }

  close() {
    return this.manager.cleanup();
  }
}
