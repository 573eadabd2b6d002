//! Signs over the places of the lawn: name, how many are there, what plays.

import { Container, Sprite } from "pixi.js";
import { SIGN_SHADOW, sign } from "../draw/labels";
import { HUES } from "../draw/palette";
import { bakeLabel, canvasOf } from "./bake";
import type { Room } from "./placing";
import type { Plot } from "./plots";
import type { Project } from "./tags";

/** How high the tip of a sign is over each place, in units. */
const HIGH = { shell: 172, bandstand: 142, glasshouse: 104, bench: 40 } as const;
/** A place is in view with its foot this far past the free part, in CSS pixels. */
const NEAR = 60;
/** So often a sign tries a little higher, then a little lower, to find room. */
const HIGHER = 2;
const LOWER = 5;

export class Signs {
  readonly view = new Container();
  readonly #signs = new Map<number, { sprite: Sprite; text: string }>();
  readonly #measure = canvasOf(1, 1)[1];
  readonly #ratio: number;

  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  /** The signs there shall be; `quiet` is what one says where nothing plays. */
  set(plots: readonly Plot[], quiet: string, narrow: boolean): void {
    const wanted = new Set(plots.map((plot) => plot.room.id));
    for (const id of [...this.#signs.keys()]) if (!wanted.has(id)) this.#drop(id);
    for (const { room } of plots) {
      const track = room.now ? `${room.now.track.title} · ${room.now.track.artist}` : quiet;
      const text = `${room.name}|${track}|${room.listening}|${room.hue}|${narrow}`;
      if (this.#signs.get(room.id)?.text === text) continue;
      this.#drop(room.id);
      const drawing = sign(this.#measure, room.name, track, room.listening, HUES[room.hue], narrow);
      const sprite = new Sprite(bakeLabel(drawing, this.#ratio));
      sprite.scale.set(1 / this.#ratio);
      sprite.anchor.set(0.5, 1);
      this.view.addChild(sprite);
      this.#signs.set(room.id, { sprite, text });
    }
  }

  /** A sign stays in view as long as its place is, a little off it where another label has its room. */
  place(room: Room, project: Project, plots: readonly Plot[]): void {
    for (const plot of plots) {
      const sprite = this.#signs.get(plot.room.id)?.sprite;
      if (!sprite) continue;
      const tip = project(plot.x, plot.y, HIGH[plot.room.place]);
      const foot = project(plot.x, plot.y, 0);
      const w = sprite.width - 2 * SIGN_SHADOW;
      const h = sprite.height - SIGN_SHADOW;
      const seen = room.sees(foot.x, foot.y, NEAR) || room.sees(tip.x, tip.y);
      const taken = seen ? room.take({ x: tip.x, y: tip.y - h, w, h }, HIGHER, LOWER) : null;
      sprite.visible = taken !== null;
      if (taken) sprite.position.set(taken.x, taken.y + h);
    }
  }

  #drop(id: number): void {
    this.#signs.get(id)?.sprite.destroy({ texture: true, textureSource: true });
    this.#signs.delete(id);
  }

  clear(): void {
    for (const id of [...this.#signs.keys()]) this.#drop(id);
  }
}
