//! Lanterns, benches, speakers, the booth: what stands about.

import { mix } from "./colour";
import { LAMP, type Palette } from "./palette";
import { type Ctx, capsule, circ, ell, rr, shadow } from "./shapes";

export function lantern(c: Ctx, p: Palette, x: number, y: number, s = 1): void {
  shadow(c, p, x, y, 6 * s, 0.3);
  c.save();
  c.translate(x, y);
  c.scale(s, s);
  capsule(c, 0, 0, 0, -36, 3, p.woodLo);
  rr(c, -4, -2, 8, 3, 1.5, p.woodLo);
  rr(c, -5.5, -40, 11, 3, 1.5, p.woodLo);
  circ(c, 0, -45, 6.5, mix("#FFF3D2", LAMP, 0.35));
  rr(c, -4, -53, 8, 3, 1.5, p.woodLo);
  c.restore();
}

export function bench(c: Ctx, p: Palette, x: number, y: number, s = 1): void {
  c.save();
  shadow(c, p, x, y, 24 * s, 0.26);
  c.translate(x, y);
  c.scale(s, s);
  for (const d of [-18, 16]) rr(c, d, -10, 3, 10, 1, p.woodLo);
  for (const d of [-23, -18, -13]) rr(c, -24, d, 48, 3.6, 1.8, p.wood);
  rr(c, -25, -11, 50, 5, 2, mix(p.wood, "#FFFFFF", 0.12));
  c.restore();
}

/** A small radio, as stands on a Bench. */
export function radio(c: Ctx, p: Palette, x: number, y: number, s: number, hue: string): void {
  c.save();
  c.translate(x, y);
  c.scale(s, s);
  shadow(c, p, 0, 0, 14, 0.3);
  rr(c, -15, -20, 30, 19, 5, "#3A3154");
  for (const d of [-7, 7]) {
    circ(c, d, -10, 5.4, "#1B1630");
    circ(c, d, -10, 2.6, hue);
  }
  c.restore();
}

/** The cones of a loudspeaker: height over its foot and radius. */
export const CONES: readonly [number, number][] = [
  [-24, 12.5],
  [-53, 8.5],
];

/** A loudspeaker; its cones, which move, are drawn by [`cone`]. */
export function speaker(c: Ctx, p: Palette, x: number, y: number, s: number, hue: string): void {
  c.save();
  shadow(c, p, x, y, 20 * s, 0.4);
  c.translate(x, y);
  c.scale(s, s);
  rr(c, -18, -74, 36, 74, 6, "#2B2440");
  rr(c, -18, -74, 27, 74, 6, "#3A3154");
  for (const [yy, q] of CONES) circ(c, -1, yy, q + 2, "#1B1630");
  rr(c, -14, -70, 8, 2.5, 1, hue);
  c.restore();
}

/** A cone at rest, of the radius `q`. */
export function cone(c: Ctx, q: number, hue: string): void {
  circ(c, 0, 0, q * 0.86, mix("#4C4169", hue, 0.18));
  circ(c, 0, 0, q * 0.36, mix("#1B1630", hue, 0.35));
}

/** The table with two decks behind which the picker of the track stands. */
export function booth(c: Ctx, p: Palette, x: number, y: number, s: number, hue: string): void {
  c.save();
  c.translate(x, y);
  c.scale(s, s);
  shadow(c, p, 0, 0, 44, 0.35);
  rr(c, -44, -30, 88, 30, 8, "#2A2143");
  rr(c, -44, -34, 88, 10, 5, "#453860");
  for (const d of [-25, 25]) {
    ell(c, d, -30, 13, 5, "#17122A");
    ell(c, d, -30.5, 11, 4, "#2A2145");
    ell(c, d, -30.5, 3.4, 1.4, hue);
  }
  rr(c, -7, -32, 14, 4, 2, "#17122A");
  for (let i = 0; i < 3; i++) {
    const q = 13 - i * 4;
    c.strokeStyle = mix(hue, "#FFF0CF", i * 0.35 + 0.1);
    c.lineWidth = 2.3;
    c.lineCap = "round";
    c.beginPath();
    c.moveTo(-q, -5);
    c.bezierCurveTo(-q, -5 - q * 1.35, q, -5 - q * 1.35, q, -5);
    c.stroke();
  }
  c.restore();
}
