//! A cover for music that has none: the park's arches, a sun over waves, rings, or bars, from a seed.

import { mix } from "./colour";
import { HUES } from "./palette";
import { type Ctx, circ, rng, TAU } from "./shapes";

/** A cover of `w` by `w` with rounded corners. */
export function cover(c: Ctx, x: number, y: number, w: number, seed: number, radius: number): void {
  const r = rng(seed * 9301 + 49297);
  const hues = Object.values(HUES);
  const a = hues[(r() * 8) | 0];
  const b = hues[(r() * 8) | 0];
  const deep = mix("#241C44", a, 0.22);
  c.save();
  c.beginPath();
  c.roundRect(x, y, w, w, radius);
  c.clip();
  c.translate(x, y);
  c.scale(w / 100, w / 100);
  const g = c.createLinearGradient(0, 0, 0, 100);
  g.addColorStop(0, mix(deep, b, 0.3));
  g.addColorStop(1, deep);
  c.fillStyle = g;
  c.fillRect(0, 0, 100, 100);
  [arches, waves, rings, bars][Math.abs(seed) % 4](c, a, b, deep, r);
  c.restore();
}

function arches(c: Ctx, a: string, _b: string, deep: string): void {
  const colours = [mix(a, "#3B2A66", 0.6), mix(a, "#3B2A66", 0.25), a, mix(a, "#FFE7B0", 0.5), "#FFF0CF"];
  colours.forEach((colour, i) => {
    const q = 46 - i * 9;
    c.fillStyle = colour;
    c.beginPath();
    c.moveTo(50 - q, 84);
    c.bezierCurveTo(50 - q, 84 - q * 1.6, 50 + q, 84 - q * 1.6, 50 + q, 84);
    c.fill();
  });
  c.fillStyle = mix(deep, "#000000", 0.3);
  c.fillRect(0, 84, 100, 16);
}

function waves(c: Ctx, a: string, b: string, deep: string): void {
  circ(c, 64, 38, 24, "#FFE3A6");
  circ(c, 64, 38, 19, mix(a, "#FFE3A6", 0.3));
  for (let i = 0; i < 4; i++) {
    c.fillStyle = mix(mix(b, a, i / 4), deep, 0.25 + i * 0.18);
    c.beginPath();
    c.moveTo(0, 52 + i * 13);
    c.bezierCurveTo(30, 38 + i * 14, 60, 70 + i * 8, 100, 50 + i * 13);
    c.lineTo(100, 100);
    c.lineTo(0, 100);
    c.fill();
  }
}

function rings(c: Ctx, a: string, b: string): void {
  for (let i = 0; i < 6; i++) {
    c.strokeStyle = mix(a, i % 2 ? "#FFF0CF" : b, i / 7);
    c.lineWidth = 5;
    c.beginPath();
    c.arc(20, 82, 14 + i * 13, 0, TAU);
    c.stroke();
  }
  circ(c, 20, 82, 7, "#FFF0CF");
}

function bars(c: Ctx, a: string, b: string, _deep: string, r: () => number): void {
  for (let i = 0; i < 7; i++) {
    const h = 18 + r() * 58;
    c.fillStyle = mix(a, b, i / 6);
    c.beginPath();
    c.roundRect(9 + i * 12, 86 - h, 8, h, 4);
    c.fill();
  }
  circ(c, 78, 24, 9, "#FFE9B8");
}
