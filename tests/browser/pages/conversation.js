const CHANNEL = "room";

/** Alice's first message to Bob is lost; he asks for it, and she sends it again. Gives what Bob met with, in order. */
export async function converse({ ReliabilityManager }) {
  let now = 1_700_000_000_000;
  const open = (participantId) => ReliabilityManager.create({ participantId, now: () => now });
  const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
  const met = [];
  const heard = ({ detail }) => met.push(`heard ${new TextDecoder().decode(detail.content)}`);
  const missed = ({ detail }) => met.push(`missed ${detail.missingDependencies.map(({ messageId }) => messageId)}`);
  bob.addEventListener("messageReady", heard);
  bob.addEventListener("missingDependencies", missed);
  const repairs = [];
  alice.addEventListener("repairReady", ({ detail }) => repairs.push(detail.bytes));

  const say = (messageId) => alice.wrapOutgoingMessage(new TextEncoder().encode(messageId), messageId, CHANNEL);
  await say("first");
  await bob.unwrapReceivedMessage(await say("second"));
  now = bob.getOutgoingRepairBuffer(CHANNEL)[0].requestAt;
  await alice.unwrapReceivedMessage(await bob.wrapSyncMessage(CHANNEL));
  await alice.runRepairSweep();
  for (const bytes of repairs) await bob.unwrapReceivedMessage(bytes);

  met.push(`log: ${bob.getMessageHistory(CHANNEL)}`);
  await Promise.all([alice.cleanup(), bob.cleanup()]);
  return met;
}
