/** Who a tab is: the same after a reload, somebody else in each tab. */

import { NAMES } from "./setup.js";

const KEY = "me";
const ATTEMPTS = 5;

/**
 * Whoever this tab was before, unless another has become that, as a duplicate of it does. Gives the name and its storage,
 * opened.
 * @param {{ name: string, storage: import("./types.js").Storage, session?: import("./types.js").Notebook }} options
 */
export async function openIdentity({ name, storage, session }) {
  const key = `${name}-${KEY}`;
  // What is in memory only is gone with a reload: the same name would be a participant who has lost its past.
  let identity = storage.kind === "memory" ? undefined : session?.getItem(key);
  for (let attempt = 1; ; attempt += 1) {
    identity ??= newIdentity();
    try {
      const backend = await storage.open(`${name}-${identity}`);
      session?.setItem(key, identity);
      return { identity, backend };
    } catch (error) {
      if (error.code !== "StorageLocked" || attempt === ATTEMPTS) throw error;
      identity = undefined;
    }
  }
}

function newIdentity() {
  const [which, number] = crypto.getRandomValues(new Uint16Array(2));
  return `${NAMES[which % NAMES.length]}-${(number % 4096).toString(16).padStart(3, "0")}`;
}
