// Finds the browsers that tests run in and the drivers that control them, and installs Chromium where one command does.

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure, probe, run, say } from "./common.mjs";

/** A variable that names the tool, the names to look for on the PATH, places outside it, and how to get it. */
const TOOLS = {
  chromium: {
    variable: "CHROME",
    names: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"],
    places: [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    advice: "install Chrome or Chromium",
  },
  chromedriver: {
    variable: "CHROMEDRIVER",
    names: ["chromedriver"],
    places: ["/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"],
    advice: "install the one of your Chrome's version",
  },
  firefox: {
    variable: "FIREFOX",
    names: ["firefox", "firefox-esr"],
    places: ["/Applications/Firefox.app/Contents/MacOS/firefox"],
    advice: "`apt-get install firefox-esr`, or install Firefox in any other way",
  },
  geckodriver: {
    variable: "GECKODRIVER",
    names: ["geckodriver"],
    places: [],
    advice: "`cargo install --locked geckodriver` (some minutes)",
  },
};

/** The driver of each browser, and the Debian packages to install of oneself. */
const BROWSERS = {
  chromium: { driver: "chromedriver", packages: ["chromium", "chromium-driver"] },
  firefox: { driver: "geckodriver", packages: [] },
};

/** Without what only costs time in tests: a GPU, and talk to servers at home. */
export const CHROMIUM_FLAGS = [
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The path of one of TOOLS, or undefined. */
export function find(tool) {
  const { variable, names, places } = TOOLS[tool];
  const told = process.env[variable];
  if (told) {
    if (isExecutable(told)) return told;
    throw new Failure(`${variable} is "${told}", which is not a program: set it to the path of ${tool}, or unset it`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...places].find(isExecutable);
}

/** The path of one of TOOLS. */
export function demand(tool) {
  const path = find(tool);
  if (path) return path;
  const { variable, advice } = TOOLS[tool];
  throw new Failure(`${tool} is missing: ${advice}. If it is not on the PATH, set ${variable} to where it is`);
}

/** How to call apt-get without being asked for a password, or undefined. */
function aptGet() {
  if (!probe("apt-get", ["--version"])) return undefined;
  const command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  if (process.getuid?.() === 0) return command;
  return probe("sudo", ["-n", "true"]) === undefined ? undefined : ["sudo", "-n", ...command];
}

async function install(packages) {
  const [command, ...args] = aptGet() ?? [];
  if (!command) return;
  say(`installing ${packages.join(", ")} (apt-get)`);
  try {
    await run(command, [...args, "update"]);
    await run(command, [...args, "install", "-y", "--no-install-recommends", ...packages]);
  } catch (error) {
    say(error.message);
  }
}

/** The driver's name: of the tool, and in capitals of its variable. */
export const driverOf = (browser) => BROWSERS[browser].driver;

/** Sees to it that a browser and its driver are there. */
export async function setUpBrowser(browser) {
  const { driver, packages } = BROWSERS[browser];
  if (packages.length && !(find(browser) && find(driver))) await install(packages);
  demand(browser);
  demand(driver);
}
