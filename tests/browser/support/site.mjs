// What tests visit: the installed package under /sds-wasm/, the built demo page under /demo/, and tests/browser/pages
// under /.

import { join } from "node:path";
import { inRoot } from "../../../js/build/common.mjs";
import { serve } from "../../../js/build/serve.mjs";
import { INSTALLATION } from "./install.mjs";

/** `?csp=…` makes the server send that Content-Security-Policy along. */
function headersOf({ url }) {
  const csp = new URL(url, "http://localhost").searchParams.get("csp");
  return csp === null ? {} : { "Content-Security-Policy": csp };
}

/** On a port of its own: `{ origin, close }`. */
export function openSite() {
  const mounts = {
    "/": inRoot("tests", "browser", "pages"),
    "/sds-wasm/": join(process.env[INSTALLATION], "node_modules", "sds-wasm"),
    "/demo/": inRoot("dist"),
  };
  return serve(mounts, { headersOf });
}
