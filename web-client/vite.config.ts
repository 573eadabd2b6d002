// Builds the client to dist/: index.html plus hashed files under assets/. Nothing inline, so that the page's policy needs
// neither 'unsafe-inline' nor 'unsafe-eval'.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { firstResponse } from "./first.build";

const park = process.env.MUSICPARK_URL ?? "http://127.0.0.1:8080";

/**
 * PixiJS's index, and what it calls at once to register everything it has. The scene names the parts it draws with instead
 * (src/scene/renderer.ts); taken for modules without side effects these leave the rest out of the build.
 */
const PIXI_REGISTERS = /\/pixi\.js\/lib\/(index|(rendering|spritesheet)\/init|rendering\/.*\/textureFrom)\.mjs$/;
const onlyNamedPartsOfPixi: Plugin = {
  name: "only-named-parts-of-pixi",
  apply: "build",
  transform: { filter: { id: PIXI_REGISTERS }, handler: (code) => ({ code, map: null, moduleSideEffects: false }) },
};

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), mode === "pretended" ? null : firstResponse, onlyNamedPartsOfPixi],
  build: {
    target: "es2022",
    outDir: "dist",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 5173,
    proxy: { "/api": park, "/audio": park, "/ws": { target: park, ws: true } },
  },
}));
