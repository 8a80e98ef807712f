/** Browsers, their workers, and bundlers for them: the module is a file beside this one. */

import { setSource, unreachable } from "../module.js";

setSource(async () => {
  let url;
  try {
    // Bundlers recognise `new URL("…", import.meta.url)`, written out like this, and bring the file along.
    url = new URL("../sds_wasm_bg.wasm", import.meta.url);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    // Servers of single-page apps answer whatever they don't have with their page.
    if (/^text\//.test(response.headers.get("content-type"))) throw new Error("the server sent a page instead");
    return response;
  } catch (cause) {
    throw unreachable(url, cause);
  }
});

export * from "../index.js";
