//! Drawings kept with their textures: drawn once, and drawn anew when the park's light turns, one at a time in idle moments.

import type { Texture } from "pixi.js";
import type { Palette } from "../draw/palette";
import { type Ctx, rng } from "../draw/shapes";
import { type Box, bake, canvasOf } from "./bake";

/** Paints something of the world in a light. */
export type Drawing = (c: Ctx, p: Palette) => void;

interface Kept {
  texture: Texture;
  box: Box;
  res: number;
  draw: Drawing;
  palette: Palette;
}

export class Baker {
  #kept = new Map<string, Kept>();
  #palette: Palette;
  #grain: HTMLCanvasElement;

  constructor(palette: Palette) {
    this.#palette = palette;
    this.#grain = grain();
  }

  get palette(): Palette {
    return this.#palette;
  }

  /** From now on drawings are made in this light; those there are follow by and by. */
  turn(palette: Palette): void {
    this.#palette = palette;
  }

  /** The texture of a drawing at `res` pixels per unit, baked the first time its name is asked for. */
  texture(name: string, box: Box, res: number, draw: Drawing): Texture {
    const known = this.#kept.get(name);
    if (known) return known.texture;
    const palette = this.#palette;
    const texture = bake(box, res, (c) => this.#paint(c, draw, palette));
    this.#kept.set(name, { texture, box, res, draw, palette });
    return texture;
  }

  /** Draws one that still shows a former light anew; false when all are of this one. */
  freshen(): boolean {
    for (const [name, kept] of this.#kept) {
      if (kept.palette === this.#palette) continue;
      const canvas = kept.texture.source.resource as HTMLCanvasElement;
      const c = canvas.getContext("2d");
      if (!c) return false;
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.clearRect(0, 0, canvas.width, canvas.height);
      c.setTransform(kept.res, 0, 0, kept.res, -kept.box.x * kept.res, -kept.box.y * kept.res);
      kept.palette = this.#palette;
      this.#paint(c, kept.draw, kept.palette);
      kept.texture.source.update();
      // The last in line next time: a blend that is faster than this machine leaves nothing out for good.
      this.#kept.delete(name);
      this.#kept.set(name, kept);
      return true;
    }
    return false;
  }

  /** Lets go of a drawing. */
  drop(name: string): void {
    this.#kept.get(name)?.texture.destroy(true);
    this.#kept.delete(name);
  }

  close(): void {
    for (const { texture } of this.#kept.values()) texture.destroy(true);
    this.#kept.clear();
  }

  /** The drawing itself, and over it the grain of the paper it is cut from: on each sheet, so that it moves with it. */
  #paint(c: Ctx, draw: Drawing, palette: Palette): void {
    c.save();
    draw(c, palette);
    c.restore();
    c.save();
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.globalCompositeOperation = "source-atop";
    const pattern = c.createPattern(this.#grain, "repeat");
    if (pattern) c.fillStyle = pattern;
    c.fillRect(0, 0, c.canvas.width, c.canvas.height);
    c.restore();
  }
}

const GRAIN = 160;

/** Fine dark and light specks, hardly there. */
function grain(): HTMLCanvasElement {
  const [canvas, c] = canvasOf(GRAIN, GRAIN);
  const specks = c.createImageData(GRAIN, GRAIN);
  const r = rng(1);
  for (let i = 0; i < specks.data.length; i += 4) {
    const v = r() * 2 - 1;
    specks.data.fill(v > 0 ? 255 : 0, i, i + 3);
    specks.data[i + 3] = Math.abs(v) * (v > 0 ? 11 : 16);
  }
  c.putImageData(specks, 0, 0);
  return canvas;
}
