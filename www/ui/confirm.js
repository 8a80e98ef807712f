/** Asks before something that can't be undone. */

import { button, el } from "./dom.js";

export function confirmed({ title, text, yes }) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "confirm", "aria-labelledby": "confirm-title" },
      el("h2", { id: "confirm-title", text: title }), el("p", { text }),
      el("div", { class: "choices" },
        button({ text: "Cancel", autofocus: true }, () => dialog.close("no")),
        button({ text: yes, class: "danger" }, () => dialog.close("yes"))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
