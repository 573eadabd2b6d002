//! Reactions that rise from heads, and what is left of too many at once: one that counts them.

import { Container, Sprite, type Texture } from "pixi.js";
import { tally } from "../draw/labels";
import { drawReaction, REACTION_KINDS } from "../draw/reactions";
import type { Reaction } from "../protocol/generated";
import { words } from "../words/en";
import { bake, bakeLabel, canvasOf } from "./bake";
import type { Project } from "./tags";
import { Tally } from "./tally";
import type { Walker } from "./walker";

/** How long one rises, in ms, and how high, in units. */
const RISES_MS = 2200;
const HIGH = 90;
/** A counted one is drawn anew at most this often, in ms. */
const COUNT_EVERY_MS = 150;

interface Float {
  sprite: Sprite;
  account: number;
  born: number;
  drift: number;
  /** Of those that count: of what, how many, and how many the picture says. */
  merged: { kind: Reaction; count: number; drawn: number; drawnAt: number } | null;
}

export class Floats {
  readonly view = new Container();
  #floats: Float[] = [];
  #now = 0;
  #tally = new Tally();
  readonly #textures: ReadonlyMap<Reaction, Texture>;
  readonly #measure = canvasOf(1, 1)[1];
  readonly #ratio: number;

  constructor(ratio: number) {
    this.#ratio = ratio;
    this.#textures = new Map(
      REACTION_KINDS.map((kind) => [
        kind,
        bake({ x: -16, y: -16, w: 32, h: 32 }, ratio, (c) => drawReaction(c, kind, 0, 0, 1)),
      ]),
    );
  }

  /** Somebody reacted. */
  react(account: number, kind: Reaction): void {
    const shown = this.#tally.react(kind, this.#now);
    if (shown.is === "alone") {
      this.#add(account, this.#textures.get(kind) as Texture, null);
      return;
    }
    const before = this.#floats.find((f) => f.merged?.kind === kind && shown.count > f.merged.count);
    if (before?.merged) before.merged.count = shown.count;
    else this.#add(account, this.#counted(kind, shown.count), { ...shown, kind, drawn: 1, drawnAt: this.#now });
  }

  #add(account: number, texture: Texture, merged: Float["merged"]): void {
    const sprite = new Sprite(texture);
    sprite.anchor.set(0.5);
    this.view.addChild(sprite);
    this.#floats.push({ sprite, account, born: this.#now, drift: Math.random() * 6, merged });
  }

  #counted(kind: Reaction, count: number): Texture {
    const label = tally(this.#measure, words.scene.times(count));
    return bakeLabel(
      {
        ...label,
        draw: (c) => {
          label.draw(c);
          drawReaction(c, kind, 17, 15, 0.8);
        },
      },
      this.#ratio,
    );
  }

  place(now: number, project: Project, people: ReadonlyMap<number, Walker>, heads: (walker: Walker) => number): void {
    this.#now = now;
    this.#floats = this.#floats.filter((f) => {
      const u = (now - f.born) / RISES_MS;
      const who = people.get(f.account);
      if (u >= 1 || !who) {
        this.#drop(f);
        return false;
      }
      const { merged } = f;
      if (merged && merged.count !== merged.drawn && now - merged.drawnAt > COUNT_EVERY_MS) {
        f.sprite.texture.destroy(true);
        f.sprite.texture = this.#counted(merged.kind, merged.count);
        merged.drawn = merged.count;
        merged.drawnAt = now;
      }
      const at = project(who.shown.x, who.shown.y, heads(who) + 12 + u * HIGH);
      f.sprite.position.set(at.x + Math.sin(u * 6 + f.drift) * 9, at.y);
      const grown = 0.72 + 0.34 * Math.sin(Math.min(1, u * 5) * 1.57);
      f.sprite.scale.set(grown / this.#ratio);
      f.sprite.alpha = Math.min(1, (1 - u) * 1.8) * 0.96;
      return true;
    });
  }

  #drop({ sprite, merged }: Float): void {
    sprite.destroy(merged ? { texture: true, textureSource: true } : undefined);
  }

  clear(): void {
    for (const float of this.#floats) this.#drop(float);
    this.#floats = [];
    this.#tally = new Tally();
  }

  close(): void {
    this.clear();
    for (const texture of this.#textures.values()) texture.destroy(true);
  }
}
