// Our filter alone: bench/filter.rs as a WebAssembly module, which is built for this.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cargoMetadata, run, WASM_TARGET } from "../../js/build/common.mjs";

const moduleFile = () => join(cargoMetadata().targetDir, WASM_TARGET, "release", "examples", "filter.wasm");

export async function buildFilter() {
  await run("cargo", ["build", "--locked", "--release", "--example", "filter", "--target", WASM_TARGET]);
}

/** An empty filter, as @waku/sds has it: ids are texts of 64 characters. */
export async function openFilter(dialect) {
  const module = await WebAssembly.compile(await readFile(moduleFile()));
  const { exports } = await WebAssembly.instantiate(module, importsOf(module));
  exports.clear(dialect === "rfc" ? 1 : 0);
  const encoder = new TextEncoder();
  const room = new Uint8Array(exports.memory.buffer, exports.id(), 64);
  const pass = (id) => encoder.encodeInto(id, room);
  return {
    insert(id) {
      pass(id);
      exports.insert();
    },
    lookup(id) {
      pass(id);
      return exports.contains() === 1;
    },
  };
}

/** The rest of the core comes along, and asks for functions that the filter never calls. */
function importsOf(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => {
      throw new Error(`the filter called ${name}`);
    };
  }
  return imports;
}
