//! Lights of a world that shine with the hour: lamps and their pools, windows, fireflies. Those out of view are not drawn.

import { Container, type Sprite, type Texture } from "pixi.js";
import { tint } from "../draw/colour";
import { evening, LAMP, type Palette } from "../draw/palette";
import { K, rng } from "../draw/shapes";
import { type Box, light } from "./bake";

/** How strong a light is, 0 to 1, by the palette's `glow`. */
export type Strength = (glow: number) => number;

/** Light sprites in view at most (DESIGN.md, Budget). */
export const MOST = 120;

interface Fly {
  sprite: Sprite;
  x: number;
  y: number;
  turn: number;
}

export class Lamps {
  readonly view = new Container();
  #lamps: { sprite: Sprite; strength: Strength }[] = [];
  #flies: Fly[] = [];
  #glow: Texture;
  #evening = 0;

  constructor(glow: Texture, palette: Palette) {
    this.#glow = glow;
    this.#evening = evening(palette);
  }

  /** A light of radius `r` that only follows the hour. */
  add(x: number, y: number, r: number, colour: number, strength: Strength, flat = 1): void {
    const sprite = light(this.#glow, x, y, r, colour, 0, flat);
    this.#lamps.push({ sprite, strength });
    this.view.addChild(sprite);
  }

  /** The two lights of a lantern `s` times as large as drawn: around its bulb and on the ground. */
  lantern(x: number, y: number, s: number): void {
    this.add(x, y - 45 * s, 76 * s, tint(LAMP), (g) => 0.4 * g + 0.03);
    this.add(x, y + 2, 104 * s, tint(LAMP), (g) => 0.24 * g, K);
  }

  /** Fireflies in a rectangle, where `ok` lets them fly; they come out at dusk. */
  fireflies(n: number, seed: number, box: Box, ok: (x: number, y: number) => boolean): void {
    const r = rng(seed);
    for (let i = 0; i < n; i++) {
      const [x, y] = [box.x + r() * box.w, box.y + r() * box.h];
      if (!ok(x, y)) continue;
      const sprite = light(this.#glow, x, y, 8, tint("#FFF0A8"), 0);
      this.#flies.push({ sprite, x, y, turn: i });
      this.view.addChild(sprite);
    }
  }

  /** The hour has changed. */
  relight(palette: Palette): void {
    for (const { sprite, strength } of this.#lamps) sprite.alpha = strength(palette.glow);
    this.#evening = evening(palette);
  }

  /** Fireflies at a time; `calm` keeps them where they are. */
  animate(seconds: number, calm: boolean): void {
    for (const { sprite, x, y, turn } of this.#flies) {
      if (!calm)
        sprite.position.set(x + Math.sin(seconds * 0.6 + turn) * 14, y + Math.cos(seconds * 0.5 + turn * 2) * 10);
      const twinkle = calm ? 0.3 : Math.max(0.05, 0.34 + 0.36 * Math.sin(seconds * 1.7 + turn * 1.3));
      sprite.alpha = twinkle * this.#evening;
    }
  }

  /** Hides what is out of view or unlit, and beyond `most` whatever comes last. */
  cull(looksAt: (box: Box) => boolean, most: number): void {
    let left = most;
    for (const sprite of this.view.children as Sprite[]) {
      const [w, h] = [sprite.width, sprite.height];
      sprite.visible = left > 0 && sprite.alpha > 0.004 && looksAt({ x: sprite.x - w / 2, y: sprite.y - h / 2, w, h });
      if (sprite.visible) left -= 1;
    }
  }
}
