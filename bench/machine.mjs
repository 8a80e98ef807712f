// Where and of what something was measured.

import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { probe, readJson } from "../js/build/common.mjs";

export function machine() {
  const [{ model }] = cpus();
  return {
    cpu: model,
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 1e9)} GB`,
    system: `${platform()} ${release()}, ${arch()}`,
    load: loadavg()[0],
  };
}

export function versions(places) {
  return {
    "sds-wasm": `${readJson("pkg", "package.json").version} (${probe("git", ["describe", "--always", "--dirty"]) ?? "no git"})`,
    "@waku/sds": readJson("node_modules", "@waku", "sds", "package.json").version,
    ...Object.fromEntries(places.map(({ name, version }) => [name, version])),
  };
}
