// Opens a folder in a process of its own and prints what came of it: `node level-open.mjs FOLDER`.

import { importPackage } from "./package.mjs";

const { LevelPersistence } = await importPackage("sds-wasm/node");

try {
  const persistence = await LevelPersistence.open(process.argv[2]);
  await persistence.close();
  console.log(JSON.stringify({ opened: true }));
} catch (error) {
  console.log(
    JSON.stringify({ opened: false, code: error.code, message: error.message, cause: error.cause?.cause?.code }),
  );
}
