//! The contrast table of DESIGN.md, measured on the tokens themselves, and that nothing beside them names a colour or a size.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { channels } from "../draw/colour";
import { HUE_NAMES, HUES, LAMP, PALETTES } from "../draw/palette";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const LABEL = { words: "#F6F0E2", ground: "#10191B", alpha: 0.88 };

type Theme = "light" | "dark";

/** The colour of a token in a theme, with its alpha. */
function token(theme: Theme, name: string): { colour: string; alpha: number } {
  const value = new RegExp(`--${name}: (.+);`).exec(css)?.[1];
  if (!value) throw new Error(`There is no token --${name}.`);
  const COLOUR = String.raw`(#[0-9a-f]{6}|rgb\([^)]*\))`;
  const pair = new RegExp(`^light-dark\\(${COLOUR}, ${COLOUR}\\)$`).exec(value);
  const one = pair ? pair[theme === "light" ? 1 : 2] : value;
  const rgb = /^rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)$/.exec(one);
  if (!rgb) return { colour: one, alpha: 1 };
  const hex = [rgb[1], rgb[2], rgb[3]].map((v) => Number(v).toString(16).padStart(2, "0")).join("");
  return { colour: `#${hex}`, alpha: Number(rgb[4]) / 100 };
}

function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map((v) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}

/** `top` at `alpha` over `under`. */
function over(top: string, alpha: number, under: string): string {
  const [a, b] = [channels(top), channels(under)];
  return `#${a
    .map((v, i) =>
      Math.round(v * alpha + b[i] * (1 - alpha))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** Every ground of the world, in every light. */
const WORLD = Object.values(PALETTES).flatMap((p) => [p.lawn, p.lawnHi, p.lawnLo, p.path, p.water, p.leafA, p.wood]);

describe.each(["dark", "light"] as const)("in the %s theme", (theme) => {
  const get = (name: string) => token(theme, name).colour;
  const tinted = (name: string, ground: string) => over(get(name), token(theme, name).alpha, get(ground));
  const panels = [get("ground"), get("surface"), get("raised")];
  const grounds = [...panels, tinted("soft", "surface"), tinted("press", "surface")];

  it.each(["text", "muted", "link"])("%s reads on every surface, pressed ones too", (name) => {
    for (const ground of grounds) expect(contrast(get(name), ground)).toBeGreaterThanOrEqual(4.9);
  });

  it.each(["ok", "warn", "danger"])("%s reads on every surface", (name) => {
    for (const ground of grounds.slice(0, 4)) expect(contrast(get(name), ground)).toBeGreaterThanOrEqual(4.9);
  });

  it.each(HUE_NAMES)("the hue %s reads on the panels, and words on it", (hue) => {
    for (const ground of panels) expect(contrast(get(hue), ground)).toBeGreaterThanOrEqual(4.9);
    expect(contrast(get("on-hue"), get(hue))).toBeGreaterThanOrEqual(4.9);
  });

  it.each(HUE_NAMES)("words read on the pale %s of a chip", (hue) => {
    expect(contrast(get("text"), over(get(hue), 0.22, get("surface")))).toBeGreaterThanOrEqual(4.9);
  });

  it("the primary button's words read on it, under the pointer too", () => {
    expect(contrast(get("on-accent"), get("accent"))).toBeGreaterThanOrEqual(4.9);
    expect(contrast(get("on-accent"), over(get("accent"), 0.9, get("text")))).toBeGreaterThanOrEqual(4.9);
  });

  it("borders of fields and the focus ring are seen", () => {
    for (const ground of panels) {
      expect(contrast(get("field"), ground)).toBeGreaterThanOrEqual(3);
      expect(contrast(get("focus"), ground)).toBeGreaterThanOrEqual(3);
    }
  });

  it("the two halves of the focus ring are seen against each other, so on any ground", () => {
    expect(contrast(get("focus"), get("focus-edge"))).toBeGreaterThanOrEqual(4.5);
  });
});

it("the dark theme's hues are the world's", () => {
  for (const hue of HUE_NAMES) expect(token("dark", hue).colour).toBe(HUES[hue].toLowerCase());
});

it("words on a hue of the world read", () => {
  for (const hue of HUE_NAMES) expect(contrast(token("dark", "on-hue").colour, HUES[hue])).toBeGreaterThanOrEqual(4.9);
});

it("labels in the world read over every ground in every light", () => {
  for (const ground of WORLD)
    expect(contrast(LABEL.words, over(LABEL.ground, LABEL.alpha, ground))).toBeGreaterThanOrEqual(4.9);
});

it("one's own ring and tag stand out from their label's ground", () => {
  for (const ground of WORLD) expect(contrast(LAMP, over(LABEL.ground, LABEL.alpha, ground))).toBeGreaterThanOrEqual(3);
});

it("the scene's focus ring is seen over every ground in every light", () => {
  const [ring, edge] = [token("dark", "focus-scene").colour, token("dark", "focus-scene-edge").colour];
  for (const ground of WORLD)
    expect(Math.max(contrast(ring, ground), contrast(edge, ground))).toBeGreaterThanOrEqual(3);
});

it("a code for cameras is dark on light", () => {
  expect(contrast(token("dark", "code").colour, token("dark", "on-code").colour)).toBeGreaterThanOrEqual(12);
});

describe("nothing beside the tokens", () => {
  const src = fileURLToPath(new URL("..", import.meta.url));
  /** Drawings in SVG: their colours are the drawing. */
  const DRAWINGS = ["parts/Logo.svelte", "parts/StillShell.svelte"];
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(svelte|css)$/.test(file) && file !== join("style", "tokens.css"))
    .map((file) => ({ file: file.replaceAll("\\", "/"), text: readFileSync(join(src, file), "utf8") }));

  /** What the files say of a property, as `file: value`. */
  const said = (property: RegExp) =>
    files.flatMap(({ file, text }) => [...text.matchAll(property)].map((found) => `${file}: ${found[1].trim()}`));

  it("names a colour", () => {
    const colours = files
      .filter(({ file }) => !DRAWINGS.includes(file))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/[\s:(,"'](#[0-9a-f]{3,8}|(?:rgba?|hsla?|oklch)\([^)]*\))(?=[\s;,)"'])/gi)].map(
          (found) => `${file}: ${found[1]}`,
        ),
      );
    expect(colours).toEqual([]);
  });

  it("names a size of type, and no size is under 12 px", () => {
    expect(said(/font-size:([^;}]+)/g).filter((one) => !/: var\(--size-(40|28|22|19|15|13)\)$/.test(one))).toEqual([]);
    expect([...css.matchAll(/--size-\d+: (\d+)px/g)].map((found) => Number(found[1]))).toEqual([
      40, 28, 22, 19, 15, 13,
    ]);
  });

  it("names a radius", () => {
    const known = /^(0|50%|inherit|var\(--radius(-small|-sheet|-round)?\))$/;
    const strange = said(/border-radius:([^;}]+)/g).filter((one) =>
      one
        .slice(one.indexOf(": ") + 2)
        .split(" ")
        .some((part) => !known.test(part)),
    );
    expect(strange).toEqual([]);
  });

  it("names how long something moves", () => {
    const timed = said(/(?:transition|animation)(?:-duration)?:([^;}]+)/g);
    expect(timed.filter((one) => /(?<![\w-])[1-9]\d*m?s\b/.test(one))).toEqual([]);
  });
});

it("digits stand still", () => {
  const base = readFileSync(new URL("./base.css", import.meta.url), "utf8");
  expect(base).toMatch(/font-variant-numeric: tabular-nums/);
});
