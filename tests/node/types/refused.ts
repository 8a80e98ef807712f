// What must not compile.

import { defaultConfig, encodeMessage, ReliabilityManager, SdsError, type Persistence } from "sds-wasm";

export async function refused(manager: ReliabilityManager, content: Uint8Array): Promise<void> {
  // @ts-expect-error: managers are made by `create`
  new ReliabilityManager();
  // @ts-expect-error: a participant has a name, if only an empty one
  await ReliabilityManager.create({});
  // @ts-expect-error: no such option
  await ReliabilityManager.create({ participantId: "a", storage: undefined });
  // @ts-expect-error: no such setting
  await ReliabilityManager.create({ participantId: "a", config: { resendIntervall: 1 } });
  // @ts-expect-error: hints are bytes
  await ReliabilityManager.create({ participantId: "a", retrievalHint: () => "hint" });
  // @ts-expect-error: the clock is synchronous
  await ReliabilityManager.create({ participantId: "a", now: async () => 1 });
  // @ts-expect-error: four methods are missing
  const persistence: Persistence = { saveChannelMeta: async () => {} };

  // @ts-expect-error: content is bytes
  await manager.wrapOutgoingMessage("text", "m", "c");
  // @ts-expect-error: the channel is missing
  await manager.wrapOutgoingMessage(content, "m");
  // @ts-expect-error: a list of ids
  await manager.markDependenciesMet("m", "c");
  // @ts-expect-error: a promise of bytes
  const bytes: Uint8Array = manager.wrapSyncMessage("c");
  // @ts-expect-error: may be undefined
  manager.getMessage("c", "m").content;
  // @ts-expect-error: a bigint
  const clock: number = manager.getLamportTimestamp("c");
  // @ts-expect-error: fixed at creation
  manager.participantId = "b";
  // @ts-expect-error: fixed at creation
  manager.config.resendInterval = 1;

  // @ts-expect-error: no such dialect
  defaultConfig("morse");
  // @ts-expect-error: the channel is missing
  encodeMessage({ messageId: "m" });
  // @ts-expect-error: timestamps are bigints
  encodeMessage({ messageId: "m", channelId: "c", lamportTimestamp: 1 });
  // @ts-expect-error: no such code
  new SdsError("Oops", "text");
  // @ts-expect-error: fixed
  new SdsError("InvalidState", "text").code = "InternalError";

  console.log(persistence, bytes, clock);
}
