// The package itself: what is in it, and that each of its doors opens for a user who has nothing else.

import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix, sep } from "node:path";
import { after, before, test } from "node:test";
import { installPackage, packPackage, ROOT, run } from "./support/package.mjs";

const GENERATED = ["package.json", "sds_wasm.js", "sds_wasm_bg.wasm", "sds_wasm_inline.js"];
const DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];
const SPECIFIERS = ["", "/inline", "/indexeddb", "/libp2p", "/node", "/persistence-contract"].map((path) => `sds-wasm${path}`);

/** What a user does first. Run in a process of its own, in the folder of the installation. */
const HELLO = `
async function hello({ ReliabilityManager }) {
  const open = async (participantId) => {
    const manager = await ReliabilityManager.create({ participantId });
    await manager.ensureChannel("room");
    return manager;
  };
  const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
  const bytes = await alice.wrapOutgoingMessage(new TextEncoder().encode("hello"), "m1", "room");
  const { content, delivered } = await bob.unwrapReceivedMessage(bytes);
  await Promise.all([alice.cleanup(), bob.cleanup()]);
  console.log(new TextDecoder().decode(content), delivered);
}
`;

let user;

before(async () => {
  user = await installPackage();
});
after(() => user?.cleanup());

const read = (...path) => readFileSync(join(...path), "utf8");
const installed = (dir = user.dir) => join(dir, "node_modules", "sds-wasm");

/** Runs a user's script; gives what it printed. */
async function script(name, source, dir = user.dir) {
  writeFileSync(join(dir, name), source);
  return (await run(process.execPath, [name], dir)).trim();
}

const esm = (specifier, dir) =>
  script("user.mjs", `import * as sds from "${specifier}";\n${HELLO}\nawait hello(sds);`, dir);
const cjs = (specifier, dir) => script("user.cjs", `${HELLO}\nhello(require("${specifier}"));`, dir);

/** A copy of the installation that lacks the wasm file. */
async function withoutWasm(t) {
  const dir = await mkdtemp(join(tmpdir(), "sds-wasm-broken-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  cpSync(user.dir, dir, { recursive: true });
  rmSync(join(installed(dir), "sds_wasm_bg.wasm"));
  return dir;
}

test("holds the modules, their typings, one wasm file and the documents, and nothing else", async () => {
  const { files } = await packPackage();
  const js = join(ROOT, "js");
  const sources = readdirSync(js, { recursive: true })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => /\.(js|d\.ts)$/.test(name));
  const docs = readdirSync(join(ROOT, "docs"), { recursive: true })
    .map((name) => `docs/${name.split(sep).join("/")}`)
    .filter((name) => /\.(md|svg)$/.test(name));
  assert.deepEqual(files.toSorted(), [...sources, ...GENERATED, ...DOCUMENTS, ...docs].sort());
  assert.deepEqual(files.filter((name) => name.endsWith(".wasm")), ["sds_wasm_bg.wasm"]);
  assert.ok(!files.some((name) => name.startsWith("build/")), "build scripts are packed");
});

test("every file it refers to is packed", async () => {
  const { files } = await packPackage();
  const targets = (exports) => (typeof exports === "string" ? [exports] : Object.values(exports).flatMap(targets));
  for (const target of targets(JSON.parse(read(installed(), "package.json")).exports)) {
    assert.ok(files.includes(posix.normalize(target)), `exports name ${target}`);
  }
  for (const file of files.filter((name) => /\.(js|d\.ts)$/.test(name) && name !== "sds_wasm_inline.js")) {
    const references = read(installed(), file).matchAll(/(?:\bfrom|\bimport\(?|new URL\()\s*["'](\.[^"']+)["']/g);
    for (const [, reference] of references) {
      // Typings name the module that they are typings of, which for types alone there is none.
      const named = file.endsWith(".d.ts") ? reference.replace(/\.js$/, ".d.ts") : reference;
      const target = posix.join(dirname(file), named);
      assert.ok(files.includes(target), `${file} refers to ${reference}`);
    }
  }
});

test("every link in the packed documents leads to something packed, and to a heading that is there", async () => {
  const { files } = await packPackage();
  const anchors = (file) =>
    [...read(installed(), file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-"),
    );
  for (const file of files.filter((name) => name.endsWith(".md"))) {
    for (const [, link] of read(installed(), file).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (link.startsWith("https://")) continue;
      const [path, anchor] = link.split("#");
      const target = path === "" ? file : posix.join(dirname(file), path);
      assert.ok(files.includes(target), `${file} links to ${link}`);
      assert.ok(anchor === undefined || anchors(target).includes(anchor), `${file} links to ${link}`);
    }
  }
});

test("all manifests agree, and the package brings nothing along", () => {
  const manifest = JSON.parse(read(installed(), "package.json"));
  const cargo = (file) => /^name = "sds-wasm"\nversion = "([^"]+)"/m.exec(read(ROOT, file))[1];
  assert.deepEqual(manifest, JSON.parse(read(ROOT, "pkg.json")));
  assert.equal(manifest.version, cargo("Cargo.toml"));
  assert.equal(manifest.version, cargo("Cargo.lock"));
  for (const field of ["dependencies", "devDependencies", "scripts"]) assert.ok(!(field in manifest), field);
  assert.deepEqual(readdirSync(join(user.dir, "node_modules")).filter((name) => !name.startsWith(".")), ["sds-wasm"]);
});

test("the inlined module is the wasm file", async () => {
  const [, base64] = /^export default "([^"]+)";$/m.exec(read(installed(), "sds_wasm_inline.js"));
  assert.ok(Buffer.from(base64, "base64").equals(readFileSync(join(installed(), "sds_wasm_bg.wasm"))));
});

