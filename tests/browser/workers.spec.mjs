// Managers in shared and service workers, used from pages.

import { agent, brief, CHANNEL, ids, peer, T0 } from "./support/agents.mjs";
import { expect, test } from "./support/disk.mjs";
import { failure, tab } from "./support/storage.mjs";

const start = { participantId: "alice", database: "kept", at: T0 };
const OPEN_ELSEWHERE = failure("StorageLocked", /"kept" is open already, in this page or in another tab or worker/);

test("a shared worker serves two tabs, and outlives either", async ({ context }) => {
  const [first, second] = [await tab(context), await tab(context)];
  const [alice, sameAlice] = [agent(first.page, "shared worker"), agent(second.page, "shared worker")];
  const bob = await peer("bob");
  await alice.start(start);
  await bob.receive(await alice.send("a1"));
  expect(await sameAlice.life()).toBe(await alice.life());
  expect((await sameAlice.state()).history).toEqual(["a1"]);
  expect(await first.open()).toEqual(OPEN_ELSEWHERE);
  await first.page.close();
  expect(await second.open()).toEqual(OPEN_ELSEWHERE);
  await sameAlice.receive(await bob.send("b1"));
  expect(brief(await sameAlice.takeEvents())).toEqual(["messageSent a1", "messageReady b1"]);
  const state = await sameAlice.state();

  // It ends with its last tab, and with it its lock.
  const third = await tab(context);
  const opening = third.open({ lock: "wait" });
  await expect.poll(async () => (await third.locks()).pending).toHaveLength(1);
  await second.page.close();
  expect(await opening).toBe("done");
  await third.close();
  const newAlice = agent(third.page, "shared worker");
  expect(await newAlice.start(start)).toEqual(state);
});

/** Ways in which a browser ends a service worker. */
const ENDS = {
  "is stopped": async ({ page }) => {
    const session = await page.context().newCDPSession(page);
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.stopAllWorkers");
  },
  "is closed": async ({ page, worker }) => {
    const session = await page.context().browser().newBrowserCDPSession();
    const { targetInfos } = await session.send("Target.getTargets");
    const { targetId } = targetInfos.find(({ type, url }) => type === "service_worker" && url === worker);
    await session.send("Target.closeTarget", { targetId });
  },
};
for (const [what, end] of Object.entries(ENDS)) {
  test(`a service worker that ${what} begins again where it was @chromium`, async ({ context, site }) => {
    const { page, open, locks } = await tab(context);
    const [alice, bob] = [agent(page, "service worker"), await peer("bob")];
    await alice.start(start);
    await bob.receive(await alice.send("a1"));
    await alice.send("a2");
    await bob.send("b1");
    await alice.receive(await bob.send("b2"));
    const state = await alice.state();
    expect([state.history, ids(state.outgoing), ids(state.incoming)]).toEqual([["a1", "a2"], ["a2"], ["b2"]]);
    const life = await alice.life();
    expect(await open()).toEqual(OPEN_ELSEWHERE);

    await end({ page, worker: `${site.origin}/agent-worker.js` });
    await expect.poll(async () => (await locks()).held).toEqual([]);
    expect(await alice.life()).not.toBe(life);
    expect(await alice.start(start)).toEqual(state);
    await alice.receive(bob.bytes("b1"));
    expect(brief(await alice.takeEvents())).toEqual(["messageReady b1", "messageReady b2"]);
  });
}

test("a dedicated worker that is terminated leaves the database to the next", async ({ context }) => {
  const { page, open, close } = await tab(context);
  const alice = agent(page, "dedicated worker");
  await alice.start(start);
  await alice.send("a1");
  const state = await alice.state();
  expect(await open()).toEqual(OPEN_ELSEWHERE);
  await page.evaluate(async () => (await import("/call.js")).terminate());
  expect(await open({ lock: "wait" })).toBe("done");
  expect(await close()).toBe("done");
  expect(await alice.start(start)).toEqual(state);
});
