// The pretended park as files, built once and served on a free port: for pictures, and for the browser tests to look at screens.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Builds and serves it; `url` is the page's, to which a query is added. `page`: another one of dev/. `minify`: as in the real
 * build, to measure. `close` leaves nothing behind.
 */
export async function servePretended({ page = "index.html", minify = false } = {}) {
  const outDir = await mkdtemp(join(tmpdir(), "musicpark-pretended."));
  const forget = () => rm(outDir, { recursive: true, force: true });
  // The client's own configuration without what it does for the server's answers: the parts of PixiJS are those of the real build.
  const shared = { root: ROOT, configFile: join(ROOT, "vite.config.ts"), mode: "pretended", logLevel: "error" };
  try {
    await build({
      ...shared,
      base: "/",
      build: { outDir, emptyOutDir: true, minify, rolldownOptions: { input: join(ROOT, "dev", page) } },
    });
    const server = await preview({
      ...shared,
      build: { outDir },
      preview: { port: 0, host: "127.0.0.1", proxy: {}, open: false },
    });
    const close = async () => {
      await server.close();
      await forget();
    };
    return { url: `http://127.0.0.1:${server.httpServer.address().port}/dev/${page.replace("index.html", "")}`, close };
  } catch (why) {
    await forget();
    throw why;
  }
}
