// A whole application, as a person would write it: compiled, never run.

import { MemoryPersistence, ReliabilityManager, ReliableChannel, SdsError } from "sds-wasm";
import type { ManagerOptions, ReceivedMessage, Transport } from "sds-wasm";

interface Network {
  broadcast(bytes: Uint8Array): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
}

const CHANNEL = "general";

export async function join(network: Network, participantId: string): Promise<ReliabilityManager> {
  const options: ManagerOptions = {
    participantId,
    config: { resendInterval: 30_000, maxCausalHistory: 5 },
    persistence: new MemoryPersistence(),
    retrievalHint: (messageId, channelId) =>
      channelId === CHANNEL ? new TextEncoder().encode(messageId) : undefined,
    now: () => Date.now(),
  };
  const manager = await ReliabilityManager.create(options);

  manager.addEventListener("messageReady", ({ detail }) => {
    console.log(detail.senderId, new TextDecoder().decode(detail.content), detail.lamportTimestamp);
  });
  manager.addEventListener("messageResend", ({ detail }) => network.broadcast(detail.bytes));
  manager.addEventListener("repairReady", ({ detail }) => network.broadcast(detail.bytes));
  manager.addEventListener("periodicSync", ({ detail }) => {
    void manager.wrapSyncMessage(detail.channelId).then((bytes) => network.broadcast(bytes));
  });
  network.onBytes((bytes) => void receive(manager, bytes));

  await manager.ensureChannel(CHANNEL);
  manager.startPeriodicTasks();
  return manager;
}

export async function send(manager: ReliabilityManager, network: Network, text: string): Promise<void> {
  network.broadcast(await manager.wrapOutgoingMessage(new TextEncoder().encode(text), crypto.randomUUID(), CHANNEL));
  network.broadcast(await manager.wrapEphemeralMessage(new Uint8Array([1]), crypto.randomUUID(), CHANNEL));
}

async function receive(manager: ReliabilityManager, bytes: Uint8Array): Promise<ReceivedMessage | undefined> {
  try {
    const received = await manager.unwrapReceivedMessage(bytes);
    await manager.markDependenciesMet(
      received.missingDependencies.map((entry) => entry.messageId),
      received.channelId,
    );
    return received;
  } catch (error) {
    if (error instanceof SdsError && error.code === "DeserializationError") return undefined;
    throw error;
  }
}

export function inspect(manager: ReliabilityManager): bigint {
  const waiting: string[] = manager.getIncomingBuffer(CHANNEL).flatMap((held) => held.missingDependencies);
  const due: number[] = [
    ...manager.getOutgoingRepairBuffer(CHANNEL).map((repair) => repair.requestAt),
    ...manager.getIncomingRepairBuffer(CHANNEL).map((repair) => repair.respondAt),
    ...manager.getOutgoingBuffer(CHANNEL).map((own) => own.sendTime + own.resendAttempts),
  ];
  const { append, evict } = manager.getPendingHistory(CHANNEL);
  const messages = manager.getMessageHistory(CHANNEL).map((messageId) => manager.getMessage(CHANNEL, messageId));
  console.log(manager.getChannels(), manager.participantId, waiting, due, append, evict, messages[0]?.causalHistory);
  return manager.getLamportTimestamp(CHANNEL);
}

export async function leave(manager: ReliabilityManager): Promise<void> {
  manager.stopPeriodicTasks();
  await manager.checkUnacknowledgedMessages(CHANNEL);
  await manager.runRepairSweep();
  await manager.removeChannel(CHANNEL);
  await manager.reset();
  await manager.cleanup();
}

export async function scoped(): Promise<void> {
  await using manager = await ReliabilityManager.create({ participantId: "" });
  await manager.ensureChannel(CHANNEL);
}

export async function chat(transport: Transport): Promise<string[]> {
  await using channel = await ReliableChannel.open({ participantId: "alice", channelId: CHANNEL, transport });
  channel.addEventListener("statusChange", ({ detail }) => {
    const ids: string[] = channel.unacknowledgedIds();
    console.log(detail.synced, detail.missing + detail.lost + detail.unacknowledged, ids);
  });
  await channel.send(new TextEncoder().encode("hello"));
  return channel.unacknowledgedIds();
}
