//! Where rooms stand on the lawn: asked of the web client's own source, as no person knows coordinates.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./places.mjs";

const CLIENT = join(ROOT, "web-client");

/** The point in front of each room's door, nearest to `from` first. */
export async function doors(rooms, from) {
  const { plots, doorOf } = await source("/src/scene/plots.ts");
  return plots(rooms)
    .map((plot) => ({ room: plot.room, ...doorOf(plot) }))
    .sort((a, b) => Math.hypot(a.x - from.x, a.y - from.y) - Math.hypot(b.x - from.x, b.y - from.y));
}

async function source(path) {
  const { createServer } = await import(pathToFileURL(createRequire(join(CLIENT, "package.json")).resolve("vite")));
  const vite = await createServer({
    root: CLIENT,
    configFile: false,
    logLevel: "error",
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    return await vite.ssrLoadModule(path);
  } finally {
    await vite.close();
  }
}
