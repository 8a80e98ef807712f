/**
 * A message id nobody else makes: 128 random bits in 22 characters. Short, because the next ten messages of everybody name it.
 * Not crypto.randomUUID, which pages that are not from https lack.
 */
export function randomId() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...random)).slice(0, 22).replaceAll("+", "-").replaceAll("/", "_");
}
