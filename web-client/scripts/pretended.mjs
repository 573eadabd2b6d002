// The pretended park as files, built once and served on a free port: for pictures, and for the browser tests to look at screens.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, preview } from "vite";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Builds and serves it; `url` is the page's, to which a query is added. `page`: another one of dev/. `minify`: as in the real
 * build, to measure. `close` leaves nothing behind.
 */
export async function servePretended({ page = "index.html", minify = false } = {}) {
  const outDir = await mkdtemp(join(tmpdir(), "musicpark-pretended."));
  const forget = () => rm(outDir, { recursive: true, force: true });
  // Not the client's own configuration: what that does for the server's answers has no place here.
  const shared = { root: ROOT, configFile: false, plugins: [svelte()], logLevel: "error" };
  try {
    await build({
      ...shared,
      build: {
        outDir,
        emptyOutDir: true,
        target: "es2022",
        assetsInlineLimit: 0,
        minify,
        rolldownOptions: { input: join(ROOT, "dev", page) },
      },
    });
    const server = await preview({
      ...shared,
      build: { outDir },
      preview: { port: 0, host: "127.0.0.1", open: false },
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
