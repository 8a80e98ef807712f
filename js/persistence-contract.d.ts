import type { Persistence } from "./index.js";

/**
 * Checks a persistence backend against all that this package relies on. Declares its cases with `test`, in the manner
 * of most test runners; nothing else of a runner is needed, and the cases run anywhere the backend runs. Each case has
 * a `key` of its own, new in each run and made of ASCII letters, digits and `-`, so that it can name a folder or a
 * database. A case that fails rejects with an Error that says what was expected, what came, and where to look.
 *
 * ```js
 * import test from "node:test";
 *
 * const close = (persistence) => persistence.close();
 * runPersistenceContract({ open: (key) => MyPersistence.open(key), close, test });
 * ```
 */
export function runPersistenceContract(suite: {
  /** An instance over the same storage each time it is called with the same key; over an empty one at first. */
  open(key: string): Promise<Persistence>;
  /** Called before a key is opened again, and at the end of each case. */
  close?(persistence: Persistence): Promise<void>;
  test(name: string, body: () => Promise<void>): void;
}): void;
