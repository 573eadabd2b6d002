//! Trees, bushes and grass, each from a seed.

import { mix, rgba } from "./colour";
import { evening, type Palette } from "./palette";
import { blobs, type Ctx, capsule, circ, ell, rng, rr, shadow } from "./shapes";

export type TreeKind = "round" | "pine" | "poplar" | "blossom";

/** The lit edge of a tree near a stage: from which side (-1 or 1), in which colour. It shows as far as it is evening. */
export interface Rim {
  dx: number;
  col: string;
}

/** Which kind the seed grows. */
export function treeKind(seed: number): TreeKind {
  const kinds: TreeKind[] = ["round", "round", "pine", "poplar", "round", "blossom"];
  return kinds[(rng(seed * 7919 + 13)() * kinds.length) | 0];
}

/** A tree whose trunk stands at (x, y); about 100 high at scale 1. */
export function tree(
  c: Ctx,
  p: Palette,
  x: number,
  y: number,
  s: number,
  seed: number,
  kind: TreeKind | undefined,
  rim: Rim | null,
): void {
  const r = rng(seed * 7919 + 13);
  const k = kind ?? treeKind(seed);
  if (!kind) r();
  c.save();
  shadow(c, p, x, y, 25 * s, 0.34);
  c.translate(x, y);
  c.scale(s, s);
  if (k === "pine") pine(c, p, rim);
  else if (k === "poplar") poplar(c, p, rim);
  else roundTree(c, p, r, k === "blossom", rim);
  c.restore();
}

function pine(c: Ctx, p: Palette, rim: Rim | null): void {
  rr(c, -3, -12, 6, 12, 2, p.woodLo);
  for (let i = 0; i < 3; i++) {
    const w = 26 - i * 6;
    const b = -8 - i * 19;
    const t = b - 31;
    c.fillStyle = p.pine;
    c.beginPath();
    c.moveTo(0, t);
    c.quadraticCurveTo(w * 0.35, b - 12, w, b);
    c.quadraticCurveTo(0, b + 8, -w, b);
    c.quadraticCurveTo(-w * 0.35, b - 12, 0, t);
    c.fill();
    c.fillStyle = rgba(p.shade, 0.22);
    c.beginPath();
    c.moveTo(0, t);
    c.quadraticCurveTo(w * 0.35, b - 12, w, b);
    c.quadraticCurveTo(w * 0.5, b + 4, w * 0.2, b + 4);
    c.quadraticCurveTo(4, b - 14, 0, t);
    c.fill();
    if (rim) {
      c.fillStyle = rgba(rim.col, 0.34 * evening(p));
      c.beginPath();
      c.moveTo(0, t);
      c.quadraticCurveTo(rim.dx * w * 0.35, b - 12, rim.dx * w, b);
      c.quadraticCurveTo(rim.dx * (w * 0.35 - 4), b - 11, 0, t);
      c.fill();
    }
  }
}

function poplar(c: Ctx, p: Palette, rim: Rim | null): void {
  rr(c, -3, -16, 6, 16, 2, p.woodLo);
  const leaf = () => {
    c.beginPath();
    c.moveTo(0, -98);
    c.bezierCurveTo(13, -84, 20, -54, 17, -30);
    c.bezierCurveTo(15, -12, -15, -12, -17, -30);
    c.bezierCurveTo(-20, -54, -13, -84, 0, -98);
    c.closePath();
  };
  c.save();
  leaf();
  c.fillStyle = rim ? mix(p.leafA, rim.col, 0.5 * evening(p)) : p.leafA;
  c.fill();
  c.clip();
  c.translate(rim ? -rim.dx * 2.4 : 0, rim ? 1 : 0);
  c.fillStyle = p.leafA;
  leaf();
  c.fill();
  c.fillStyle = p.leafLo;
  c.beginPath();
  c.moveTo(1, -98);
  c.bezierCurveTo(6, -70, -4, -50, 5, -34);
  c.bezierCurveTo(9, -24, 3, -16, 0, -8);
  c.lineTo(30, -8);
  c.lineTo(30, -98);
  c.fill();
  for (const [a, b, q] of [
    [-8, -40, 3],
    [-6, -58, 2.6],
    [-3, -74, 2.2],
    [-10, -28, 2.6],
  ])
    ell(c, a, b, q, q * 1.9, rgba(p.leafHi, 0.4));
  c.restore();
}

