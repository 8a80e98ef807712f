/** What all measurements work on, the same in every run: contents and ids from a seed. */

import { now } from "#clock";

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

/** Adds up the time of what it runs; what others left is collected before the first. */
export class Stopwatch {
  /** For a profile: when something was timed, from and to, by `performance.now()`. */
  static log = [];

  milliseconds = 0;

  constructor() {
    globalThis.gc?.();
  }

  async run(body) {
    const begin = performance.now();
    const start = now();
    const result = await body();
    this.milliseconds += now() - start;
    Stopwatch.log.push([begin, performance.now()]);
    return result;
  }

  /** Microseconds for each of `count`. */
  per(count) {
    return (this.milliseconds / count) * 1000;
  }
}

/** Milliseconds: engines compile what is used much in the background, more than once, and take their time on a machine with work. */
const WARM = 2000;

/** Some of the same work for everybody, and a pause for compilers in the background to finish. */
export async function warmUp(body) {
  const start = now();
  while (now() - start < WARM) await body();
  await new Promise((resolve) => setTimeout(resolve, 100));
  Stopwatch.log.length = 0;
}

/** Fails where a library didn't do the work it was timed for. */
export function expectEqual(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`);
}
