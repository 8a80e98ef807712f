// The processes behind pages, to kill them as the system does when memory runs short.

import { expect } from "./fixtures.mjs";

/**
 * Gives what ends all of Chromium's renderers of now at once, and with them every page.
 * @param {import("@playwright/test").Browser} browser
 */
export async function rendererKiller(browser) {
  const session = await browser.newBrowserCDPSession();
  const renderers = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  };
  const pids = await renderers();
  return async () => {
    pids.forEach(killIfThere);
    // A browser that has not noticed yet would give the next page one of these, which it keeps in reserve.
    const left = async () => (await renderers()).filter((pid) => pids.includes(pid));
    await expect.poll(left, { intervals: [10] }).toEqual([]);
    await session.detach();
  };
}

function killIfThere(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // One in reserve may have ended by itself.
    if (error.code !== "ESRCH") throw error;
  }
}
