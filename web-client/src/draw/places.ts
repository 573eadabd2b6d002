//! Bandstand, glasshouse, pond and fountain.

import { mix, rgba } from "./colour";
import { LAMP, type Palette } from "./palette";
import { type Ctx, capsule, circ, ell, glow, K, paper, poly, rng, rr, shadow, TAU } from "./shapes";

/** The bandstand's floor and back pillars; the people inside stand in front of it. */
export function bandstandFloor(c: Ctx, p: Palette, x: number, y: number, s: number, hue: string): void {
  c.save();
  shadow(c, p, x, y, 92 * s, 0.36);
  c.translate(x, y);
  c.scale(s, s);
  ell(c, 0, 4, 88, 88 * K * 0.78, p.stoneLo);
  ell(c, 0, -3, 88, 88 * K * 0.78, p.stone);
  ell(c, 0, -3, 70, 70 * K * 0.78, mix(p.stone, hue, 0.22));
  for (const [px, py] of pillars()) if (py < 0) capsule(c, px, py - 2, px, py - 62, 4, p.woodLo);
  c.restore();
}

/** The bandstand's front pillars and striped roof. */
export function bandstandRoof(c: Ctx, p: Palette, x: number, y: number, s: number, hue: string): void {
  c.save();
  c.translate(x, y);
  c.scale(s, s);
  for (const [px, py] of pillars()) if (py >= 0) capsule(c, px, py - 2, px, py - 62, 5, p.wood);
  const eaves = eight().map((a) => [Math.cos(a) * 96, Math.sin(a) * 96 * 0.46 - 62]);
  const next = (i: number) => eaves[(i + 1) % 8];
  const order = [...eaves.keys()].sort((a, b) => eaves[a][1] + next(a)[1] - (eaves[b][1] + next(b)[1]));
  const roof = mix(hue, p.shade, 0.12 + 0.25 * p.glow);
  for (const i of order) {
    const [a, b] = [eaves[i], next(i)];
    const m = (a[0] + b[0]) / 2;
    const colour = i % 2 ? mix(roof, "#FFF0CF", 0.82 - Math.max(0, m) / 260) : mix(roof, p.shade, Math.max(0, m) / 240);
    poly(c, [[0, -128], a, b], colour);
  }
  for (const i of order.slice(3)) {
    const [a, b] = [eaves[i], next(i)];
    for (let k = 0; k < 4; k++) {
      const at = (t: number) => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
      const [[ax, ay], [bx, by]] = [at(k / 4), at((k + 1) / 4)];
      c.fillStyle = k % 2 ? mix(roof, "#FFF0CF", 0.75) : roof;
      c.beginPath();
      c.moveTo(ax, ay - 0.5);
      c.lineTo(bx, by - 0.5);
      c.quadraticCurveTo((ax + bx) / 2, (ay + by) / 2 + 15, ax, ay);
      c.fill();
      circ(c, (ax + bx) / 2, (ay + by) / 2 + 10, 2.2, "#FFEFC8");
    }
  }
  capsule(c, 0, -126, 0, -142, 3, p.woodLo);
  circ(c, 0, -145, 5, hue);
  c.restore();
}

/** The bulbs along the bandstand's eaves, shining: every other one, from the first (`from` 0) or the second (1). */
export function bandstandBulbs(c: Ctx, x: number, y: number, s: number, from: 0 | 1): void {
  eavesBulbs().forEach(([bx, by], i) => {
    if (i % 2 === from) glow(c, x + bx * s, y + by * s, 15 * s, LAMP, 0.9);
  });
}

/** Where bulbs hang from the eaves in front, in order. */
function eavesBulbs(): number[][] {
  const eaves = eight().map((a) => [Math.cos(a) * 96, Math.sin(a) * 96 * 0.46 - 62]);
  return eaves
    .flatMap(([ax, ay], i) => {
      const [bx, by] = eaves[(i + 1) % 8];
      return [0.125, 0.375, 0.625, 0.875].map((t) => [ax + (bx - ax) * t, ay + (by - ay) * t + 10]);
    })
    .filter(([, by]) => by > -64)
    .sort((a, b) => a[0] - b[0]);
}

const eight = (): number[] => Array.from({ length: 8 }, (_, i) => (i / 8) * TAU + TAU / 16);
const pillars = (): number[][] => eight().map((a) => [Math.cos(a) * 76, Math.sin(a) * 76 * K * 0.74]);

export function glasshouse(c: Ctx, p: Palette, x: number, y: number, s: number, hue: string): void {
  c.save();
  shadow(c, p, x, y, 84 * s, 0.34);
  c.translate(x, y);
  c.scale(s, s);
  const W = 74;
  const glass = mix(mix("#DFF7EE", hue, 0.28), p.shade, 0.08 + 0.34 * p.glow);
  const frame = mix("#F4F1E4", p.shade, 0.25 * p.glow);
  rr(c, -W - 4, -10, 2 * W + 8, 14, 4, p.stoneLo);
  rr(c, -W - 4, -13, 2 * W + 8, 11, 4, p.stone);
  c.globalAlpha = 0.86;
  poly(
    c,
    [
      [-W, -12],
      [-W, -54],
      [0, -96],
      [W, -54],
      [W, -12],
    ],
    glass,
  );
  c.globalAlpha = 1;
  for (const [a, b, q] of [
    [-50, -26, 13],
    [-30, -34, 15],
    [-8, -26, 12],
    [18, -36, 16],
    [44, -28, 14],
    [58, -22, 9],
  ]) {
    circ(c, a, b, q, rgba(mix(p.leafA, "#2B6B55", 0.3), 0.85));
    circ(c, a - 3, b - 4, q * 0.5, rgba(p.leafHi, 0.6));
  }
  c.strokeStyle = frame;
  c.lineWidth = 3.2;
  c.lineJoin = "round";
  c.beginPath();
  c.moveTo(-W, -12);
  c.lineTo(-W, -54);
  c.lineTo(0, -96);
  c.lineTo(W, -54);
  c.lineTo(W, -12);
  c.stroke();
  c.lineWidth = 1.8;
  c.beginPath();
  for (const t of [-0.66, -0.33, 0, 0.33, 0.66]) {
    c.moveTo(t * W, -12);
    c.lineTo(t * W, -96 + Math.abs(t) * 42);
  }
  c.moveTo(-W, -54);
  c.lineTo(W, -54);
  c.moveTo(-W * 0.5, -75);
  c.lineTo(W * 0.5, -75);
  c.stroke();
  rr(c, -11, -44, 22, 34, 10, mix(hue, p.shade, 0.4));
  rr(c, -8, -40, 16, 30, 8, mix("#FFE9B8", hue, 0.3));
  c.restore();
}

