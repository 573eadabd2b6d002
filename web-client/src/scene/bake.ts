//! From a drawing to a texture, once; sharp at the resolution it will be seen at.

import { CanvasSource, Sprite, Texture } from "pixi.js";
import { rgba } from "../draw/colour";
import type { Drawing } from "../draw/labels";
import { type Ctx, TAU } from "../draw/shapes";

/** A rectangle in world pixels. */
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export function canvasOf(w: number, h: number): [HTMLCanvasElement, Ctx] {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.ceil(w));
  canvas.height = Math.max(1, Math.ceil(h));
  const c = canvas.getContext("2d");
  if (!c) throw new Error("This browser gives no 2D canvas to draw the park with.");
  return [canvas, c];
}

/** Bakes what `draw` paints into `box` at `res` pixels per unit. */
export function bake(box: Box, res: number, draw: (c: Ctx) => void): Texture {
  const [canvas, c] = canvasOf(box.w * res, box.h * res);
  c.scale(res, res);
  c.translate(-box.x, -box.y);
  draw(c);
  return new Texture({ source: new CanvasSource({ resource: canvas, scaleMode: "linear" }) });
}

/** A sprite of a baked box: its position is the drawing's origin. */
export function baked(texture: Texture, box: Box): Sprite {
  const sprite = new Sprite(texture);
  sprite.anchor.set(-box.x / box.w, -box.y / box.h);
  sprite.width = box.w;
  sprite.height = box.h;
  return sprite;
}

/** A label in CSS pixels for a screen of `ratio` device pixels to one. */
export const bakeLabel = (drawing: Drawing, ratio: number): Texture =>
  bake({ x: 0, y: 0, w: drawing.w, h: drawing.h }, ratio, drawing.draw);

const GLOW = 64;

/** White light that falls off as lamps do; tinted and added wherever something shines. */
export function glowTexture(): Texture {
  return bake({ x: -GLOW, y: -GLOW, w: 2 * GLOW, h: 2 * GLOW }, 1, (c) => {
    const g = c.createRadialGradient(0, 0, 0, 0, 0, GLOW);
    g.addColorStop(0, rgba("#FFFFFF", 1));
    g.addColorStop(0.35, rgba("#FFFFFF", 0.42));
    g.addColorStop(1, rgba("#FFFFFF", 0));
    c.fillStyle = g;
    c.fillRect(-GLOW, -GLOW, 2 * GLOW, 2 * GLOW);
  });
}

/** A light of radius `r`, added over the picture. */
export function light(
  texture: Texture,
  x: number,
  y: number,
  r: number,
  tint: number,
  alpha: number,
  flat = 1,
): Sprite {
  const sprite = new Sprite(texture);
  sprite.anchor.set(0.5);
  sprite.position.set(x, y);
  sprite.scale.set(r / GLOW, (r / GLOW) * flat);
  sprite.tint = tint;
  sprite.alpha = alpha;
  sprite.blendMode = "add";
  return sprite;
}

/** A white ellipse line of half-width `r`, `k` times as high: rings on the ground. */
export function ringTexture(r: number, k: number, line: number): { texture: Texture; box: Box } {
  const box = { x: -r - line, y: -(r + line) * k, w: 2 * (r + line), h: 2 * (r + line) * k };
  const texture = bake(box, 2, (c) => {
    c.strokeStyle = "#FFFFFF";
    c.lineWidth = line;
    c.beginPath();
    c.ellipse(0, 0, r, r * k, 0, 0, TAU);
    c.stroke();
  });
  return { texture, box };
}
