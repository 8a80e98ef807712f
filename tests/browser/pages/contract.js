/** The conformance suite over IndexedDbPersistence, in whatever global this is imported. */

import { IndexedDbPersistence, runPersistenceContract } from "./package.js";

/** By case: "passed", or what failed. @param {"strict" | "relaxed"} durability */
export async function runContract(durability) {
  const cases = [];
  runPersistenceContract({
    open: (key) => IndexedDbPersistence.open(key, { durability }),
    close: (persistence) => persistence.close(),
    test: (name, body) => cases.push([name, body]),
  });
  const results = {};
  for (const [name, body] of cases) {
    results[name] = await body().then(
      () => "passed",
      (error) => String(error.stack),
    );
  }
  return results;
}
