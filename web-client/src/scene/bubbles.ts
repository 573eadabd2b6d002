//! Speech bubbles over heads: what was said just now, the newest on top of the room there is.

import { Container, Sprite } from "pixi.js";
import { bubble } from "../draw/labels";
import { bakeLabel, canvasOf } from "./bake";
import type { Room } from "./placing";
import type { Project } from "./tags";
import type { Walker } from "./walker";

/** How long a bubble stays, in ms, and how many there are at the most. */
const STAYS_MS = 6000;
const MOST = 6;
/** A bubble's paper and tip lie this far inside its drawing, which has a shadow. */
const SHADOW = 12;
/** So often a bubble tries a little higher to find room. */
const STEPS = 3;

interface Said {
  sprite: Sprite;
  account: number;
  text: string;
  own: boolean;
  until: number;
}

export class Bubbles {
  readonly view = new Container();
  /** The newest last. */
  #said: Said[] = [];
  #now = 0;
  readonly #measure = canvasOf(1, 1)[1];
  readonly #ratio: number;

  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  say(account: number, text: string, own: boolean): void {
    this.#said = this.#said.filter((s) => s.account !== account || this.#drop(s));
    while (this.#said.length >= MOST) this.#drop(this.#said.shift());
    this.#said.push({ sprite: this.#sprite(text, own), account, text, own, until: this.#now + STAYS_MS });
  }

  #sprite(text: string, own: boolean): Sprite {
    const sprite = new Sprite(bakeLabel(bubble(this.#measure, text, own), this.#ratio));
    sprite.scale.set(1 / this.#ratio);
    sprite.anchor.set(0.5, 0);
    sprite.visible = false;
    this.view.addChild(sprite);
    return sprite;
  }

  /** Who speaks at `now`; what was said long ago goes. */
  speakers(now: number, people: ReadonlyMap<number, Walker>): Set<number> {
    this.#now = now;
    this.#said = this.#said.filter((s) => (now <= s.until && people.has(s.account)) || this.#drop(s));
    return new Set(this.#said.map((s) => s.account));
  }

  place(room: Room, project: Project, people: ReadonlyMap<number, Walker>, heads: (walker: Walker) => number): void {
    for (const { sprite, account, until } of [...this.#said].reverse()) {
      const who = people.get(account);
      const at = who && project(who.shown.x, who.shown.y, heads(who) + 4);
      const h = sprite.height - SHADOW;
      const taken =
        at && room.sees(at.x, at.y + 20)
          ? room.take({ x: at.x, y: at.y - h, w: sprite.width - 2 * SHADOW, h }, STEPS)
          : null;
      sprite.visible = taken !== null;
      if (taken) sprite.position.set(taken.x, taken.y - SHADOW);
      sprite.alpha = Math.min(1, (until - this.#now) / 300);
    }
  }

  #drop(said: Said | undefined): false {
    said?.sprite.destroy({ texture: true, textureSource: true });
    return false;
  }

  /** Draws all anew: letters look different now. */
  anew(): void {
    for (const said of this.#said) {
      said.sprite.destroy({ texture: true, textureSource: true });
      said.sprite = this.#sprite(said.text, said.own);
    }
  }

  clear(): void {
    for (const said of this.#said) this.#drop(said);
    this.#said = [];
  }
}
