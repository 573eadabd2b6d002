import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** Svelte 5 in runes mode everywhere; styles are written to hashed files, as the page's policy allows no style element. */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true, css: "external" },
};
