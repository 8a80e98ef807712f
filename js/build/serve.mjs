// A static server on this machine, for the demo page and for tests in browsers.

import { createServer } from "node:http";
import { Failure } from "./common.mjs";

const HOST = "127.0.0.1";

/** How many ports to try after the first. */
const MORE_PORTS = 20;

/** The listener that serves the folders of `mounts`: for a request the one with the longest path that fits. */
async function handlerOf(mounts, headersOf) {
  // Loaded here, because setup installs it.
  const { default: sirv } = await import("sirv");
  // `dev`: read anew for each request, and checked by etag instead of cached.
  const options = { dev: true, etag: true };
  const folders = Object.entries(mounts).map(([path, folder]) => ({ path, serve: sirv(folder, options) }));
  folders.sort((a, b) => b.path.length - a.path.length);
  return (request, response) => {
    for (const [name, value] of Object.entries(headersOf(request))) response.setHeader(name, value);
    const mount = folders.find(({ path }) => request.url.startsWith(path));
    if (!mount) return response.writeHead(404).end();
    request.url = request.url.slice(mount.path.length - 1);
    return mount.serve(request, response);
  };
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve(server.address().port);
    });
  });
}

/** The first of `ports` that is free. */
async function listenOnFirst(server, ports) {
  for (const port of ports) {
    try {
      return await listen(server, port);
    } catch (error) {
      if (error.code === "EACCES") throw new Failure(`port ${port} needs more rights: choose one above 1023 by --port`);
      if (error.code !== "EADDRINUSE") throw error;
    }
  }
  const [first, last] = [ports.at(0), ports.at(-1)];
  const taken = first === last ? `port ${first} is in use` : `ports ${first} to ${last} are in use`;
  throw new Failure(`${taken}: choose another by --port`);
}

/**
 * Serves folders: `mounts` maps "/", "/path/" and so on to them. On `port` (0: any), or with `orNext` on one of those
 * after it. `headersOf` gives more headers for a request. Resolves with the origin to find it at, and what ends it.
 */
export async function serve(mounts, { port = 0, orNext = false, headersOf = () => ({}) } = {}) {
  const server = createServer(await handlerOf(mounts, headersOf));
  const last = orNext ? Math.min(port + MORE_PORTS, 65_535) : port;
  const ports = Array.from({ length: last - port + 1 }, (_, more) => port + more);
  const origin = `http://localhost:${await listenOnFirst(server, ports)}`;
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { origin, close };
}
