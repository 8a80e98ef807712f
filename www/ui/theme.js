/** Light or dark: the system's choice until the reader makes one. */

import { button } from "./dom.js";

const KEY = "lossy-room-theme";

export function themeButton() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", () => {
    if (!remembered()) apply(system.matches ? "dark" : "light");
  });
  return button({ icon: "theme", label: "Light or dark", class: "quiet square" }, () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    apply(next);
    remember(next);
  });
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Where nothing may be kept, the choice holds until the reload.
  }
}
