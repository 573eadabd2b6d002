//! Signs over the places of the lawn: name, how many are there, what plays.

import { Container, Sprite } from "pixi.js";
import { sign } from "../draw/labels";
import { HUES } from "../draw/palette";
import { bakeLabel, canvasOf } from "./bake";
import type { Free } from "./camera";
import type { Plot } from "./plots";
import type { Project } from "./tags";

/** How high the tip of a sign is over each place, in units. */
const HIGH = { shell: 172, bandstand: 142, glasshouse: 104, bench: 40 } as const;

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

  /** A sign stays in view as long as its place is. */
  place(project: Project, free: Free, plots: readonly Plot[]): void {
    for (const plot of plots) {
      const sprite = this.#signs.get(plot.room.id)?.sprite;
      if (!sprite) continue;
      const at = project(plot.x, plot.y, HIGH[plot.room.place]);
      const { width, height } = sprite;
      const foot = project(plot.x, plot.y, 0);
      const near =
        foot.y > free.top && foot.y < free.bottom + 60 && foot.x > free.left - 60 && foot.x < free.right + 60;
      const x = near ? Math.max(free.left + width / 2, Math.min(free.right - width / 2, at.x)) : at.x;
      const y = near ? Math.max(free.top + height, at.y) : at.y;
      sprite.visible = near || at.y > free.top;
      sprite.position.set(Math.round(x), Math.round(y));
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
