//! The stick that appears under a thumb: a pad where it began, and the thumb on it.

import { Container, type Sprite } from "pixi.js";
import { bake, baked } from "./bake";

/** Where it began and where the thumb is, in CSS pixels. */
export interface Thumb {
  x: number;
  y: number;
  tx: number;
  ty: number;
}

function disc(r: number, fill: string, line = "transparent"): Sprite {
  const box = { x: -r - 1, y: -r - 1, w: 2 * r + 2, h: 2 * r + 2 };
  const texture = bake(box, 2, (c) => {
    c.fillStyle = fill;
    c.strokeStyle = line;
    c.lineWidth = 2;
    c.beginPath();
    c.arc(0, 0, r, 0, Math.PI * 2);
    c.fill();
    c.stroke();
  });
  return baked(texture, box);
}

export class Stick {
  readonly view = new Container();
  readonly #pad = disc(56, "rgb(16 25 27 / 35%)", "rgb(246 240 226 / 50%)");
  readonly #thumb = disc(24, "rgb(255 194 92 / 90%)");

  constructor() {
    this.view.addChild(this.#pad, this.#thumb);
    this.view.visible = false;
  }

  show(at: Thumb | null): void {
    this.view.visible = at !== null;
    if (!at) return;
    this.#pad.position.set(at.x, at.y);
    this.#thumb.position.set(at.tx, at.ty);
  }

  close(): void {
    for (const part of [this.#pad, this.#thumb]) part.destroy({ texture: true, textureSource: true });
  }
}
