// Puts the join screen into the build as first.json, for the server's first response. See src/first/render.ts.
import { rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type Plugin } from "vite";

/** Where the renderer is built to and run from: within node_modules, so that it finds svelte. */
const WORKSHOP = "node_modules/.first";

export const firstResponse: Plugin = {
  name: "first-response",
  apply: "build",
  async generateBundle() {
    await build({
      configFile: false,
      logLevel: "warn",
      plugins: [svelte()],
      build: {
        ssr: "src/first/render.ts",
        outDir: WORKSHOP,
        emptyOutDir: true,
        copyPublicDir: false,
        target: "es2022",
      },
    });
    withoutBrowser();
    const { firstResponse } = await import(pathToFileURL(`${WORKSHOP}/render.js`).href);
    this.emitFile({ type: "asset", fileName: "first.json", source: JSON.stringify(firstResponse()) });
    await rm(WORKSHOP, { recursive: true });
  },
};

/** What the park asks of a browser when it is made: the answers of a wide, quiet one. */
function withoutBrowser(): void {
  const quiet = { addEventListener() {}, removeEventListener() {} };
  const root = { dataset: {}, style: { setProperty() {} }, toggleAttribute() {} };
  const window = { ...quiet, innerHeight: 900, visualViewport: null };
  const matchMedia = (query: string) => ({ ...quiet, matches: query.includes("min-width") });
  Object.assign(globalThis, { window, matchMedia, document: { documentElement: root } });
}
