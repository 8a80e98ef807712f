/** Starts the page that the address asks for. Whatever goes wrong on the way is told in the page itself. */

import { Notices, catchAll } from "./ui/notices.js";
import { announce } from "./ui/announce.js";
import { themeButton } from "./ui/theme.js";

const mode = new URLSearchParams(location.search).get("mode") === "tabs" ? "tabs" : "simulated";
const notices = new Notices(document.getElementById("notices"));
const place = document.getElementById("main");

catchAll(notices);
document.getElementById("tools").append(themeButton());
document.querySelector(`[data-mode="${mode}"]`).setAttribute("aria-current", "page");
for (const about of document.querySelectorAll("[data-about]")) about.hidden = about.dataset.about !== mode;

const ready = start();
// For tests; `ready` is there from the beginning, the rest when the room is open.
window.__demo = { ready };
ready.catch((error) => {
  notices.error(error, "The room could not be opened. ");
  document.getElementById("boot")?.replaceChildren("The room could not be opened. Reloading the page tries again.");
});

async function start() {
  const page = mode === "tabs" ? await import("./ui/tabs-page.js") : await import("./ui/room-page.js");
  const demo = await page.show({ notices, announce, place });
  Object.defineProperties(window.__demo, Object.getOwnPropertyDescriptors(demo));
}
