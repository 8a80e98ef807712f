/** Node, and what behaves like it (Deno, Bun): the module is read from the package's folder when it is first needed. */

import { readFile } from "node:fs/promises";
import { setSource, unreachable } from "../module.js";

setSource(async () => {
  let url;
  try {
    url = new URL("../sds_wasm_bg.wasm", import.meta.url);
    return await readFile(url);
  } catch (cause) {
    throw unreachable(url, cause);
  }
});

export * from "../index.js";