/** The glasshouse lit from within: its panes, and its door. */
export function glasshouseGlow(c: Ctx, x: number, y: number, s: number, hue: string): void {
  c.save();
  c.translate(x, y);
  c.scale(s, s);
  const panes = c.createRadialGradient(0, -36, 6, 0, -36, 82);
  panes.addColorStop(0, rgba(mix(hue, LAMP, 0.6), 0.62));
  panes.addColorStop(0.5, rgba(mix(hue, LAMP, 0.35), 0.34));
  panes.addColorStop(1, rgba(hue, 0.14));
  c.fillStyle = panes;
  c.beginPath();
  c.moveTo(-74, -12);
  for (const [px, py] of [
    [-74, -54],
    [0, -96],
    [74, -54],
    [74, -12],
  ])
    c.lineTo(px, py);
  c.fill();
  glow(c, 0, -26, 26, LAMP, 0.5);
  c.restore();
}

export function pond(c: Ctx, p: Palette, x: number, y: number, w: number, h: number): void {
  const shore = (d: number, fill: string) => {
    c.fillStyle = fill;
    c.beginPath();
    c.moveTo(x - w - d, y);
    c.bezierCurveTo(x - w - d, y - h * 1.2 - d, x - w * 0.1, y - h * 0.7 - d, x + w * 0.3, y - h - d);
    c.bezierCurveTo(x + w * 1.05 + d, y - h * 1.25 - d, x + w * 1.2 + d, y + h * 0.5 + d, x + w * 0.5, y + h * 0.9 + d);
    c.bezierCurveTo(x, y + h * 1.2 + d, x - w - d, y + h * 1.1 + d, x - w - d, y);
    c.closePath();
    c.fill();
  };
  shore(11, p.lawnLo);
  shore(6, p.pathLo);
  shore(3, p.path);
  shore(-2, p.water);
  c.save();
  c.clip();
  const g = c.createLinearGradient(0, y - h, 0, y + h);
  g.addColorStop(0, rgba(p.shade, 0.28));
  g.addColorStop(0.35, rgba(p.water, 0));
  g.addColorStop(1, rgba(p.waterHi, 0.5));
  c.fillStyle = g;
  c.fillRect(x - w * 1.4, y - h * 1.5, w * 3, h * 3);
  c.strokeStyle = rgba(p.waterHi, 0.75);
  c.lineWidth = 2;
  c.lineCap = "round";
  const r = rng(5);
  for (let i = 0; i < 16; i++) {
    const a = x - w + r() * 2 * w;
    const b = y - h + r() * 2 * h;
    const l = 10 + r() * 24;
    c.beginPath();
    c.moveTo(a, b);
    c.quadraticCurveTo(a + l / 2, b - 3.5, a + l, b);
    c.stroke();
  }
  for (const [a, b, q] of [
    [-0.5, 0.3, 13],
    [-0.38, 0.42, 9],
    [0.42, -0.2, 12],
    [0.55, -0.05, 8],
  ]) {
    const [px, py] = [x + a * w, y + b * h];
    ell(c, px, py, q, q * 0.55, p.leafB);
    poly(
      c,
      [
        [px, py],
        [px + q, py - 3],
        [px + q, py + 3],
      ],
      p.water,
    );
    circ(c, px - 2, py - 3, 2.6, p.blossom);
  }
  c.restore();
}

/** The basin of the fountain in the plaza. */
export function fountain(c: Ctx, p: Palette, x: number, y: number): void {
  paper(c, p, () => ell(c, x, y, 46, 46 * K, p.stoneLo), 0.3, 10, 4);
  ell(c, x, y - 4, 44, 44 * K, p.stone);
  ell(c, x, y - 4, 36, 36 * K, p.water);
  ell(c, x, y - 8, 30, 30 * K, mix(p.water, p.waterHi, 0.4));
}

/** Its pillar and jets; `level` 0 to 1 is how high the water springs. */
export function jets(c: Ctx, p: Palette, x: number, y: number, level: number): void {
  capsule(c, x, y - 6, x, y - 34, 7, p.stoneLo);
  ell(c, x, y - 36, 15, 6, p.stone);
  for (let i = -3; i <= 3; i++) {
    c.strokeStyle = rgba(mix(p.waterHi, "#FFFFFF", 0.5), 0.75);
    c.lineWidth = 2;
    c.beginPath();
    c.moveTo(x, y - 38);
    c.quadraticCurveTo(x + i * 5, y - 64 - 16 * level, x + i * 10, y - 8 - Math.abs(i) * 2);
    c.stroke();
  }
}
