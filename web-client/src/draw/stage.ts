//! The shell: nested arches, the emblem of the park. Each arch shows one band of the music.

import { mix, rgba } from "./colour";
import { LAMP, type Palette } from "./palette";
import { type Ctx, circ, ell, glow, K, paper, rr } from "./shapes";

/** Arches of a shell, outermost first; one for each band of the analyser. */
export const ARCHES = 6;

const ramp = (hue: string): string[] => [
  "#2F2753",
  mix(hue, "#4B2F74", 0.76),
  mix(hue, "#8A3D78", 0.48),
  hue,
  mix("#FFC98A", hue, 0.35),
  "#FFDFA8",
];

function arch(c: Ctx, x: number, y: number, rx: number, ry: number): void {
  c.moveTo(x - rx, y);
  c.bezierCurveTo(x - rx, y - ry * 1.33, x + rx, y - ry * 1.33, x + rx, y);
  c.closePath();
}

function radii(i: number, R: number): [number, number] {
  const q = 1 - i * 0.135;
  return [R * q, R * 0.86 * q];
}

/** Bulbs of the arch `i`, in order. They follow the same curve as its edge. */
function bulbsOf(i: number, x: number, y: number, R: number): [number, number][] {
  if (i >= ARCHES - 1) return [];
  const [rx, ry] = radii(i, R);
  const n = Math.round((30 * rx) / R);
  const rq = rx - R * 0.067;
  const rk = ry - R * 0.058;
  return Array.from({ length: n - 1 }, (_, j) => {
    const t = (j + 1) / n;
    const u = 1 - t;
    return [
      x + rq * (-(u ** 3) - 3 * u * u * t + 3 * u * t * t + t ** 3),
      y - rk * 1.33 * (3 * u * u * t + 3 * u * t * t),
    ];
  });
}

/** The shell at rest, as it is when it plays. */
export function shell(c: Ctx, p: Palette, x: number, y: number, R: number, hue: string): void {
  const colours = ramp(hue);
  ell(c, x + R * 0.05, y + R * 0.02, R * 1.06, R * 0.2, rgba(p.shade, 0.34));
  for (let i = 0; i < ARCHES; i++) {
    const [rx, ry] = radii(i, R);
    paper(
      c,
      p,
      () => {
        c.fillStyle = mix(colours[i], "#FFFFFF", 0.03);
        c.beginPath();
        arch(c, x, y, rx, ry);
        c.fill();
      },
      0.5,
      R * 0.07,
      R * 0.02,
    );
    for (const [bx, by] of bulbsOf(i, x, y, R)) circ(c, bx, by, R * 0.0088, mix(colours[i + 1], "#FFF6DC", 0.62));
  }
}

/** The box in which arch `i` of a shell at (0, 0) lies. */
export function archBox(i: number, R: number): { x: number; y: number; w: number; h: number } {
  const [rx, ry] = radii(i, R);
  return { x: -rx - 2, y: -ry - 2, w: 2 * rx + 4, h: ry + 4 };
}

/** The band of arch `i` alone: between its edge and that of the next one. */
function band(c: Ctx, x: number, y: number, R: number, i: number): void {
  const [rx, ry] = radii(i, R);
  c.beginPath();
  arch(c, x, y, rx, ry);
  if (i === ARCHES - 1) return;
  const [ix, iy] = radii(i + 1, R);
  arch(c, x, y, ix, iy);
}

/** Arch `i` unlit, to be laid over the shell where no music plays: inner arches, brighter when lit, lose more, but keep their bulbs. */
export function archDark(c: Ctx, x: number, y: number, R: number, hue: string, i: number): void {
  band(c, x, y, R, i);
  c.fillStyle = mix(ramp(hue)[i], "#2F2753", 0.2 + (0.4 * i) / ARCHES);
  c.fill("evenodd");
  for (const [bx, by] of bulbsOf(i, x, y, R))
    circ(c, bx, by, R * 0.0088, i < 2 ? mix(ramp(hue)[i + 1], "#8D86A8", 0.4) : mix(ramp(hue)[i + 1], LAMP, 0.6));
}