for (const specifier of ["sds-wasm", "sds-wasm/inline"]) {
  test(`${specifier} works by import`, async () => assert.equal(await esm(specifier), "hello true"));
  test(`${specifier} works by require()`, async () => assert.equal(await cjs(specifier), "hello true"));
}

test("every entry can be required, so none awaits at its top level", async () => {
  const names = [...SPECIFIERS, "sds-wasm/package.json", "sds-wasm/entry/browser.js"];
  // The browsers' entry has no name of its own in Node.
  const path = (name) => (name.includes("/entry/") ? `./node_modules/${name}` : name);
  const source = names.map((name) => `require("${path(name)}");`).join("\n");
  // Without its optional peer, "sds-wasm/node" has to load all the same: any abstract-level database will do.
  assert.equal(await script("all.cjs", `${source}\nconsole.log("loaded");`), "loaded");
});

test("nothing but the named entries can be imported", async () => {
  const source = `try { require("sds-wasm/index.js"); } catch ({ code }) { console.log(code); }`;
  assert.equal(await script("inside.cjs", source), "ERR_PACKAGE_PATH_NOT_EXPORTED");
});

test("the inline entry needs no wasm file", async (t) => {
  assert.equal(await esm("sds-wasm/inline", await withoutWasm(t)), "hello true");
});

test("in Node, a missing wasm file is named, and loading can be tried again", async (t) => {
  const dir = await withoutWasm(t);
  const wasm = join(installed(), "sds_wasm_bg.wasm");
  const source = `
    import { cpSync } from "node:fs";
    import { ready, SdsError } from "sds-wasm";
    const error = await ready().catch((error) => error);
    console.log(error instanceof SdsError, error.code);
    console.log(/sds_wasm_bg\\.wasm: ENOENT.*sds-wasm\\/inline/.test(error.message));
    cpSync(${JSON.stringify(wasm)}, "node_modules/sds-wasm/sds_wasm_bg.wasm");
    await ready();
    console.log("ready");`;
  assert.equal(await script("retry.mjs", source, dir), "true InternalError\ntrue\nready");
});

test("the browsers' entry fetches the file once, however many wait for it, and again after a failure", async () => {
  const source = `
    import { readFile } from "node:fs/promises";
    ${HELLO}
    const answers = [new Response("gone", { status: 404 })];
    const fetched = [];
    globalThis.fetch = async (url) => {
      fetched.push(url.pathname.split("/").at(-1));
      return answers.pop() ?? new Response(await readFile(url), { headers: { "content-type": "application/wasm" } });
    };
    const sds = await import("./node_modules/sds-wasm/entry/browser.js");
    console.log("imported", fetched.length);
    const failures = await Promise.allSettled([sds.ready(), sds.ready()]);
    for (const { reason } of failures) console.log(reason.code, /HTTP status 404.*sds-wasm\\/inline/.test(reason.message));
    await hello(sds);
    console.log(fetched.join(" "));`;
  const lines = (await script("browser.mjs", source)).split("\n");
  const failure = "InternalError true";
  const twice = "sds_wasm_bg.wasm sds_wasm_bg.wasm";
  assert.deepEqual(lines, ["imported 0", failure, failure, "hello true", twice]);
});

