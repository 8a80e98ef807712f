/** What the page that is killed and the test that checks have to agree on. */

export const CHANNELS = ["first", "second"];

/** So much that nothing is evicted: every message that was reported must be found again. */
export const config = { maxMessageHistory: 9000 };

export const T0 = 1_700_000_000_000;
/** More than what is sent between two messages of the other. */
const STEP = 1000;

export const remoteId = (index) => `remote-${index}`;
export const clockOf = (index) => T0 / 1000 + (index + 1) * STEP;

/** The other participant's message number `index`: it depends on the one before, and acknowledges one of ours. */
export function remoteMessage(channelId, index, acknowledged) {
  const dependencies = [index > 0 ? remoteId(index - 1) : undefined, acknowledged];
  return {
    messageId: remoteId(index),
    channelId,
    senderId: "remote",
    lamportTimestamp: BigInt(clockOf(index)),
    causalHistory: dependencies.filter((messageId) => messageId !== undefined).map((messageId) => ({ messageId })),
    content: new TextEncoder().encode(`message ${index} on ${channelId}`),
  };
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
