// `npm start`: builds the demo page and serves it to a browser on this machine.

import { once } from "node:events";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { Failure, inRoot, say, whenMain } from "./common.mjs";
import { buildDemo } from "./demo.mjs";
import { serve } from "./serve.mjs";
import { setup } from "./setup.mjs";

const PORT = 8080;

const HELP = `Usage: npm start -- [options]

Builds the package and the demo page, then serves the page to a browser on this
machine until Ctrl-C.

  --port N   the port to serve it on, 1 to 65535
             (default: ${PORT}, or the next one that is free)
  --help     this text

\`npm run example\` shows the same job in a terminal.`;

/** Where to listen, or undefined if it was help that was asked for. */
function readOptions(args) {
  let given;
  try {
    given = parseArgs({ args, options: { port: { type: "string" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    // The first sentence says it; the rest is advice on what does not apply here.
    throw new Failure(`${error.message.split(/\.\s/)[0]}\nTry --help.`);
  }
  if (given.help) return undefined;
  if (given.port === undefined) return { port: PORT, orNext: true };
  const port = Number(given.port);
  if (/^\d+$/.test(given.port) && port >= 1 && port <= 65_535) return { port };
  throw new Failure(`--port must be a whole number from 1 to 65535, got "${given.port}"\nTry --help.`);
}

await whenMain(import.meta.url, async (args) => {
  const where = readOptions(args);
  if (!where) return console.log(HELP);
  await setup();
  await build();
  buildDemo();
  const { origin, close } = await serve({ "/": inRoot("dist") }, where);
  say(`open ${origin}/ in a browser; Ctrl-C ends it`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await close();
});
