// What a link may say, however absurd.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importRoom } from "../support/room.mjs";

const { DEFAULTS, LIMITS, checkSetting, formatSettings, parseSettings } = await importRoom("settings.js");

test("a link without settings has the defaults, which are within their limits", () => {
  assert.deepEqual(parseSettings(""), { settings: { ...DEFAULTS }, problems: [] });
  assert.deepEqual(Object.keys(LIMITS), Object.keys(DEFAULTS));
  for (const [name, value] of Object.entries(DEFAULTS)) assert.equal(checkSetting(name, value), value);
});

test("settings survive being written into a link; only those that differ are, and the seed", () => {
  const network = { loss: 0.9, duplication: 0, latency: 3000, reordering: 1 };
  const settings = { seed: 4294967295, peers: 8, ...network, rate: 20, speed: 0.25 };
  assert.deepEqual(parseSettings(`?${formatSettings(settings)}`), { settings, problems: [] });
  assert.equal(formatSettings(DEFAULTS), `seed=${DEFAULTS.seed}`);
  assert.equal(formatSettings({ ...DEFAULTS, loss: 0.5, seed: 7 }), "seed=7&loss=0.5");
});

test("each bad value is replaced, and told in a sentence that names it", () => {
  const cases = [
    ["seed=-1", /^The seed must be a whole number from 0 to 4294967295, not "-1": 1 is used instead\.$/],
    ["seed=1.5", /whole number/],
    ["seed=4294967296", /"4294967296"/],
    ["peers=1", /^The number of peers must be a whole number from 2 to 8, not "1": 4 is used instead\.$/],
    ["peers=9", /from 2 to 8/],
    ["loss=1", /^The loss must be a number from 0 to 0\.9, not "1"/],
    ["loss=NaN", /"NaN"/],
    ["loss=Infinity", /"Infinity"/],
    ["loss=", /not ""/],
    ["loss=50%25", /"50%"/],
    ["latency=0x10", /"0x10"/],
    ["latency=1e3", /"1e3"/],
    ["rate=twenty", /^The rate of messages must .*"twenty": 1 is used instead\.$/],
    ["speed=0", /from 0\.25 to 20/],
    ["reordering=%00%22%3Cscript%3E", /"\\u0000\\"<script>"/],
  ];
  for (const [search, sentence] of cases) {
    const { settings, problems } = parseSettings(search);
    assert.deepEqual(settings, { ...DEFAULTS }, search);
    assert.equal(problems.length, 1, search);
    assert.match(problems[0], sentence, search);
  }
});

test("a bad value is shortened, the good ones beside it are taken, strangers are ignored", () => {
  const { settings, problems } = parseSettings(`?utm=1&loss=${"9".repeat(100_000)}&seed=12&__proto__=1&constructor=2`);
  assert.deepEqual(settings, { ...DEFAULTS, seed: 12 });
  assert.equal(problems.length, 1);
  assert.ok(problems[0].length < 120, problems[0]);
});

test("of one setting given twice, the first counts", () => {
  assert.equal(parseSettings("seed=3&seed=x").settings.seed, 3);
});

test("a room takes no setting that is out of range or not a number", () => {
  for (const value of [-0.1, 0.91, NaN, Infinity, "0.5", null, undefined]) {
    assert.throws(() => checkSetting("loss", value), RangeError, String(value));
  }
  assert.throws(() => checkSetting("constructor", 1), RangeError);
});
