//! What is seen of a person: a puppet of six parts that walks and dances, or a cut-out of one where many or small ones are seen.

import { Container, Sprite, type Texture } from "pixi.js";
import { build } from "../draw/look";
import { armAngle, NECK_Y, SHOULDER, type Stance, stance } from "../draw/person";
import { K } from "../draw/shapes";
import type { Pulse } from "./music";
import type { Walker } from "./walker";
import { anchorOf, type Outfit, type PartName } from "./wardrobe";

/** How much of the dance is in those who only stand there. */
const AT_EASE = 0.62;
/** What is left of the sway of whoever walks. */
const ON_THE_WAY = 0.1;
/** Whoever is away is this opaque. */
const AWAY = 0.6;

/** What a picture of a person depends on, besides the person. */
export interface Moment {
  pulse: Pulse;
  /** Of a figure, 1 is 46 units high. */
  size: number;
  /** The x people at rest look towards, in units. */
  lookX: number;
  /** Reduced motion: nobody dances. */
  calm: boolean;
  /** The light on people. */
  tint: number;
  /** Whether in this picture people change places in the depth: all is sorted and batched anew then. */
  sorting: boolean;
}

/** How a person holds themselves at this moment. */
function stanceOf(walker: Walker, outfit: Outfit, { pulse, calm }: Moment): Stance {
  const { look } = outfit;
  const verve = walker.away || calm ? 0 : walker.walking ? ON_THE_WAY : walker.dancing || walker.stage ? 1 : AT_EASE;
  const phase = look.dance === 1 ? (pulse.phase + pulse.bar) % 1 : pulse.phase;
  return stance(look, phase, verve * pulse.energy, walker.step, walker.stage);
}

function place(view: Container, walker: Walker, sorting: boolean): void {
  view.position.set(walker.x, walker.y * K);
  if (sorting) view.zIndex = walker.depth;
  view.alpha = walker.away ? AWAY * walker.seen : walker.seen;
}

const wearPart = (sprite: Sprite, outfit: Outfit, name: PartName): void => {
  sprite.texture = outfit.parts.get(name) as Texture;
  const { x, y } = anchorOf(name);
  sprite.anchor.set(x, y);
};

/** A figure that people are seen as, one after another: it is used again. */
export interface Figure {
  readonly view: Container;
  readonly outfit: Outfit | null;
  wear(outfit: Outfit): void;
  pose(walker: Walker, moment: Moment): void;
}

export class Puppet implements Figure {
  readonly view = new Container();
  outfit: Outfit | null = null;

  #back = false;
  #armsBehind = false;
  #tint = -1;
  readonly #shadow: Sprite;
  readonly #figure = new Container();
  readonly #legs = [new Sprite(), new Sprite()] as const;
  readonly #arms = [new Sprite(), new Sprite()] as const;
  readonly #body = new Sprite();
  readonly #head = new Sprite();

  constructor(shadow: Texture) {
    this.#shadow = new Sprite(shadow);
    this.#shadow.anchor.set(0.5);
    this.#shadow.position.set(3.6, 2);
    this.#shadow.width = 26;
    this.#shadow.height = 9.6;
    this.#figure.addChild(...this.#legs, this.#body, ...this.#arms, this.#head);
    this.view.addChild(this.#shadow, this.#figure);
    for (const [i, side] of [-1, 1].entries()) this.#arms[i].position.set(side * SHOULDER.x, SHOULDER.y);
  }

  wear(outfit: Outfit): void {
    this.outfit = outfit;
    wearPart(this.#legs[0], outfit, "legLeft");
    wearPart(this.#legs[1], outfit, "legRight");
    wearPart(this.#arms[0], outfit, "armLeft");
    wearPart(this.#arms[1], outfit, "armRight");
    this.#turn(outfit);
  }

  #turn(outfit: Outfit): void {
    wearPart(this.#head, outfit, this.#back ? "headBack" : "head");
    wearPart(this.#body, outfit, this.#back ? "bodyBack" : "body");
  }

  pose(walker: Walker, moment: Moment): void {
    const { outfit } = this;
    if (!outfit) return;
    const s = stanceOf(walker, outfit, moment);
    const { wide, tall } = build(outfit.look);
    const dir = walker.facing(moment.lookX);
    const { back } = walker;
    if (back !== this.#back) {
      this.#back = back;
      this.#turn(outfit);
    }
    if (moment.tint !== this.#tint) {
      this.#tint = moment.tint;
      for (const part of [...this.#legs, ...this.#arms, this.#body, this.#head]) part.tint = moment.tint;
    }
    place(this.view, walker, moment.sorting);
    this.view.scale.set(moment.size);
    this.#shadow.alpha = 0.34 - s.hop * 0.012;
    this.#figure.position.y = -s.hop;
    this.#figure.scale.set(wide, tall * s.squash);
    this.#figure.rotation = s.sway * 0.012;
    for (const [i, side] of [-1, 1].entries()) {
      // A leg lifts as it swings forward.
      const swing = s.swing * side;
      this.#legs[i].position.set(side * 4.4, -9 - Math.max(0, -swing) * 0.6);
      this.#legs[i].rotation = -swing * side * 0.06;
      this.#arms[i].rotation = -armAngle(side, s.arms) + s.swing * 0.05;
    }
    const behind = back || s.arms > 1.2;
    if (behind !== this.#armsBehind) {
      this.#armsBehind = behind;
      // Legs, then arms and body in either order, then the head.
      for (const arm of this.#arms) this.#figure.setChildIndex(arm, behind ? 2 : 4);
    }
    this.#head.position.set(dir * 1.4 + s.sway * 0.2, NECK_Y + s.nod);
    this.#head.scale.x = back || dir >= -0.15 ? 1 : -1;
  }
}

export class CutOut implements Figure {
  readonly view = new Sprite();
  outfit: Outfit | null = null;
  #back = false;

  wear(outfit: Outfit): void {
    this.outfit = outfit;
    wearPart(this.view, outfit, this.#back ? "wholeBack" : "whole");
  }

  pose(walker: Walker, moment: Moment): void {
    const { outfit, view } = this;
    if (!outfit) return;
    const s = stanceOf(walker, outfit, moment);
    if (walker.back !== this.#back) {
      this.#back = walker.back;
      wearPart(view, outfit, this.#back ? "wholeBack" : "whole");
    }
    if (view.tint !== moment.tint) view.tint = moment.tint;
    place(view, walker, moment.sorting);
    const mirrored = !walker.back && walker.facing(moment.lookX) < -0.15;
    // The shadow is in the cut-out: a hop stretches it, a step tips it to and fro.
    view.scale.set(mirrored ? -moment.size : moment.size, moment.size * s.squash * (1 + s.hop * 0.012));
    view.rotation = s.sway * 0.012 + s.swing * 0.025;
  }
}
