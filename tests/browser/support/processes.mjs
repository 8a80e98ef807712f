// The processes behind pages, to kill them as the system does when memory runs short.

/**
 * Ends all renderers of Chromium at once, and with them every page, when what it gives is called.
 * @param {import("@playwright/test").Browser} browser
 */
export async function rendererKiller(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  return () => pids.forEach(killIfThere);
}

function killIfThere(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // A spare one may have ended by itself.
    if (error.code !== "ESRCH") throw error;
  }
}
