//! One's own mark, so that one is found within a second in any crowd: a lit ring under the feet and a pointer over the head.

import { Container, type Sprite } from "pixi.js";
import { tint } from "../draw/colour";
import { LAMP, LAMP_EDGE } from "../draw/palette";
import { K } from "../draw/shapes";
import { bake, baked, light, ringTexture } from "./bake";
import type { Kit } from "./kit";
import type { Walker } from "./walker";

/** In front of everything that stands. */
const FRONT = 1e6;
/** How high the pointer is over the feet of a figure of size 1, in units. */
const OVERHEAD = 64;

export class Mark {
  /** Lies on the ground. */
  readonly under = new Container();
  /** Hangs over the head, among what stands. */
  readonly over: Sprite;
  readonly #ring: Sprite;

  constructor(kit: Kit) {
    const ring = ringTexture(17, K, 2.8);
    this.#ring = baked(ring.texture, ring.box);
    this.#ring.tint = tint(LAMP);
    this.under.addChild(light(kit.glow, 0, 0, 46, tint(LAMP), 0.55, K), this.#ring);
    const box = { x: -9, y: -13, w: 18, h: 16 };
    this.over = baked(
      bake(box, 2, (c) => {
        c.fillStyle = LAMP;
        c.strokeStyle = LAMP_EDGE;
        c.lineWidth = 3;
        c.lineJoin = "round";
        c.beginPath();
        c.moveTo(-5.5, -9);
        c.quadraticCurveTo(0, -11, 5.5, -9);
        c.quadraticCurveTo(3.4, -3.4, 0, 0);
        c.quadraticCurveTo(-3.4, -3.4, -5.5, -9);
        c.closePath();
        // Dark round the lamp's colour: seen before any hat.
        c.stroke();
        c.fill();
      }),
      box,
    );
    this.over.zIndex = FRONT;
    this.show(null, 1, 0);
  }

  /** Marks oneself; null: nobody, or oneself on stage, where one is seen anyway. `sway` moves the pointer, -1 to 1. */
  show(own: Walker | null, size: number, sway: number): void {
    this.under.visible = own !== null;
    this.over.visible = own !== null;
    if (!own) return;
    this.under.position.set(own.x, own.y * K + 1);
    this.under.alpha = own.seen;
    this.over.position.set(own.x, own.y * K - OVERHEAD * size - sway * 2);
    this.over.alpha = own.seen;
  }

  close(): void {
    for (const sprite of [this.#ring, this.over]) sprite.destroy({ texture: true, textureSource: true });
    this.under.destroy({ children: true });
  }
}
