/** A member of the channel that runs @waku/sds, used as its own ReliableChannel uses it. */

import { ContentMessage, Message, MessageChannel, MessageChannelEvent } from "@waku/sds";
import { CHANNEL } from "../workload.js";

export class Waku {
  delivered = 0;
  acknowledged = 0;

  static async open(participantId, { config } = {}) {
    return new Waku(participantId, config);
  }

  static async author(participantId, { config } = {}) {
    return new Author(participantId, config);
  }

  constructor(participantId, config) {
    this.channel = new MessageChannel(CHANNEL, participantId, config);
    const { InMessageDelivered, OutMessageAcknowledged } = MessageChannelEvent;
    this.channel.addEventListener(InMessageDelivered, () => (this.delivered += 1));
    this.channel.addEventListener(OutMessageAcknowledged, () => (this.acknowledged += 1));
    this.channel.addEventListener("taskError", ({ detail }) => {
      throw detail.error;
    });
  }

  /** Gives the bytes to broadcast. */
  async send({ content }) {
    let bytes;
    this.channel.pushOutgoingMessage(content, async (message) => {
      bytes = message.encode();
      return { success: true };
    });
    await this.channel.processTasks();
    return bytes;
  }

  async receive(bytes) {
    this.channel.pushIncomingMessage(Message.decode(bytes));
    await this.channel.processTasks();
  }

  /**
   * Takes in what `author` makes of `messages`, untimed: what receiving them would leave behind, at once instead of one
   * after the other, which takes minutes for 10,000.
   */
  async fill(author, messages) {
    const { localHistory, filter } = this.channel;
    const received = messages.map((message) => author.make(message));
    for (const { messageId } of received) filter.insert(messageId);
    localHistory.push(...received);
    this.channel.lamportTimestamp = received.at(-1).lamportTimestamp;
    this.delivered += received.length;
  }

  /** Delivers what waited. */
  sweep() {
    this.channel.sweepIncomingBuffer();
  }

  get unacknowledged() {
    return this.channel.outgoingBuffer.length;
  }

  close() {}
}

/**
 * Makes the messages that a member would send, byte for byte (tests/node/bench compares them), without the time that its
 * log takes: only what receivers do with them is measured.
 */
class Author {
  #participantId;
  #channel;
  #size;
  #entries = [];
  #clock = BigInt(Date.now());

  constructor(participantId, config) {
    this.#participantId = participantId;
    this.#channel = new MessageChannel(CHANNEL, participantId, config);
    this.#size = this.#channel.causalHistorySize;
  }

  async send(message) {
    return this.make(message).encode();
  }

  make({ content }) {
    const id = MessageChannel.getMessageId(content);
    const { filter } = this.#channel;
    const history = this.#entries.slice(-this.#size);
    this.#clock += 1n;
    const sender = this.#participantId;
    const message = new ContentMessage(id, CHANNEL, sender, history, this.#clock, filter.toBytes(), content, []);
    this.#log(id, sender);
    return message;
  }

  /** Takes in what somebody sent. */
  hear({ content }) {
    this.#log(MessageChannel.getMessageId(content), "alice");
  }

  #log(messageId, senderId) {
    this.#channel.filter.insert(messageId);
    this.#entries.push({ messageId, retrievalHint: undefined, senderId });
  }

  close() {}
}
