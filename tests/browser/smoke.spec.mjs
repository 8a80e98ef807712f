// The installed package at its main job, in every place that a browser has for it.

import { expect, test } from "./support/fixtures.mjs";

const ENTRIES = ["/sds-wasm/entry/browser.js", "/sds-wasm/entry/inline.js"];
const REPAIRED = ["missed first", "heard first", "heard second", "log: first,second"];

test.beforeEach(({ page }) => page.goto("/blank.html"));

for (const name of ["sds-wasm", "sds-wasm/inline"]) {
  test(`${name} in a window`, async ({ page }) => {
    const met = await page.evaluate(async (name) => {
      const { converse } = await import("/conversation.js");
      return converse(await import(name));
    }, name);
    expect(met).toEqual(REPAIRED);
  });
}

for (const entry of ENTRIES) {
  test(`${entry} in a dedicated worker`, async ({ page }) => {
    const met = await page.evaluate(async (entry) => {
      const worker = new Worker("/worker.js", { type: "module" });
      worker.postMessage(entry);
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = reject;
      });
    }, entry);
    expect(met).toEqual(REPAIRED);
  });

  test(`${entry} in a shared worker`, async ({ page }) => {
    const met = await page.evaluate(async (entry) => {
      const worker = new SharedWorker("/worker.js", { type: "module" });
      worker.port.postMessage(entry);
      return new Promise((resolve, reject) => {
        worker.port.onmessage = ({ data }) => resolve(data);
        worker.onerror = reject;
      });
    }, entry);
    expect(met).toEqual(REPAIRED);
  });
}

test("sds-wasm/inline in a service worker", async ({ page }) => {
  const met = await page.evaluate(async () => {
    await navigator.serviceWorker.register("/service-worker.js", { type: "module" });
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    active.postMessage("converse", [port2]);
    return new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
  });
  expect(met).toEqual(REPAIRED);
});

const visit = async (page, policy) => {
  await page.goto(`/policy.html?${new URLSearchParams({ csp: policy })}`);
  return page.evaluate(() => globalThis.outcome);
};

test("a policy that allows WebAssembly is enough", async ({ page }) => {
  const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";
  expect(await visit(page, policy)).toEqual(REPAIRED);
});

test.describe("under a policy that does not allow WebAssembly", () => {
  test.use({ tolerates: [/Content.Security.Policy/] });

  test("loading fails with an error that says so", async ({ page }) => {
    const { code, message } = await visit(page, "script-src 'self'");
    expect(code).toBe("InternalError");
    expect(message).toMatch(/^the WebAssembly module could not be loaded: .*(Content Security Policy|CSP)/);
  });
});

test("a browser that is killed comes back with what is on disk @chromium", async ({ launchPersistent }) => {
  const before = await launchPersistent();
  await before.page.goto("/blank.html");
  expect(await before.page.evaluate(() => indexedDB.databases())).toEqual([]);
  await before.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open("kept");
        request.onsuccess = resolve;
        request.onerror = reject;
      }),
  );
  await before.kill();
  const after = await launchPersistent();
  expect(after.pid).not.toBe(before.pid);
  await after.page.goto("/blank.html");
  expect(await after.page.evaluate(() => indexedDB.databases())).toEqual([{ name: "kept", version: 1 }]);
});