/** What is added over arch `i` when its band is loud. */
export function archLight(c: Ctx, x: number, y: number, R: number, hue: string, i: number): void {
  band(c, x, y, R, i);
  c.fillStyle = rgba(mix(hue, LAMP, 0.5), 0.3);
  c.fill("evenodd");
}

/** The shine of every other bulb of the shell, from the first (`from` 0) or the second (1). */
export function bulbLight(c: Ctx, x: number, y: number, R: number, hue: string, from: 0 | 1): void {
  for (let i = 0; i < ARCHES - 1; i++)
    bulbsOf(i, x, y, R).forEach(([bx, by], j) => {
      if ((i + j) % 2 === from) glow(c, bx, by, R * 0.06, mix(hue, LAMP, 0.6), 0.7);
    });
}

/** The wooden stage. Its slats are sprites of their own: see [`slats`]. */
export function deck(c: Ctx, p: Palette, x: number, y: number, w: number, h: number, hue: string): void {
  const d = h * K;
  paper(
    c,
    p,
    () => {
      c.fillStyle = p.woodLo;
      c.beginPath();
      c.moveTo(x - w, y - d * 0.55);
      c.lineTo(x + w, y - d * 0.55);
      c.lineTo(x + w, y + 20);
      c.quadraticCurveTo(x, y + d + 34, x - w, y + 20);
      c.closePath();
      c.fill();
    },
    0.55,
    22,
    10,
  );
  c.fillStyle = "#3A2A49";
  c.beginPath();
  c.moveTo(x - w, y);
  c.quadraticCurveTo(x, y + d, x + w, y);
  c.lineTo(x + w, y + 20);
  c.quadraticCurveTo(x, y + d + 34, x - w, y + 20);
  c.closePath();
  c.fill();
  c.fillStyle = p.wood;
  c.beginPath();
  c.moveTo(x - w, y - d * 0.55);
  c.lineTo(x + w, y - d * 0.55);
  c.lineTo(x + w, y);
  c.quadraticCurveTo(x, y + d, x - w, y);
  c.closePath();
  c.fill();
  c.save();
  c.clip();
  c.strokeStyle = rgba(p.woodLo, 0.5);
  c.lineWidth = 1.4;
  for (let i = -9; i <= 9; i++) {
    c.beginPath();
    c.moveTo(x + ((i * w) / 9) * 0.86, y - d);
    c.lineTo(x + ((i * w) / 9) * 1.06, y + d);
    c.stroke();
  }
  const g = c.createLinearGradient(0, y - d * 0.5, 0, y + d * 0.7);
  g.addColorStop(0, rgba(mix(hue, LAMP, 0.6), 0.6));
  g.addColorStop(1, rgba(hue, 0.05));
  c.fillStyle = g;
  c.fillRect(x - w, y - d, 2 * w, 3 * d);
  c.restore();
}

/** Feet of the slats along the deck's front, and which band each follows. */
export function slats(
  x: number,
  y: number,
  w: number,
  h: number,
): { x: number; y: number; band: number; give: number }[] {
  const d = h * K;
  const n = 44;
  return Array.from({ length: n }, (_, i) => {
    const t = ((i + 0.5) / n) * 2 - 1;
    return {
      x: x + t * w,
      y: y + 19 + (1 - t * t) * (d * 0.5 + 7),
      band: Math.min(5, (Math.abs(t) * 6) | 0),
      give: 0.55 + 0.45 * Math.sin(i * 12.9898) ** 2,
    };
  });
}

/** The slats at rest, for pictures that do not move. */
export function stillSlats(c: Ctx, x: number, y: number, w: number, h: number, hue: string, level: number): void {
  for (const s of slats(x, y, w, h)) {
    const a = level * s.give;
    const high = 4 + 11 * a;
    rr(c, s.x - 2.6, s.y - high, 5.2, high, 2, mix(mix(hue, "#5A2F63", 0.45), "#FFE9B8", a * 0.85));
  }
}
