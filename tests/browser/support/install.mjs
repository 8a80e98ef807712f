// Once for all workers of a run: the packed package, installed from its tarball outside the repository.

import { installPackage } from "../../node/support/package.mjs";

/** The variable by which the workers know of the installation. */
export const INSTALLATION = "SDS_WASM_INSTALLATION";

export default async function install() {
  const { dir, cleanup } = await installPackage();
  process.env[INSTALLATION] = dir;
  return cleanup;
}
