//! People's heads, bodies and limbs, each look drawn once into shared pages of an atlas.

import { CanvasSource, Rectangle, Texture } from "pixi.js";
import { look as decode, type Look } from "../draw/look";
import { PALETTES, type Palette } from "../draw/palette";
import { drawArm, drawBody, drawHead, drawLeg, dye } from "../draw/person";
import type { Ctx } from "../draw/shapes";
import { canvasOf } from "./bake";

/** The parts of one look. Sprites of them hang at the origin given by the anchor in [`PARTS`]. */
export interface Outfit {
  look: Look;
  head: Texture;
  headBack: Texture;
  body: Texture;
  bodyBack: Texture;
  armLeft: Texture;
  armRight: Texture;
  legLeft: Texture;
  legRight: Texture;
}

type Part = Exclude<keyof Outfit, "look">;

/** Each part's place in a look's cell, in units: column, row, size, and where its origin lies inside. */
const PARTS: Record<Part, { x: number; y: number; w: number; h: number; ox: number; oy: number }> = {
  head: { x: 0, y: 0, w: 40, h: 56, ox: 20, oy: 30 },
  headBack: { x: 40, y: 0, w: 40, h: 56, ox: 20, oy: 30 },
  body: { x: 80, y: 0, w: 28, h: 46, ox: 14, oy: 44 },
  bodyBack: { x: 108, y: 0, w: 28, h: 46, ox: 14, oy: 44 },
  armLeft: { x: 136, y: 0, w: 8, h: 20, ox: 4, oy: 3 },
  armRight: { x: 144, y: 0, w: 8, h: 20, ox: 4, oy: 3 },
  legLeft: { x: 152, y: 0, w: 8, h: 14, ox: 4, oy: 3 },
  legRight: { x: 160, y: 0, w: 8, h: 14, ox: 4, oy: 3 },
};
const CELL_W = 168;
const CELL_H = 56;
const PAGE = 1024;
/** Light that takes nothing away: the world's light comes as a tint, so nothing is drawn again at dusk. */
const PLAIN: Palette = { ...PALETTES.dusk, people: "#FFFFFF" };

export const anchorOf = (part: Part): { x: number; y: number } => ({
  x: PARTS[part].ox / PARTS[part].w,
  y: PARTS[part].oy / PARTS[part].h,
});

export class Wardrobe {
  #outfits = new Map<string, Outfit>();
  #pages: { texture: Texture; c: Ctx; used: number; changed: boolean }[] = [];
  readonly #columns: number;
  readonly #rows: number;

  /** Pixels per unit. */
  readonly res: number;

  constructor(res: number) {
    this.res = res;
    this.#columns = Math.floor(PAGE / (CELL_W * res));
    this.#rows = Math.floor(PAGE / (CELL_H * res));
  }

  /** The outfit of a look; `dj` wears headphones. */
  outfit(value: number, dj: boolean): Outfit {
    const key = `${value}${dj ? "dj" : ""}`;
    const known = this.#outfits.get(key);
    if (known) return known;
    const look = decode(value);
    const page = this.#page();
    const cell = page.used++;
    const x0 = (cell % this.#columns) * CELL_W;
    const y0 = Math.floor(cell / this.#columns) * CELL_H;
    const d = dye(look, PLAIN);
    const paint = (part: Part, draw: (c: Ctx) => void): Texture => {
      const { x, y, w, h, ox, oy } = PARTS[part];
      page.c.save();
      page.c.beginPath();
      page.c.rect(x0 + x, y0 + y, w, h);
      page.c.clip();
      page.c.translate(x0 + x + ox, y0 + y + oy);
      draw(page.c);
      page.c.restore();
      return new Texture({
        source: page.texture.source,
        frame: new Rectangle(x0 + x, y0 + y, w, h),
      });
    };
    page.changed = true;
    const outfit: Outfit = {
      look,
      head: paint("head", (c) => drawHead(c, look, d, { dir: 0.55, back: false, dj })),
      headBack: paint("headBack", (c) => drawHead(c, look, d, { dir: 0, back: true, dj })),
      body: paint("body", (c) => drawBody(c, look, d, false)),
      bodyBack: paint("bodyBack", (c) => drawBody(c, look, d, true)),
      armLeft: paint("armLeft", (c) => drawArm(c, d, -1)),
      armRight: paint("armRight", (c) => drawArm(c, d, 1)),
      legLeft: paint("legLeft", (c) => drawLeg(c, d, -1)),
      legRight: paint("legRight", (c) => drawLeg(c, d, 1)),
    };
    this.#outfits.set(key, outfit);
    return outfit;
  }

  /** Sends pages that got new looks to the graphics card; once a frame. */
  upload(): void {
    for (const page of this.#pages) {
      if (!page.changed) continue;
      page.changed = false;
      page.texture.source.update();
    }
  }

  get pages(): number {
    return this.#pages.length;
  }

  close(): void {
    for (const outfit of this.#outfits.values())
      for (const part of Object.keys(PARTS) as Part[]) outfit[part].destroy(false);
    for (const page of this.#pages) page.texture.destroy(true);
    this.#outfits.clear();
    this.#pages = [];
  }

  #page() {
    const last = this.#pages.at(-1);
    if (last && last.used < this.#columns * this.#rows) return last;
    const [canvas, c] = canvasOf(PAGE, PAGE);
    c.scale(this.res, this.res);
    const page = {
      texture: new Texture({
        source: new CanvasSource({ resource: canvas, resolution: this.res, scaleMode: "linear" }),
      }),
      c,
      used: 0,
      changed: true,
    };
    this.#pages.push(page);
    return page;
  }
}
