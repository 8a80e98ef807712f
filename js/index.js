export {
  decodeChannelMeta,
  decodeMessage,
  defaultConfig,
  encodeChannelMeta,
  encodeMessage,
  ready,
} from "./codec.js";
export { ReliableChannel } from "./channel/reliable-channel.js";
export { SdsError } from "./errors.js";
export { ReliabilityManager } from "./manager.js";
export { MemoryPersistence } from "./persistence/memory.js";
export { BroadcastChannelTransport } from "./transports/broadcast-channel.js";
