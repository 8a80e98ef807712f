/** Opens a room, whatever the browser says to storing things: another tab may have it, or nothing may be stored. */

import { button, el, icon, setHidden, setText } from "./dom.js";
import { errorText } from "./format.js";

/**
 * `open(options)` opens the room with what openRoom and openTabRoom take: storage, lock, signal. `elsewhere` is the
 * address of another room.
 */
export async function openSafely(open, { notices, place, elsewhere }) {
  try {
    return await open({});
  } catch (error) {
    if (error?.code === "StorageUnavailable") return inMemory(open, notices, error);
    if (error?.code === "StorageLocked") return whenFree(open, { notices, place, elsewhere, error });
    throw error;
  }
}

function inMemory(open, notices, error) {
  notices.show(["This browser keeps nothing here. The room runs in memory; a reload forgets it.", errorText(error)],
    { key: "memory" });
  return open({ storage: "memory" });
}

/** Resolves with the room once the other tab is gone; never, if the reader goes elsewhere. */
function whenFree(open, { notices, place, elsewhere, error }) {
  return new Promise((resolve, reject) => {
    let waiting;
    const said = el("p", { class: "hint", role: "status" });
    const wait = button({ text: "Wait for it", class: "primary" }, async () => {
      waiting = new AbortController();
      show(true);
      try {
        resolve(await open({ lock: "wait", signal: waiting.signal }));
      } catch (failure) {
        if (waiting.signal.aborted) show(false);
        else if (failure?.code === "StorageUnavailable") resolve(inMemory(open, notices, failure));
        else reject(failure);
      }
    });
    const cancel = button({ text: "Stop waiting" }, () => waiting.abort());
    const show = (busy) => {
      setHidden(wait, busy);
      setHidden(cancel, !busy);
      setText(said, busy ? "Waiting. The room opens here as soon as the other tab is closed." : "");
      (busy ? cancel : wait).focus();
    };
    place.replaceChildren(panel(error, said, [wait, cancel, elsewhereLink(elsewhere)]));
    show(false);
  });
}

function panel(error, said, choices) {
  return el("section", { class: "locked panel", "aria-labelledby": "locked-title" },
    icon("lock"), el("h1", { id: "locked-title", text: "This room is open in another tab" }),
    el("p", { text: "Two tabs must never write one participant’s state, so the other one holds a lock on it. "
      + "Close it there and wait here, or take a room of your own." }),
    el("div", { class: "choices" }, ...choices), said, el("p", { class: "fine id", text: errorText(error) }));
}

function elsewhereLink(href) {
  return el("a", { class: "button", href, text: "Open another room" });
}
