// Service workers may not import() later.

import * as sds from "/sds-wasm/entry/inline.js";
import { converse } from "./conversation.js";

addEventListener("message", (event) => {
  event.waitUntil(converse(sds).then((met) => event.ports[0].postMessage(met)));
});
