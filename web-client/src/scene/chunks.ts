//! A world's ground in square pieces: each drawn when it is first looked at, a few ahead of the eye in idle moments.

import { Container } from "pixi.js";
import type { Palette } from "../draw/palette";
import type { Ctx } from "../draw/shapes";
import { type Box, baked } from "./bake";
import type { Kit } from "./kit";

/** Paints the part of the ground that lies in `box`. */
export type PaintGround = (c: Ctx, p: Palette, box: Box) => void;

/** Pixels of a piece: small enough to be drawn between two frames. */
const SIDE = 384;
/** More than this is sharper than grass needs. */
const MOST_RES = 1.6;

interface Chunk {
  name: string;
  box: Box;
  drawn: boolean;
}

export class Chunks {
  readonly view = new Container();
  #kit: Kit;
  #paint: PaintGround;
  #looksAt: (box: Box, margin: number) => boolean;
  #chunks: Chunk[] = [];
  readonly #res: number;

  constructor(kit: Kit, world: string, box: Box, paint: PaintGround, looksAt: (box: Box, margin: number) => boolean) {
    this.#kit = kit;
    this.#paint = paint;
    this.#looksAt = looksAt;
    this.#res = Math.min(kit.res, MOST_RES);
    const side = SIDE / this.#res;
    for (let y = box.y; y < box.y + box.h; y += side)
      for (let x = box.x; x < box.x + box.w; x += side)
        this.#chunks.push({
          name: `${world} ${Math.round(x)} ${Math.round(y)}`,
          box: { x, y, w: side, h: side },
          drawn: false,
        });
  }

  /** Draws what is in view and not there yet. */
  tend(): void {
    for (const chunk of this.#chunks) if (!chunk.drawn && this.#looksAt(chunk.box, 0)) this.#draw(chunk);
  }

  /** Draws one piece just out of view; false when there is none left to draw. */
  ahead(): boolean {
    const next = this.#chunks.find((chunk) => !chunk.drawn && this.#looksAt(chunk.box, 2 * SIDE));
    if (next) this.#draw(next);
    return next !== undefined;
  }

  #draw(chunk: Chunk): void {
    chunk.drawn = true;
    // Each reaches a pixel under its neighbours: no seam, however the picture is scaled.
    const over = 1 / this.#res;
    const box = { ...chunk.box, w: chunk.box.w + over, h: chunk.box.h + over };
    const texture = this.#kit.baker.texture(chunk.name, box, this.#res, (c, p) => this.#paint(c, p, box));
    this.view.addChild(baked(texture, box));
  }

  close(): void {
    this.view.destroy({ children: true });
    for (const chunk of this.#chunks) if (chunk.drawn) this.#kit.baker.drop(chunk.name);
  }
}
