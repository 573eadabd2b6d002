//! Pages of cells that drawings are baked into once, for sprites to share. Cells that nobody wears any more are used again.

import { CanvasSource, Rectangle, Texture } from "pixi.js";
import type { Ctx } from "../draw/shapes";
import { type Box, canvasOf } from "./bake";

/** Width and height of a page, in pixels. */
const PAGE = 2048;
/** A page goes to the graphics card at most this often, in ms: it goes whole. */
const UPLOAD_EVERY_MS = 200;

/** One cell, with what was drawn into it. `worn` counts the sprites that show it. */
export interface Cell {
  readonly key: string;
  readonly textures: readonly Texture[];
  worn: number;
  /** Sent to the graphics card. */
  ready: boolean;
}

/** A part of a cell: where in it, and how it is drawn, with the part's box moved to where its place is. */
export interface Part {
  box: Box;
  draw: (c: Ctx) => void;
  /** The drawing's origin inside the box. */
  x: number;
  y: number;
}

interface Place {
  page: Page;
  x: number;
  y: number;
}

interface Page {
  source: CanvasSource;
  c: Ctx;
  changed: boolean;
}

export class Atlas {
  /** In the order in which they were last put on. */
  readonly #cells = new Map<string, { cell: Cell; place: Place }>();
  readonly #pages: Page[] = [];
  readonly #columns: number;
  readonly #rows: number;
  #free: Place[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;
  readonly #w: number;
  readonly #h: number;
  readonly #res: number;
  /** Pages, before cells are used again. */
  readonly #pagesMost: number;

  /** Cells of `w` by `h` units at `res` pixels a unit, on `pages` pages before unworn ones are used again. */
  constructor(w: number, h: number, res: number, pages: number) {
    this.#w = w;
    this.#h = h;
    this.#res = res;
    this.#pagesMost = pages;
    this.#columns = Math.floor(PAGE / (w * res));
    this.#rows = Math.floor(PAGE / (h * res));
  }

  /** Puts on the cell of that name; drawn by `parts` when it is not there. Give it back with `drop`. */
  wear(key: string, parts: () => Part[]): Cell {
    let known = this.#cells.get(key);
    if (known) this.#cells.delete(key);
    else known = this.#draw(key, parts());
    this.#cells.set(key, known);
    known.cell.worn++;
    return known.cell;
  }

  drop(cell: Cell): void {
    cell.worn--;
  }

  #draw(key: string, parts: Part[]): { cell: Cell; place: Place } {
    const place = this.#place();
    const { c, source } = place.page;
    c.clearRect(place.x, place.y, this.#w, this.#h);
    const textures = parts.map(({ box, x, y, draw }) => {
      c.save();
      c.beginPath();
      c.rect(place.x + box.x, place.y + box.y, box.w, box.h);
      c.clip();
      c.translate(place.x + box.x + x, place.y + box.y + y);
      draw(c);
      c.restore();
      return new Texture({ source, frame: new Rectangle(place.x + box.x, place.y + box.y, box.w, box.h) });
    });
    place.page.changed = true;
    return { cell: { key, textures, worn: 0, ready: false }, place };
  }

  #place(): Place {
    if (this.#free.length === 0 && this.#pages.length >= this.#pagesMost) {
      for (const [key, { cell, place }] of this.#cells) {
        if (cell.worn > 0) continue;
        this.#cells.delete(key);
        for (const texture of cell.textures) texture.destroy(false);
        return place;
      }
    }
    if (this.#free.length === 0) this.#addPage();
    return this.#free.pop() as Place;
  }

  #addPage(): void {
    const [canvas, c] = canvasOf(PAGE, PAGE);
    c.scale(this.#res, this.#res);
    const source = new CanvasSource({ resource: canvas, resolution: this.#res, scaleMode: "linear" });
    const page = { source, c, changed: true };
    this.#pages.push(page);
    for (let row = this.#rows - 1; row >= 0; row--)
      for (let column = this.#columns - 1; column >= 0; column--)
        this.#free.push({ page, x: column * this.#w, y: row * this.#h });
  }

  /** Sends pages with new drawings to the graphics card. */
  upload(now: number): void {
    if (now - this.#sentAt < UPLOAD_EVERY_MS || this.#pages.every((page) => !page.changed)) return;
    this.#sentAt = now;
    for (const page of this.#pages) {
      if (page.changed) page.source.update();
      page.changed = false;
    }
    for (const { cell } of this.#cells.values()) cell.ready = true;
  }

  get pages(): number {
    return this.#pages.length;
  }

  close(): void {
    for (const { cell } of this.#cells.values()) for (const texture of cell.textures) texture.destroy(false);
    for (const { source } of this.#pages) source.destroy();
    this.#cells.clear();
    this.#pages.length = 0;
    this.#free = [];
  }
}
