/** The frames that this tab has sent and heard, newest last. */

import { chip, dressChip, el, icon, setData, setText, turnIcon } from "./dom.js";
import { byteCount, roomTime, shortId } from "./format.js";
import { VirtualList } from "./columns/virtual-list.js";

const KINDS = { message: "message", sync: "sync", resend: "sent again", repair: "repair" };

export class FrameList {
  #people;
  #list;
  #revision = -1;

  /** `actions.pickFrame(number, byKey)`. */
  constructor(people, actions) {
    this.#people = people;
    this.#list = new VirtualList({
      label: "Frames that this tab has sent and heard",
      createRow,
      drawRow: (row, frame) => this.#drawRow(row, frame),
      key: ({ number }) => number,
      onPick: ({ number }, byKey) => actions.pickFrame(number, byKey),
    });
    this.element = this.#list.element;
  }

  #drawRow(row, frame) {
    const { direction, who, kind, id, size, time } = row.parts;
    const heard = frame.arrivals.length > 0 || frame.from !== 0;
    setData(row, "kind", frame.kind);
    turnIcon(direction, heard ? "down" : "send");
    setText(row.parts.words, heard ? "Heard: " : "Sent: ");
    dressChip(who, this.#people[frame.writer ?? frame.from]);
    setText(kind, KINDS[frame.kind]);
    setText(id, shortId(frame.messageId, 13));
    setText(size, byteCount(frame.bytes.length));
    setText(time, roomTime(frame.at, true));
  }

  render(room) {
    if (this.#revision === room.revision) return;
    this.#revision = room.revision;
    this.#list.update(room.frames);
  }
}

function createRow() {
  const row = el("div", { class: "row frame-row" });
  row.parts = {
    direction: icon("send"),
    words: el("span", { class: "sr-only" }),
    who: chip(),
    kind: el("span", { class: "row-text" }),
    id: el("span", { class: "id frame-id" }),
    size: el("span", { class: "row-clock num" }),
    time: el("span", { class: "row-clock num" }),
  };
  row.append(...Object.values(row.parts));
  return row;
}
