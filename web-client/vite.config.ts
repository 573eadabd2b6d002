// Builds the client to dist/: index.html plus hashed files under assets/. Nothing inline, so that the page's policy needs
// neither 'unsafe-inline' nor 'unsafe-eval'.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const park = process.env.MUSICPARK_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [svelte()],
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
});
