/** What all measurements work on, the same in every run: contents and ids from a seed. */

export const CHANNEL = "room";
export const SIZE = 200;
const SEED = 20_260_101;

/** A stream of 32-bit numbers from a seed (Mulberry32). */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/**
 * `count` messages to send: 200 bytes that no other message has, because @waku/sds takes a message's id from its content,
 * and an id of as many characters as it makes.
 */
export function messages(count, seed = SEED) {
  const roll = dice(seed);
  return Array.from({ length: count }, () => {
    const content = new Uint8Array(SIZE);
    new Uint32Array(content.buffer).forEach((_, index, words) => (words[index] = roll()));
    const id = Array.from({ length: 8 }, () => roll().toString(16).padStart(8, "0")).join("");
    return { id, content };
  });
}

/** Milliseconds that `body` takes, after what others left has been collected. */
export async function timed(body) {
  globalThis.gc?.();
  const start = performance.now();
  await body();
  return performance.now() - start;
}

/** Fails where a library didn't do the work it was timed for. */
export function expectEqual(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`);
}
