/** Anywhere: the module is part of the code, as base64. For service workers, single-file builds and awkward bundlers. */

import { setSource } from "../module.js";
import base64 from "../sds_wasm_inline.js";

setSource(() => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

export * from "../index.js";
