// Channels over BroadcastChannelTransport, in tabs and a worker of one origin.

import { expect, test } from "./support/fixtures.mjs";
import { tab } from "./support/storage.mjs";

/** The functions of pages/channel.js in a page, or in its worker. */
function member(name, page, { inWorker = false } = {}) {
  const call = (...call) => page.evaluate(async ([name, ...args]) => (await import("/channel.js"))[name](...args), call);
  const remote = (name) => (...args) => (inWorker ? call("inWorker", name, ...args) : call(name, ...args));
  return { name, open: remote("open"), send: remote("send"), state: remote("state") };
}

/** A machine that has much else to do is slow. */
const WAIT = { timeout: 30_000 };

test("two tabs and a worker have one log, and hear of what others have", async ({ context }) => {
  const [{ page }, { page: otherPage }] = [await tab(context), await tab(context)];
  const everyone = [member("alice", page), member("bob", otherPage), member("carol", page, { inWorker: true })];
  for (const { name, open } of everyone) await open(name);
  const log = [];
  for (const number of [1, 2, 3]) {
    for (const { name, send } of everyone) log.push(await send(`${name} ${number}`));
  }
  const sortedLog = async ({ state }) => (await state()).log.sort();
  for (const one of everyone) await expect.poll(() => sortedLog(one), WAIT).toEqual(log.sort());
  for (const { state } of everyone) await expect.poll(state, WAIT).toMatchObject({ synced: true, errors: [] });
});
