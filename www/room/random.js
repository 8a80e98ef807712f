/** Numbers that look random and are the same in every run. */

/**
 * The stream `name` of a seed: a function that gives its number `index`, from 0 up to, not including, 1. Streams are
 * independent of each other, and a stream has no state: it can be continued at any place.
 * @param {number} seed @param {string} name @returns {(index: number) => number}
 */
export function stream(seed, name) {
  const start = Math.imul(mix(seed), 0x9e3779b1) ^ hash(name);
  return (index) => {
    // The index has more than 32 bits in the end: both halves count.
    const low = Math.imul(index | 0, 0x6d2b79f5);
    const high = Math.imul((index / 2 ** 32) | 0, 0x85ebca6b);
    return mix(mix((start + low) | 0) ^ high) / 2 ** 32;
  };
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the output. @returns {number} unsigned, 32 bits */
function mix(value) {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** FNV-1a. */
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193);
  return value;
}
