// The codec, errors across threads, and a backend of one's own.

import {
  decodeChannelMeta,
  decodeMessage,
  defaultConfig,
  encodeChannelMeta,
  encodeMessage,
  MemoryPersistence,
  ready,
  SdsError,
  type ChannelData,
  type ChannelMeta,
  type Config,
  type HistoryUpdate,
  type Message,
  type Persistence,
  type SdsErrorCode,
  type SdsErrorJson,
} from "sds-wasm";

export async function codec(): Promise<Message> {
  await ready();
  const config: Config = defaultConfig();
  const bytes: Uint8Array = encodeMessage({ messageId: "m", channelId: "c", lamportTimestamp: 7n }, config.dialect);
  const meta: ChannelMeta = decodeChannelMeta(bytes);
  encodeChannelMeta({ ...meta, lamportTimestamp: meta.lamportTimestamp + 1n, pendingEvict: [] });
  const cached: Uint8Array | undefined = meta.incomingRepairBuffer[0]?.cachedMessage;
  return decodeMessage(cached ?? bytes);
}

export function acrossThreads(error: SdsError, port: MessagePort): SdsError {
  const json: SdsErrorJson = error.toJSON();
  port.postMessage(json);
  const revived = SdsError.fromJSON(json);
  const code: SdsErrorCode = revived.code;
  return new SdsError(code, "wrapped", { cause: revived });
}

export class NoStorage implements Persistence {
  async saveChannelMeta(_channelId: string, _meta: Uint8Array): Promise<void> {}
  async updateHistory(_channelId: string, update: HistoryUpdate): Promise<void> {
    console.log(update.append.map((stored) => [stored.messageId, stored.lamportTimestamp, stored.bytes]), update.evict);
  }
  async loadChannel(_channelId: string): Promise<ChannelData | undefined> {
    return undefined;
  }
  async dropChannel(_channelId: string): Promise<void> {}
  async setRetrievalHint(_messageId: string, _hint: Uint8Array, _channelId: string): Promise<void> {}
}

export const memory: Persistence = new MemoryPersistence();
