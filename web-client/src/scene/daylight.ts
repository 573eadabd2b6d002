//! The park's light by the park's own clock, the same for everybody: dusk, night and day in turn, each blending into the next.

import { mix, rgba } from "../draw/colour";
import { blend, evening, type Light, PALETTES, type Palette } from "../draw/palette";
import type { Boot } from "../protocol/generated";

/** How long each light lasts, its blending included, and how long it blends into the next; in microseconds. */
const LASTS_US = 40 * 60e6;
const BLENDS_US = 3 * 60e6;
/** A park opens at dusk. */
const ORDER: readonly Light[] = ["dusk", "night", "day"];
/**
 * A blend is drawn in so many steps, one every 3 s: no colour moves by more than four of 255 levels at a step, which
 * nobody sees, and there is time between two to draw everything anew in idle moments.
 */
const STEPS = 60;

/** Between which lights the park stands, and how far: `t` is 0 in the first, 1 in the second, in steps. */
export interface Daylight {
  from: Light;
  to: Light;
  t: number;
}

/** The light at a park time; both in microseconds of the park's clock. */
export function lightAt(nowUs: number, openedUs: number): Daylight {
  const day = LASTS_US * ORDER.length;
  const since = (((nowUs - openedUs) % day) + day) % day;
  const i = Math.floor(since / LASTS_US);
  const left = LASTS_US - (since - i * LASTS_US);
  return {
    from: ORDER[i],
    to: ORDER[(i + 1) % ORDER.length],
    t: Math.floor(Math.max(0, 1 - left / BLENDS_US) * STEPS) / STEPS,
  };
}

let last: { key: string; palette: Palette } | null = null;

/** Every colour of the world in a light; the same object as long as the light is the same. */
export function paletteOf({ from, to, t }: Daylight): Palette {
  const key = `${from} ${to} ${t}`;
  if (last?.key !== key) last = { key, palette: t === 0 ? PALETTES[from] : blend(PALETTES[from], PALETTES[to], t) };
  return last.palette;
}

/** The world's colours at a park time (microseconds) in the park that this page came from. */
export const paletteNow = (nowUs: number, boot: Boot): Palette => paletteOf(lightAt(nowUs, boot.opened_us));

/** The custom properties behind and over the canvas in a light: the lawn, and the shade its edges fall into. */
export const surroundings = (p: Palette): Record<`--${string}`, string> => ({
  "--lawn": p.lawn,
  "--edges": rgba(mix(p.shade, "#0A0A20", 0.45), 0.26 + 0.36 * evening(p)),
});
