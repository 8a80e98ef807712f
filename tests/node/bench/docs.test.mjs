// docs/performance.md shows the reference run and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { insert } from "../../../bench/docs.mjs";
import { readJson, readText } from "../../../js/build/common.mjs";

const text = readText("docs", "performance.md");
const reference = readJson("bench", "reference.json");

test("the tables are those of bench/reference.json; `npm run bench:docs` writes them", () => {
  assert.equal(insert(text, reference), text);
});

test("results replace what was there", () => {
  const [group] = reference.groups;
  const other = insert(text, { ...reference, date: "2001-02-03T00:00:00Z", groups: [group] });
  assert.match(other, /Measured on 2001-02-03/);
  assert.ok(other.includes(group.name));
  assert.ok(!other.includes(reference.groups.at(-1).name));
  assert.equal(insert(other, reference), text);
});

test("a document without a place for them is refused", () => {
  assert.throws(() => insert("# Performance", reference), /lacks <!-- results/);
});