/** Bundles a user's script, and runs the bundle at `path`; gives what it printed. */
async function bundled(source, { format, platform, path }) {
  writeFileSync(join(user.dir, "app.mjs"), source);
  const flags = ["--bundle", `--format=${format}`, `--platform=${platform}`, `--outfile=${path}`, "--log-level=error"];
  await run(join(ROOT, "node_modules", ".bin", "esbuild"), ["app.mjs", ...flags], user.dir);
  return (await run(process.execPath, [path], user.dir)).trim();
}

test("bundled by what leaves the file behind, the browsers' entry looks one folder above the script", async () => {
  const source = `
    import { ready } from "sds-wasm";
    globalThis.fetch = async () => new Response("gone", { status: 404 });
    ready().catch(({ message }) => console.log(message));`;
  const said = await bundled(source, { format: "esm", platform: "browser", path: "dist/assets/app.mjs" });
  assert.match(said, /\/dist\/sds_wasm_bg\.wasm: HTTP status 404\. .*sds-wasm\/inline/);
});

for (const [format, platform] of [["iife", "browser"], ["cjs", "browser"], ["cjs", "node"]]) {
  test(`bundled as ${format} for ${platform}, the entry that needs the file says which one doesn't`, async () => {
    const source = (specifier) => `
      import * as sds from "${specifier}";
      ${HELLO}
      hello(sds).catch(({ code, message }) => console.log(code, message));`;
    const how = { format, platform, path: "dist/app.cjs" };
    const advice = /^InternalError .* sds_wasm_bg\.wasm: Invalid URL\. .*sds-wasm\/inline/;
    assert.match(await bundled(source("sds-wasm"), how), advice);
    assert.equal(await bundled(source("sds-wasm/inline"), how), "hello true");
  });
}

test("workerd's entry takes the file as a compiled module", async () => {
  // As workerd does it: importing a .wasm file gives a WebAssembly.Module, and bytes are not compiled.
  const hooks = `
    import { readFile } from "node:fs/promises";
    export async function load(url, context, next) {
      if (!url.endsWith(".wasm")) return next(url, context);
      const base64 = (await readFile(new URL(url))).toString("base64");
      const source = \`export default new WebAssembly.Module(Buffer.from("\${base64}", "base64"));\`;
      return { format: "module", shortCircuit: true, source };
    }`;
  const source = `
    import { register } from "node:module";
    ${HELLO}
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
    const sds = await import("./node_modules/sds-wasm/entry/workerd.js");
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = (module, imports) => {
      if (!(module instanceof WebAssembly.Module)) throw new Error("compiling is not allowed");
      return instantiate(module, imports);
    };
    await hello(sds);`;
  assert.equal(await script("workerd.mjs", source), "hello true");
});

for (const [moduleResolution, module] of [
  ["node16", "node16"],
  ["bundler", "esnext"],
]) {
  test(`the typings are found by moduleResolution ${moduleResolution}`, async () => {
    const source = `
      import { ReliabilityManager, SdsError, type Persistence } from "sds-wasm";
      import { ReliabilityManager as Inlined } from "sds-wasm/inline";
      import { IndexedDbPersistence } from "sds-wasm/indexeddb";
      import { LevelPersistence } from "sds-wasm/node";
      import { runPersistenceContract } from "sds-wasm/persistence-contract";
      const persistence: Persistence = await LevelPersistence.open("somewhere");
      const managers: ReliabilityManager[] = [await Inlined.create({ participantId: "alice", persistence })];
      runPersistenceContract({ open: (key) => IndexedDbPersistence.open(key), test: (name: string) => void name });
      // @ts-expect-error: without types of its own, everything would be accepted
      const wrong: number = new SdsError("InternalError", "text").code;
      export { managers, wrong };`;
    writeFileSync(join(user.dir, "user.mts"), source);
    const options = { moduleResolution, module, target: "es2022", lib: "es2022,dom", strict: "true" };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    // The package's own typings are checked as well: skipLibCheck is off by default.
    await run(process.execPath, [tsc, "--noEmit", ...flags, "user.mts"], user.dir);
  });
}