function roundTree(c: Ctx, p: Palette, r: () => number, blossom: boolean, rim: Rim | null): void {
  const main = blossom ? p.blossom : r() < 0.5 ? p.leafA : p.leafB;
  const lo = blossom ? mix(p.blossom, p.shade, 0.35) : mix(main, p.leafLo, 0.75);
  const hi = blossom ? mix(p.blossom, "#FFFFFF", 0.4) : mix(main, p.leafHi, 0.5);
  capsule(c, 0, 0, 0, -26, 7, p.wood);
  capsule(c, 2, 0, 2, -24, 3, p.woodLo);
  capsule(c, 0, -18, 9, -30, 4, p.woodLo);
  const crown = [
    [0, -52, 21],
    [-17, -42, 15],
    [17, -42, 15],
    [-8, -62, 14],
    [9, -60, 14],
  ].map(([a, b, q]) => [a + r() * 5 - 2.5, b + r() * 5 - 2.5, q + r() * 4 - 1]);
  blobs(
    c,
    crown.map(([a, b, q]) => [a + 2, b + 3, q + 1]),
    lo,
  );
  const upper = crown.map(([a, b, q]) => [a - 2, b - 3, q - 2.5]);
  c.save();
  blobs(c, upper, rim ? mix(main, rim.col, 0.62 * evening(p)) : main);
  if (rim) {
    c.clip();
    blobs(
      c,
      upper.map(([a, b, q]) => [a - rim.dx * 2.6, b + 1.2, q]),
      main,
    );
  }
  c.restore();
  for (const [a, b, q] of upper.slice(0, 4)) {
    c.fillStyle = rgba(hi, 0.6);
    c.beginPath();
    c.arc(a, b, q * 0.72, Math.PI * 0.95, Math.PI * 1.6);
    c.arc(a + q * 0.16, b + q * 0.16, q * 0.62, Math.PI * 1.6, Math.PI * 0.95, true);
    c.fill();
  }
  if (blossom || r() < 0.3)
    for (let i = 0; i < 11; i++)
      circ(c, r() * 40 - 20, -38 - r() * 32, 1.3, mix(p.blossom, "#FFFFFF", blossom ? 0.65 : 0.1));
}

/** A bush with five flowers. */
export function bush(c: Ctx, p: Palette, x: number, y: number, s: number, seed: number): void {
  const r = rng(seed * 131 + 7);
  c.save();
  shadow(c, p, x, y, 18 * s, 0.28);
  c.translate(x, y);
  c.scale(s, s);
  const main = r() < 0.5 ? p.leafA : p.leafB;
  const balls = [
    [-11, -7, 10],
    [0, -11, 12],
    [11, -7, 10],
  ];
  blobs(
    c,
    balls.map(([a, b, q]) => [a + 1, b + 2, q + 1]),
    mix(main, p.leafLo, 0.8),
  );
  blobs(
    c,
    balls.map(([a, b, q]) => [a - 1, b - 1, q - 1.5]),
    main,
  );
  blobs(
    c,
    balls.map(([a, b, q]) => [a - 3, b - 4, q * 0.4]),
    mix(main, p.leafHi, 0.55),
  );
  const flower = ["#FFE08A", "#FFFFFF", p.blossom][(r() * 3) | 0];
  for (let i = 0; i < 5; i++) circ(c, r() * 30 - 15, -4 - r() * 13, 1.5, flower);
  c.restore();
}

/** A tuft of grass, or three small flowers. */
export interface Tuft {
  x: number;
  y: number;
  /** 0 to 1: what grows here. */
  kind: number;
  petals: readonly [number, number][];
}

/** Sows `n` tufts over a rectangle. Drawn from the same list, pieces of ground meet without a seam. */
export function sow(n: number, x0: number, y0: number, w: number, h: number, seed: number): Tuft[] {
  const r = rng(seed);
  return Array.from({ length: n }, () => ({
    x: x0 + r() * w,
    y: y0 + r() * h,
    kind: r(),
    petals: [0, 1, 2].map(() => [r() * 14 - 7, r() * 8 - 4] as [number, number]),
  }));
}

/** Grass and small flowers. */
export function tufts(c: Ctx, p: Palette, sown: Iterable<Tuft>): void {
  c.lineWidth = 1.6;
  c.lineCap = "round";
  for (const { x, y, kind, petals } of sown) {
    if (kind < 0.72) {
      c.strokeStyle = kind < 0.36 ? p.lawnHi : p.lawnLo;
      c.beginPath();
      for (const d of [-3, 0, 3]) {
        c.moveTo(x + d * 0.4, y);
        c.lineTo(x + d, y - 5 + Math.abs(d) * 0.4);
      }
      c.stroke();
    } else {
      const colour = kind < 0.8 ? "#FFF6DE" : kind < 0.88 ? p.blossom : kind < 0.94 ? "#FFD873" : "#B9A7F2";
      // Flowers shine by day and close into the lawn's colour at night.
      for (const [dx, dy] of petals) circ(c, x + dx, y + dy, 1.7, mix(colour, p.lawn, 0.18 + 0.3 * p.glow));
    }
  }
}

/** Soft large patches of lighter and darker lawn; those that reach into `box` are drawn. */
export function patches(
  c: Ctx,
  p: Palette,
  n: number,
  all: { x: number; y: number; w: number; h: number },
  seed: number,
  box: { x: number; y: number; w: number; h: number },
): void {
  const r = rng(seed);
  for (let i = 0; i < n; i++) {
    const fill = rgba(r() < 0.5 ? p.lawnHi : p.lawnLo, 0.16);
    const [x, y] = [all.x + r() * all.w, all.y + r() * all.h];
    const [rx, ry] = [60 + r() * 150, (60 + r() * 150) * 0.43];
    if (x + rx < box.x || x - rx > box.x + box.w || y + ry < box.y || y - ry > box.y + box.h) continue;
    ell(c, x, y, rx, ry, fill);
  }
}
