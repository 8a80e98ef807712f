// A classic script, so that the page is never drawn in the wrong colours first.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("lossy-room-theme");
  } catch {
    // Storage may be forbidden; the system's preference will do.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen ?? (dark ? "dark" : "light");
})();
