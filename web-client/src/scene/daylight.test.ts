//! What light people see at which hour of the park.

import { describe, expect, it } from "vitest";
import { channels } from "../draw/colour";
import { blend, evening, PALETTES, type Palette } from "../draw/palette";
import { lightAt, paletteOf } from "./daylight";

const OPENED = 1_700_000_000_000_000;
const at = (minutes: number) => lightAt(OPENED + minutes * 60e6, OPENED);
const paletteAt = (minutes: number) => paletteOf(at(minutes));

describe("the park's light", () => {
  it("is dusk when a park opens, then night, then day, forty minutes each, and dusk again", () => {
    expect([0, 36, 40, 76, 80, 116, 120].map((minutes) => at(minutes).from)).toEqual([
      "dusk",
      "dusk",
      "night",
      "night",
      "day",
      "day",
      "dusk",
    ]);
  });

  it("stands still for 37 minutes and is half way to the next one and a half later", () => {
    expect(paletteAt(36.9)).toBe(PALETTES.dusk);
    expect(at(38.5)).toEqual({ from: "dusk", to: "night", t: 0.5 });
    expect(paletteAt(40)).toBe(PALETTES.night);
  });

  it("never jumps: at no moment of two hours does a colour move by more than four levels", () => {
    const colours = (p: Palette) => Object.values(p).flatMap((v) => (typeof v === "string" ? channels(v) : []));
    let before = colours(paletteAt(0));
    for (let s = 1; s <= 7_200; s++) {
      const now = colours(paletteAt(s / 60));
      expect(Math.max(...now.map((v, i) => Math.abs(v - before[i])))).toBeLessThanOrEqual(4);
      before = now;
    }
  });

  it("is the same for a clock that is still behind the park's opening", () => {
    expect(lightAt(OPENED - 60e6, OPENED)).toEqual({ ...at(119) });
  });

  it("hands out the same colours as long as it is the same, so that nothing is drawn twice", () => {
    const first = paletteAt(38);
    expect(paletteAt(38.01)).toBe(first);
  });
});

const lower = (p: Palette) =>
  Object.fromEntries(Object.entries(p).map(([name, v]) => [name, typeof v === "string" ? v.toLowerCase() : v]));

describe("a palette between two lights", () => {
  it("is each of them at its end and between them in the middle", () => {
    expect(lower(blend(PALETTES.day, PALETTES.night, 0))).toEqual(lower(PALETTES.day));
    expect(lower(blend(PALETTES.day, PALETTES.night, 1))).toEqual(lower(PALETTES.night));
    const half = blend(PALETTES.day, PALETTES.night, 0.5);
    expect(half.glow).toBeCloseTo(0.56);
    expect(channels(half.lawn)).toEqual([88, 137, 111]);
  });

  it("lets fireflies out from dusk on and none by day", () => {
    expect([evening(PALETTES.day), evening(PALETTES.dusk), evening(PALETTES.night)]).toEqual([0, 1, 1]);
  });
});
