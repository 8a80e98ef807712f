// A dedicated or a shared worker, which talks with the entry that it is told of. Import maps don't exist in workers.

import { converse } from "./conversation.js";

const answer = async (port, entry) => port.postMessage(await converse(await import(entry)));

globalThis.onmessage = ({ data }) => answer(globalThis, data);
globalThis.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => answer(port, data);
};
