//! Plain Canvas 2D shapes that everything in the park is cut from.

import { rgba } from "./colour";
import type { Palette } from "./palette";

export type Ctx = CanvasRenderingContext2D;

/** The plane is seen at an angle: a circle on the ground is 1 wide and 0.62 high. */
export const K = 0.62;
export const TAU = Math.PI * 2;

/** A light to be added over the picture: where, how wide, which colour, how strong, how flat. */
export interface Lamp {
  x: number;
  y: number;
  r: number;
  colour: string;
  alpha: number;
  flat?: number;
}

/** Mulberry32: the same seed draws the same picture on every screen. */
export function rng(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function ell(c: Ctx, x: number, y: number, rx: number, ry: number, fill: string): void {
  c.fillStyle = fill;
  c.beginPath();
  c.ellipse(x, y, Math.max(0, rx), Math.max(0, ry), 0, 0, TAU);
  c.fill();
}

export const circ = (c: Ctx, x: number, y: number, r: number, fill: string): void => ell(c, x, y, r, r, fill);

export function rr(c: Ctx, x: number, y: number, w: number, h: number, r: number, fill: string): void {
  c.fillStyle = fill;
  c.beginPath();
  c.roundRect(x, y, w, h, r);
  c.fill();
}

export function poly(c: Ctx, points: number[][], fill: string): void {
  c.fillStyle = fill;
  c.beginPath();
  points.forEach(([x, y], i) => {
    if (i) c.lineTo(x, y);
    else c.moveTo(x, y);
  });
  c.closePath();
  c.fill();
}

export function capsule(c: Ctx, x1: number, y1: number, x2: number, y2: number, w: number, colour: string): void {
  c.strokeStyle = colour;
  c.lineWidth = w;
  c.lineCap = "round";
  c.beginPath();
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
  c.stroke();
}

export function glow(c: Ctx, x: number, y: number, r: number, colour: string, alpha: number, flat = 1): void {
  const g = c.createRadialGradient(0, 0, 0, 0, 0, r);
  g.addColorStop(0, rgba(colour, alpha));
  g.addColorStop(0.35, rgba(colour, alpha * 0.42));
  g.addColorStop(1, rgba(colour, 0));
  c.save();
  c.translate(x, y);
  c.scale(1, flat);
  c.fillStyle = g;
  c.fillRect(-r, -r, 2 * r, 2 * r);
  c.restore();
}

export function shadow(c: Ctx, p: Palette, x: number, y: number, rx: number, alpha = 0.3): void {
  ell(c, x + rx * 0.28, y + 2, rx, rx * 0.36, rgba(p.shade, alpha));
}

/** A sheet of paper laid on another one casts a soft shadow. */
export function paper(c: Ctx, p: Palette, draw: () => void, alpha = 0.35, blur = 14, dy = 5): void {
  c.save();
  c.shadowColor = rgba(p.shade, alpha);
  c.shadowBlur = blur;
  c.shadowOffsetY = dy;
  draw();
  c.restore();
}

export function blobs(c: Ctx, list: number[][], fill: string): void {
  c.fillStyle = fill;
  c.beginPath();
  for (const [x, y, r] of list) {
    c.moveTo(x + r, y);
    c.arc(x, y, Math.max(0, r), 0, TAU);
  }
  c.fill();
}
