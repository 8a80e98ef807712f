/** A message id nobody else makes. Not crypto.randomUUID, which pages that are not from https lack. */
export function randomId() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
