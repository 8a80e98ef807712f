/** Cloudflare's workerd, which may not compile at run time: it imports the file as a compiled module. */

import { setSource } from "../module.js";
import compiled from "../sds_wasm_bg.wasm";

setSource(() => compiled);

export * from "../index.js";
