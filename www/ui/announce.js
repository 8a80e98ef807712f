/** Says something to screen readers, once. For what a person did or waits for, not for what goes by. */
export function announce(text) {
  const region = document.getElementById("announcer");
  // The same words again are news, too.
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
