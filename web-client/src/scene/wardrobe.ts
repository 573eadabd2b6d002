//! What people wear: each look's parts drawn once into shared pages, and whole figures for where many or small ones are seen.

import type { Texture } from "pixi.js";
import { look as decode, type Look } from "../draw/look";
import { PALETTES, type Palette } from "../draw/palette";
import { drawArm, drawBody, drawHead, drawLeg, dye, figure } from "../draw/person";
import { Atlas, type Cell, type Part } from "./atlas";

/** The parts of one look, as textures; sprites of them hang at the origin given by [`anchorOf`]. */
export type PartName =
  | "head"
  | "headBack"
  | "body"
  | "bodyBack"
  | "armLeft"
  | "armRight"
  | "legLeft"
  | "legRight"
  | "whole"
  | "wholeBack";

/** A look as it is worn. Limbs are drawn per look too: a sleeve and the hand in it are two colours. */
export interface Outfit {
  look: Look;
  parts: ReadonlyMap<PartName, Texture>;
  cell: Cell;
}

/** Each part's place in its cell, in units: column, row, size, and where its origin lies inside. */
const PLACES: Record<PartName, { x: number; y: number; w: number; h: number; ox: number; oy: number }> = {
  head: { x: 0, y: 0, w: 40, h: 56, ox: 20, oy: 30 },
  headBack: { x: 40, y: 0, w: 40, h: 56, ox: 20, oy: 30 },
  body: { x: 80, y: 0, w: 28, h: 46, ox: 14, oy: 44 },
  bodyBack: { x: 108, y: 0, w: 28, h: 46, ox: 14, oy: 44 },
  armLeft: { x: 136, y: 0, w: 8, h: 20, ox: 4, oy: 3 },
  armRight: { x: 144, y: 0, w: 8, h: 20, ox: 4, oy: 3 },
  legLeft: { x: 136, y: 24, w: 8, h: 14, ox: 4, oy: 3 },
  legRight: { x: 144, y: 24, w: 8, h: 14, ox: 4, oy: 3 },
  whole: { x: 0, y: 0, w: 52, h: 78, ox: 24, oy: 70 },
  wholeBack: { x: 52, y: 0, w: 52, h: 78, ox: 24, oy: 70 },
};
const PARTS = ["head", "headBack", "body", "bodyBack", "armLeft", "armRight", "legLeft", "legRight"] as const;
const WHOLES = ["whole", "wholeBack"] as const;
const PARTS_CELL = { w: 152, h: 56 };
const WHOLE_CELL = { w: 104, h: 78 };
/** Pages of each kind before looks of those gone make room. */
const PAGES = 3;
/** Light that takes nothing away: the world's light comes as a tint, so nothing is drawn again at dusk. */
const PLAIN: Palette = { ...PALETTES.dusk, people: "#FFFFFF" };

export const anchorOf = (part: PartName): { x: number; y: number } => ({
  x: PLACES[part].ox / PLACES[part].w,
  y: PLACES[part].oy / PLACES[part].h,
});

const partOf = (name: PartName, draw: Part["draw"]): Part => {
  const { x, y, w, h, ox, oy } = PLACES[name];
  return { box: { x, y, w, h }, x: ox, y: oy, draw };
};

export class Wardrobe {
  readonly #parts: Atlas;
  readonly #wholes: Atlas;

  /** `res` pixels a unit. */
  constructor(res: number) {
    this.#parts = new Atlas(PARTS_CELL.w, PARTS_CELL.h, res, PAGES);
    this.#wholes = new Atlas(WHOLE_CELL.w, WHOLE_CELL.h, res, PAGES);
  }

  /** Puts on the parts of a look; `dj` wears headphones. Give it back with `drop`. */
  parts(value: number, dj: boolean): Outfit {
    const look = decode(value);
    const cell = this.#parts.wear(`${value}${dj}`, () => {
      const d = dye(look, PLAIN);
      return [
        partOf("head", (c) => drawHead(c, look, d, { dir: 0.55, back: false, dj })),
        partOf("headBack", (c) => drawHead(c, look, d, { dir: 0, back: true, dj })),
        partOf("body", (c) => drawBody(c, look, d, false)),
        partOf("bodyBack", (c) => drawBody(c, look, d, true)),
        partOf("armLeft", (c) => drawArm(c, d, -1)),
        partOf("armRight", (c) => drawArm(c, d, 1)),
        partOf("legLeft", (c) => drawLeg(c, d, -1)),
        partOf("legRight", (c) => drawLeg(c, d, 1)),
      ];
    });
    return outfit(look, cell, PARTS);
  }

  /** Puts on a look as one cut-out, shadow and all. */
  whole(value: number, dj: boolean): Outfit {
    const look = decode(value);
    const cell = this.#wholes.wear(`${value}${dj}`, () => {
      const pose = { phase: 0.25, energy: 0.5, dj };
      return [
        partOf("whole", (c) => figure(c, PLAIN, look, 0, 0, 1, { ...pose, dir: 0.55 })),
        partOf("wholeBack", (c) => figure(c, PLAIN, look, 0, 0, 1, { ...pose, back: true })),
      ];
    });
    return outfit(look, cell, WHOLES);
  }

  drop({ cell }: Outfit): void {
    this.#parts.drop(cell);
  }

  /** Sends new looks to the graphics card. */
  upload(now: number): void {
    this.#parts.upload(now);
    this.#wholes.upload(now);
  }

  close(): void {
    this.#parts.close();
    this.#wholes.close();
  }
}

function outfit(look: Look, cell: Cell, names: readonly PartName[]): Outfit {
  return { look, cell, parts: new Map(names.map((name, i) => [name, cell.textures[i]])) };
}
