// The defaults that `defaultConfig` gives without the module are the core's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "./support/package.mjs";

const { defaultConfig, ReliabilityManager } = await importPackage("sds-wasm");

for (const dialect of ["nim-sds", "rfc"]) {
  test(`the defaults of ${dialect} are those of the core`, async () => {
    const manager = await ReliabilityManager.create({ participantId: "alice", config: { dialect } });
    assert.deepEqual({ ...manager.config }, defaultConfig(dialect));
    await manager.cleanup();
  });
}

test("defaults are a fresh object each call", () => {
  const first = defaultConfig("nim-sds");
  first.resendInterval = 1;
  assert.equal(defaultConfig().resendInterval, 60_000);
});

test("nim-sds is the default, rfc differs in two settings, others are refused", () => {
  assert.deepEqual(defaultConfig(), defaultConfig("nim-sds"));
  const rfc = { ...defaultConfig(), dialect: "rfc", repairTMax: 120_000, possibleAcksThreshold: 2 };
  assert.deepEqual(defaultConfig("rfc"), rfc);
  assert.throws(() => defaultConfig("morse"), { code: "InvalidArgument", message: /dialect.*"morse"/ });
});

test("settings given replace the defaults, undefined ones don't", async () => {
  const config = { maxCausalHistory: 3, resendInterval: undefined };
  const manager = await ReliabilityManager.create({ participantId: "alice", config });
  assert.deepEqual({ ...manager.config }, { ...defaultConfig(), maxCausalHistory: 3 });
  assert.throws(() => (manager.config.maxCausalHistory = 4), TypeError);
  await manager.cleanup();
});

for (const config of [
  { bloomFilterCapacity: 9999, dialect: "rfc" },
  { bloomFilterErrorRate: 0.01, dialect: "rfc" },
  { dialect: "morse" },
  { resendIntervall: 1 },
  { resendInterval: 0 },
  { resendInterval: NaN },
  { maxCausalHistory: 1.5 },
  { maxCausalHistory: "10" },
  { bloomFilterErrorRate: 1 },
]) {
  const [[name, value]] = Object.entries(config);
  test(`the setting ${name} = ${JSON.stringify(value)} is refused by name`, async () => {
    await assert.rejects(ReliabilityManager.create({ participantId: "alice", config }), {
      name: "SdsError",
      code: "InvalidArgument",
      message: new RegExp(name),
    });
  });
}
