//! The contrast table of DESIGN.md, measured on the tokens themselves: text 4.5 and more, borders of fields and focus 3 and more.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { channels } from "../draw/colour";
import { HUES } from "../draw/palette";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const [dark, light] = css.split("@media (prefers-color-scheme: light)");

function token(theme: string, name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(theme);
  if (!found) throw new Error(`There is no token --${name}.`);
  return found[1];
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

describe.each([
  ["dark", dark, "#f6f0e2", 0.07],
  ["light", light, "#1a2a2b", 0.06],
] as const)("%s", (_name, theme, softInk, softAlpha) => {
  const get = (name: string) => token(theme, name);
  const grounds = [get("ground"), get("surface"), get("raised"), over(softInk, softAlpha, get("surface"))];

  it.each(["text", "muted", "ok", "warn", "danger", "link"])("%s reads on every surface", (name) => {
    for (const ground of grounds) expect(contrast(get(name), ground)).toBeGreaterThanOrEqual(4.9);
  });

  it.each(Object.keys(HUES))("the hue %s reads on the panels", (hue) => {
    for (const ground of [get("ground"), get("surface"), get("raised")])
      expect(contrast(get(hue), ground)).toBeGreaterThanOrEqual(4.9);
  });

  it("the primary button's words read on it", () => {
    expect(contrast(get("on-accent"), get("accent"))).toBeGreaterThanOrEqual(4.9);
  });

  it("borders of fields and the focus ring are seen", () => {
    for (const ground of [get("ground"), get("surface"), get("raised")]) {
      expect(contrast(get("field"), ground)).toBeGreaterThanOrEqual(3);
      expect(contrast(get("focus"), ground)).toBeGreaterThanOrEqual(3);
    }
  });
});

it("words on a filled hue read", () => {
  for (const hue of Object.values(HUES)) expect(contrast(token(dark, "on-hue"), hue)).toBeGreaterThanOrEqual(4.9);
  for (const hue of Object.keys(HUES))
    expect(contrast(token(light, "surface"), token(light, hue))).toBeGreaterThanOrEqual(4.9);
});

it("labels in the world read over the brightest lawn", () => {
  expect(contrast("#F6F0E2", over("#10191B", 0.88, "#F6E3BC"))).toBeGreaterThanOrEqual(4.9);
});
