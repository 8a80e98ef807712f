// The functions of pages/storage.js in a page. Each gives what it gives there, "done" if that is nothing, or an error.

import { expect } from "./fixtures.mjs";

const FUNCTIONS = [
  "open", "abort", "close", "delete", "save", "load", "locks", "steal",
  "connect", "disconnect", "deleteDatabase", "deleteLater", "databases",
];

/** @param {import("@playwright/test").Page} page */
export function storage(page) {
  const remote = (name) => (...args) =>
    page.evaluate(async ([name, args]) => (await import("/storage.js")).attempt(name, args), [name, args]);
  return Object.fromEntries(FUNCTIONS.map((name) => [name, remote(name)]));
}

/** A tab of its own. @param {import("@playwright/test").BrowserContext} context */
export async function tab(context) {
  const page = await context.newPage();
  await page.goto("/blank.html");
  return { page, ...storage(page) };
}

/** An SdsError with a text that helps. @param {string} code @param {RegExp} text */
export const failure = (code, text) => expect.objectContaining({ code, message: expect.stringMatching(text) });
