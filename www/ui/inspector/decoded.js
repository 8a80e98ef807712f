/** The parts that every decoded message has, wherever its bytes come from. */

import { button, chip, el } from "../dom.js";
import { byteCount, shortId } from "../format.js";
import { hexDump } from "./hex.js";
import { facts, part } from "./inspector.js";

/** `decoded` is of the engine's decodeFrame; `find(name)` gives the peer with that name; `pick(id)` shows a message. */
export function decodedParts(decoded, bytes, { find, pick }) {
  const { messageId, channelId, senderId, clock, causes, requests, sizes } = decoded;
  return [
    part("Content", contentOf(decoded)),
    part("Fields", facts([
      ["Message id", messageId, "id"],
      ["Channel", channelId, "id"],
      ["Sender", senderId || "anonymous"],
      ["Clock", clock?.toString() ?? "none: ephemeral", "num"],
      ["Size", byteCount(sizes.frame), "num"],
      ["Bloom filter", sizes.filter ? byteCount(sizes.filter) : "none", "num"],
    ])),
    part(`Causal history (${causes.length})`, entries(causes, { find, pick }, "It depends on nothing.")),
    part(`Repair requests (${requests.length})`, entries(requests, { find, pick }, "It asks for nothing.")),
    part("Bytes", hexDump(bytes)),
  ];
}

function contentOf({ kind, text }) {
  if (kind === "sync") return el("p", { class: "hint", text: "Empty: a sync message." });
  return el("p", { class: "content", tabindex: "0", text });
}

function entries(list, { find, pick }, none) {
  if (!list.length) return el("p", { class: "hint", text: none });
  return el("ul", { class: "entries entries-inline" }, ...list.map(({ messageId, senderId }) => {
    const entry = button({ text: shortId(messageId, 32), class: "entry id" }, () => pick(messageId));
    entry.prepend(chip(senderId ? find(senderId) : undefined));
    return el("li", {}, entry);
  }));
}
