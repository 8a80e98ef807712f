/** Bytes from elsewhere: look inside, or hand them to a peer as if the network had. */

import { button, el, setHidden, setText } from "../dom.js";
import { errorText } from "../format.js";
import { decodedParts } from "./decoded.js";

/**
 * `parse(text)` gives bytes or throws; `decode(bytes)`; `inject(peer, bytes)`; `peers()` are those to choose from;
 * `people` are all who may be named in it; `pick(id)` shows a message.
 */
export function pasteView({ parse, decode, inject, peers, people = peers(), pick }) {
  const field = el("textarea", {
    id: "paste", rows: 6, spellcheck: "false", autocomplete: "off", "aria-describedby": "paste-said",
  });
  const target = el("select", { id: "paste-peer", "aria-label": "Into" },
    ...peers().map((peer) => el("option", { value: peer.index, text: peer.name })));
  const said = el("p", { class: "said", id: "paste-said", role: "status" });
  const result = el("div");

  const say = (text, bad = false) => {
    setText(said, text);
    said.dataset.bad = bad;
  };
  const attempt = async (work) => {
    result.replaceChildren();
    try {
      await work(parse(field.value));
    } catch (error) {
      say(errorText(error), true);
    }
  };
  const decodeNow = () => attempt((bytes) => {
    const find = (name) => people.find((one) => one.name === name);
    result.replaceChildren(...decodedParts(decode(bytes), bytes, { find, pick }));
    say("It is a message:");
  });
  const injectNow = () => attempt(async (bytes) => {
    const peer = peers()[target.selectedIndex];
    await inject(peer.index, bytes);
    say(`${peer.name} took it in, as if the network had brought it.`);
  });

  setHidden(target, peers().length < 2);
  const element = el("div", { class: "view paste" },
    el("label", { for: "paste", text: "The bytes of a frame, in hex or base64" }), field,
    el("div", { class: "pair" }, button({ text: "Decode", class: "primary" }, decodeNow),
      button({ text: peers().length < 2 ? "Take it in" : "Inject into" }, injectNow), target),
    said, result);
  return { title: "Paste a frame", element, focus: field };
}
