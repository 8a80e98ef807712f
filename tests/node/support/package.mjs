// The package as a user gets it: packed, and installed from the tarball into a folder outside the repository, so that
// nothing of the repository can be found from there that the package does not bring.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PACKAGE = join(ROOT, "pkg");
// All of one machine's runs on the same pkg/ share its tarball and one installation.
const CACHE = join(tmpdir(), "sds-wasm-tests");
// The optional peer, and another database of its kind, for those who test storage.
const SHARED_EXTRA = ["classic-level", "memory-level"];

const execute = promisify(execFile);

// What scripts print is compared: it must be the same where someone forces colours.
const { FORCE_COLOR: _, ...env } = process.env;

/** Runs a command; gives what it printed, or rejects with all it said. */
export async function run(command, args, cwd) {
  try {
    return (await execute(command, args, { cwd, env, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    throw new Error(`${[command, ...args].join(" ")} in ${cwd}:\n${error.stdout ?? error.message}${error.stderr ?? ""}`);
  }
}

function fingerprint() {
  if (!existsSync(join(PACKAGE, "package.json"))) throw new Error("there is no pkg/ yet: `npm run build` makes it");
  const hash = createHash("sha256");
  const paths = readdirSync(PACKAGE, { recursive: true }).map((name) => join(PACKAGE, name));
  const files = paths.filter((path) => statSync(path).isFile());
  for (const file of files.sort()) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/**
 * The folder `name` of the cache, filled by `fill` if it is not there. It is filled under another name and then
 * renamed, which is atomic: test files that run at the same time never see half of it, and the slower one's work is dropped.
 */
async function cached(name, fill) {
  const final = join(CACHE, name);
  if (existsSync(final)) return final;
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(join(CACHE, "draft-"));
  try {
    await fill(draft);
    await rename(draft, final);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(final)) throw error;
  }
  return final;
}

/** The packed package: the tarball's path and the paths in it. */
export async function packPackage() {
  const folder = await cached(`tarball-${fingerprint()}`, async (draft) => {
    const listing = await run("npm", ["pack", PACKAGE, "--json", "--pack-destination", draft], ROOT);
    await writeFile(join(draft, "listing.json"), listing);
  });
  const [{ filename, files }] = JSON.parse(readFileSync(join(folder, "listing.json"), "utf8"));
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** What to tell npm to install: the repository's own copy where it has one, which needs no network. */
function locally(name) {
  const folder = join(ROOT, "node_modules", name);
  return existsSync(folder) ? `file:${folder}` : name;
}

const QUIET = ["--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier"];

async function install(dir, extra) {
  const { tarball } = await packPackage();
  const specs = [tarball, ...extra.map(locally)];
  await run("npm", ["init", "-y"], dir);
  await run("npm", ["install", ...QUIET, ...specs], dir);
}

/** An installation of one's own, in a fresh folder; `extra` names npm packages to install beside it. */
export async function installPackage({ extra = [] } = {}) {
  const dir = await mkdtemp(join(tmpdir(), "sds-wasm-user-"));
  const cleanup = () => rm(dir, { recursive: true, force: true });
  try {
    await install(dir, extra);
  } catch (error) {
    await cleanup();
    throw error;
  }
  return { dir, cleanup };
}

/** As a module in a user's folder: what is imported by this is resolved from there. */
const writeUser = (dir) => writeFile(join(dir, "user.mjs"), "export default (specifier) => import(specifier);\n");

export async function importFrom(dir, specifier) {
  const user = await import(pathToFileURL(join(dir, "user.mjs")));
  return user.default(specifier);
}

/**
 * An installation that all runs share: the packages that `folder` has a manifest and a lock for, with ours beside them.
 * Gives its path, for `importFrom`.
 */
export async function installBeside(folder) {
  const files = ["package.json", "package-lock.json"];
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  return cached(`beside-${hash.digest("hex").slice(0, 16)}-${fingerprint()}`, async (draft) => {
    for (const file of files) await copyFile(join(folder, file), join(draft, file));
    await run("npm", ["ci", ...QUIET], draft);
    const { tarball } = await packPackage();
    await run("npm", ["install", "--no-save", ...QUIET, tarball, locally("classic-level")], draft);
    await writeUser(draft);
  });
}

/** An installation that all test files share. */
const shared = () =>
  cached(`installed-${fingerprint()}`, async (draft) => {
    await install(draft, SHARED_EXTRA);
    await writeUser(draft);
  });

/** Imports from the shared installation, as a module in a user's folder would. */
export const importPackage = async (specifier = "sds-wasm") => importFrom(await shared(), specifier);

/** Imports code as a module in the folder of a user of the shared installation. */
export async function importCode(code) {
  const dir = await mkdtemp(join(tmpdir(), "sds-wasm-code-"));
  try {
    await symlink(join(await shared(), "node_modules"), join(dir, "node_modules"));
    await writeFile(join(dir, "code.mjs"), code);
    return await import(pathToFileURL(join(dir, "code.mjs")));
  } finally {
    await rm(dir, { recursive: true });
  }
}
