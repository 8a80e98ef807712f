// A member in a worker thread: `{ name, channelId, participantId }` as workerData. Answers each message "question n"
// with "answer n", tells the main thread what it reads, and closes when told to.

import { parentPort, workerData } from "node:worker_threads";
import { importPackage } from "./package.mjs";

const { BroadcastChannelTransport, ReliableChannel } = await importPackage("sds-wasm");
const { name, channelId, participantId } = workerData;
const transport = new BroadcastChannelTransport(name);
const channel = await ReliableChannel.open({ participantId, channelId, transport });

parentPort.once("message", () => channel.close());
parentPort.postMessage({ open: true });
for await (const { messageId, senderId } of channel.messages({ fromStart: true })) {
  parentPort.postMessage({ messageId, senderId });
  const [, number] = /^question (\d+)$/.exec(messageId) ?? [];
  if (number) await channel.send(new TextEncoder().encode("answer"), `answer ${number}`);
}
// Nothing keeps this thread alive now, if the channel was closed properly.
parentPort.close();
