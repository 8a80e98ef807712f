// Two tabs talk by BroadcastChannel, lose messages and repair them; one is reloaded on the way.

import { agent, ids, T0 } from "./support/agents.mjs";
import { expect, test } from "./support/fixtures.mjs";
import { tab } from "./support/storage.mjs";

const SECOND = 1000;
const config = { resendInterval: SECOND, repairTMin: SECOND, repairTMax: 3 * SECOND, maxResendAttempts: 1000 };
const options = (participantId) => ({ participantId, database: participantId, at: T0, on: "network", config });

const logOf = async (member) => (await member.state()).history;
const waitingAt = async (member) => ids((await member.state()).incoming);
const unacknowledgedOf = async (member) => ids((await member.state()).outgoing);
const of = (events, wanted) => events.filter(({ type }) => type === wanted).map(({ messageId }) => messageId);

/** One clock for all, and what the periodic tasks would do each second. */
function secondsOf(members) {
  let at = T0;
  return async () => {
    at += SECOND;
    for (const member of members) {
      await member.setClock(at);
      await member.sync();
      await member.sweep();
    }
  };
}

test("two tabs end with the same log", async ({ context }) => {
  const [{ page }, { page: otherPage }] = [await tab(context), await tab(context)];
  const [alice, bob] = [agent(page), agent(otherPage)];
  await alice.start(options("alice"));
  await bob.start(options("bob"));

  await bob.lose(["a2"]);
  for (const id of ["a1", "a2", "a3"]) await alice.send(id);
  await expect.poll(() => waitingAt(bob)).toEqual(["a3"]);
  await alice.lose(["b1"]);
  for (const id of ["b1", "b2"]) await bob.send(id);
  await expect.poll(() => waitingAt(alice)).toEqual(["b2"]);
  const eventsBefore = await bob.takeEvents();
  const before = await bob.state();
  await otherPage.reload();
  // Nobody hears it.
  await alice.send("a4");
  expect(await bob.start(options("bob"))).toEqual(before);

  await alice.lose([]);
  const second = secondsOf([alice, bob]);
  const afterASecond = (view) => async () => {
    await second();
    return [await view(alice), await view(bob)];
  };
  const log = ["a1", "a2", "a3", "b1", "b2", "a4"];
  await expect.poll(afterASecond(logOf), { intervals: [10] }).toEqual([log, log]);
  await expect.poll(afterASecond(unacknowledgedOf), { intervals: [10] }).toEqual([[], []]);
  expect(await afterASecond(logOf)()).toEqual([log, log]);

  const events = [await alice.takeEvents(), [...eventsBefore, ...(await bob.takeEvents())]];
  expect(events.map((all) => of(all, "messageReady"))).toEqual([["b1", "b2"], ["a1", "a2", "a3", "a4"]]);
  expect(events.map((all) => of(all, "messageSent").sort())).toEqual([["a1", "a2", "a3", "a4"], ["b1", "b2"]]);
});
