/** The functions of channel.js in a dedicated worker, called by `inWorker` there. */

import * as member from "./channel.js";

globalThis.onmessage = async ({ data: [name, args], ports: [port] }) => port.postMessage(await member[name](...args));
