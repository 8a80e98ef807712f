/** Bytes to objects and back, for tools, tests and backends. Usable after `await ready()`. */

import { bytes, messageBytes } from "./arguments.js";
import { checkDialect } from "./config.js";
import { view } from "./runtime.js";
import * as core from "./sds_wasm.js";
import { checkChannelMeta, checkMessage } from "./validate.js";

export { defaultConfig } from "./config.js";
export { ready } from "./runtime.js";

export function encodeMessage(message, dialect) {
  return view(() => core.encodeMessage(checkMessage(message), checkDialect(dialect)));
}

export function decodeMessage(data) {
  return view(() => core.decodeMessage(messageBytes("bytes", data)));
}

export function encodeChannelMeta(meta) {
  return view(() => core.encodeChannelMeta(checkChannelMeta(meta)));
}

export function decodeChannelMeta(data) {
  return view(() => core.decodeChannelMeta(bytes("bytes", data)));
}
