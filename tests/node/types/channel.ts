// A channel: its events and its log.

import { ReliableChannel, type ChannelEvents, type Persistence, type Transport } from "sds-wasm";

export async function join(transport: Transport, persistence: Persistence, signal: AbortSignal): Promise<ReliableChannel> {
  const channel = await ReliableChannel.open({ participantId: "alice", channelId: "lobby", transport, persistence });
  channel.addEventListener("statusChange", ({ detail }) => console.log(detail.synced, detail.missing), { once: true, signal });
  const failed = ({ detail }: CustomEvent<ChannelEvents["transportError"]>) => console.error(detail.operation, detail.error);
  channel.addEventListener("transportError", failed);
  channel.removeEventListener("transportError", failed, { capture: false });
  channel.addEventListener("myOwnEvent", (event: Event) => console.log(event.type));
  // @ts-expect-error: the detail of another event
  channel.addEventListener("messageSent", failed);
  // @ts-expect-error: no such option
  channel.messages({ fromstart: true });
  for await (const { messageId, lamportTimestamp } of channel.messages({ fromStart: true, signal })) {
    console.log(messageId, lamportTimestamp);
  }
  return channel;
}
