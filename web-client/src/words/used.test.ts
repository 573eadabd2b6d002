//! Every word is said somewhere: what no screen says any more is taken out, so that nobody translates it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { words } from "./en";

const src = fileURLToPath(new URL("..", import.meta.url));
const code = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(svelte|ts)$/.test(file) && !/\.test\.ts$/.test(file) && !file.endsWith(join("words", "en.ts")))
  .map((file) => readFileSync(join(src, file), "utf8"))
  .join("\n");

/** Sentences of DESIGN.md that the server and the engine say themselves; pinned by en.test.ts to be the same. */
const SAID_FOR_US = ["words.account.wrong", "words.banner.cannotPlay"];

/** `a.b.c` down to the words themselves; a part reached by a key (`of[kind]`) or taken whole counts with all below it. */
function unused(value: object, path: string): string[] {
  return Object.entries(value).flatMap(([key, below]) => {
    const at = `${path}.${key}`;
    const said = new RegExp(`\\b${at.replaceAll(".", "\\.")}(?![\\w.])`);
    if (said.test(code)) return [];
    const deeper = below && typeof below === "object" && !Array.isArray(below);
    return deeper ? unused(below, at) : [at];
  });
}

it("says every word", () => {
  expect(unused(words, "words").filter((word) => !SAID_FOR_US.includes(word))).toEqual([]);
});
