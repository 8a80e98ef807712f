import type { Transport } from "./index.js";

/** What is needed of a libp2p node: a service that publishes and subscribes, under any name, and to hear of its starts. */
export interface Libp2pNode {
  services: Record<string, any>;
  addEventListener?: (type: any, listener: any) => void;
}

export interface Libp2pTransport extends Transport {}
/**
 * The gossipsub of the application's own libp2p node, one topic for each channel. The node is started and stopped by the
 * application, and started before a channel is opened; one that is started again is on its topics again. Whoever is on the
 * topic reads and writes it: sign, encrypt or validate by the node's own means.
 *
 * `publish` rejects as the node's does, for example while there is nobody on the topic; a `ReliableChannel` sends again. Two
 * channels on one node don't hear each other.
 *
 * Leave gossipsub's `globalSignaturePolicy` at its default: with `StrictNoSign` a message that is sent again counts as a
 * duplicate for two minutes, and is dropped.
 */
export class Libp2pTransport {
  /**
   * @param options.topic names the topic of a channel, default `/sds/1/` followed by its id
   * @throws SdsError `InvalidArgument` for a node without a pubsub service.
   */
  constructor(node: Libp2pNode, options?: { topic?: (channelId: string) => string });
}
