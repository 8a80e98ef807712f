/** Bytes for people to read. */

import { button, el } from "../dom.js";
import { byteCount } from "../format.js";

const PER_LINE = 8;
const FIRST = 256;

/** Offset, hex and text, as much as is asked for. */
export function hexDump(bytes) {
  const view = el("pre", { class: "hex", tabindex: "0", "aria-label": "Bytes in hexadecimal" });
  view.textContent = dump(bytes, FIRST);
  const more = button({ text: `Show all ${byteCount(bytes.length)}` }, () => {
    view.textContent = dump(bytes, bytes.length);
    more.remove();
    view.focus();
  });
  const copy = button({ text: "Copy as hex" }, async () => {
    const copied = await copyText(toHex(bytes));
    copy.lastChild.textContent = copied ? "Copied" : "Could not copy";
  });
  return el("div", { class: "hex-box" }, view,
    el("div", { class: "pair" }, copy, bytes.length > FIRST ? more : undefined));
}

function dump(bytes, length) {
  const lines = [];
  for (let at = 0; at < Math.min(length, bytes.length); at += PER_LINE) {
    const line = bytes.subarray(at, at + PER_LINE);
    const hex = Array.from(line, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = Array.from(line, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${text}`);
  }
  return lines.join("\n");
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Gives whether it worked: pages that are not served securely may not. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
