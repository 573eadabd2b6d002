//! One person in the scene: where they are between two frames of the server, and how they move.

import { Container, Sprite, type Texture } from "pixi.js";
import { build } from "../draw/look";
import { armAngle, NECK_Y, SHOULDER, stance } from "../draw/person";
import { K } from "../draw/shapes";
import { WALKING } from "../protocol/binary";
import type { Person } from "../protocol/generated";
import type { Pulse } from "./music";
import { anchorOf, type Outfit } from "./wardrobe";

/** Others are shown this long ago, so that there is a next frame to move towards. */
const BEHIND_MS = 150;
/** Nobody walks this far between two frames: they were put there. */
const LEAP = 420;
const STEPS_PER_UNIT = 1 / 62;

interface Seen {
  t: number;
  x: number;
  y: number;
  pose: number;
}

export class Walker {
  readonly view = new Container();
  person: Person;
  x: number;
  y: number;
  away = false;
  /** Where the figure is drawn, in units: labels hang here. */
  shown: { x: number; y: number };
  /** Stands on stage: drawn there, larger, with headphones. */
  stage = false;
  heading = 2;
  walking = false;

  #seen: Seen[] = [];
  #walked = 0;
  #outfit: Outfit;
  #back = false;
  #armsBehind: boolean | null = null;
  readonly #restBack: boolean;
  readonly #shadow: Sprite;
  readonly #head: Sprite;
  readonly #body: Sprite;
  readonly #arms: [Sprite, Sprite];
  readonly #legs: [Sprite, Sprite];
  readonly #figure = new Container();

  constructor(person: Person, x: number, y: number, outfit: Outfit, shadow: Texture, tint: number) {
    this.person = person;
    this.x = x;
    this.y = y;
    this.shown = { x, y };
    this.#outfit = outfit;
    // A third of a crowd looks the other way, always the same third.
    this.#restBack = (person.account * 2654435761) % 100 < 28;
    this.#shadow = new Sprite(shadow);
    this.#shadow.anchor.set(0.5);
    this.#shadow.position.set(3.6, 2);
    this.#shadow.width = 26;
    this.#shadow.height = 9.6;
    const part = (texture: Texture, name: Parameters<typeof anchorOf>[0]) => {
      const sprite = new Sprite(texture);
      const { x: ax, y: ay } = anchorOf(name);
      sprite.anchor.set(ax, ay);
      sprite.tint = tint;
      return sprite;
    };
    this.#legs = [part(outfit.legLeft, "legLeft"), part(outfit.legRight, "legRight")];
    this.#arms = [part(outfit.armLeft, "armLeft"), part(outfit.armRight, "armRight")];
    this.#body = part(outfit.body, "body");
    this.#head = part(outfit.head, "head");
    this.#figure.addChild(...this.#legs, ...this.#arms, this.#body, this.#head);
    this.view.addChild(this.#shadow, this.#figure);
  }

  /** The light they stand in: a tint of everything they wear. */
  light(tint: number): void {
    for (const sprite of [...this.#legs, ...this.#arms, this.#body, this.#head]) sprite.tint = tint;
  }

  /** Another look. */
  wear(outfit: Outfit): void {
    if (outfit === this.#outfit) return;
    this.#outfit = outfit;
    this.#legs[0].texture = outfit.legLeft;
    this.#legs[1].texture = outfit.legRight;
    this.#arms[0].texture = outfit.armLeft;
    this.#arms[1].texture = outfit.armRight;
    this.#dress();
  }

  #dress(): void {
    this.#head.texture = this.#back ? this.#outfit.headBack : this.#outfit.head;
    this.#body.texture = this.#back ? this.#outfit.bodyBack : this.#outfit.body;
    const { x, y } = anchorOf(this.#back ? "headBack" : "head");
    this.#head.anchor.set(x, y);
  }

  /** The server says where they are. `t` in ms of this page. */
  seen(t: number, x: number, y: number, pose: number): void {
    const last = this.#seen.at(-1);
    if (last && Math.hypot(last.x - x, last.y - y) > LEAP) this.#seen = [];
    if (!last && Math.hypot(this.x - x, this.y - y) < LEAP) this.#seen.push({ t: t - 100, x: this.x, y: this.y, pose });
    // After a rest the movement begins now, not when they last stood still.
    if (last && t - last.t > 400) this.#seen.push({ ...last, t: t - 100 });
    this.#seen.push({ t, x, y, pose });
    if (this.#seen.length > 12) this.#seen.splice(0, this.#seen.length - 12);
  }

  /** Moves to where they were a moment ago. For others; one's own figure is placed by the hands. */
  follow(t: number): void {
    const at = t - BEHIND_MS;
    const seen = this.#seen;
    while (seen.length > 1 && seen[1].t <= at) seen.shift();
    const [a, b] = seen;
    if (!a) return;
    const u = b ? Math.max(0, Math.min(1, (at - a.t) / (b.t - a.t || 1))) : 1;
    const to = b ?? a;
    this.place(a.x + (to.x - a.x) * u, a.y + (to.y - a.y) * u, to.pose & 7);
    const moving = b !== undefined && at >= a.t && Math.hypot(b.x - a.x, b.y - a.y) > 1;
    this.walking = moving || (b !== undefined && (to.pose & WALKING) !== 0);
  }

  /** Puts them at a point of the floor. */
  place(x: number, y: number, heading: number): void {
    const far = Math.hypot(x - this.x, y - this.y);
    this.#walked += far > LEAP ? 0 : far;
    if (far > 0.5) this.heading = heading;
    this.x = x;
    this.y = y;
  }

  /** Draws this moment. `stageX` is where the music is: people at rest look there. */
  pose(pulse: Pulse, scale: number, stageX: number, calm: boolean): void {
    const look = this.#outfit.look;
    const { wide, tall } = build(look);
    const walk = this.walking ? (this.#walked * STEPS_PER_UNIT) % 1 : null;
    const energy = this.away || calm ? 0 : this.walking ? 0.1 : pulse.energy;
    const phase = look.dance === 1 ? (pulse.phase + pulse.bar) % 1 : pulse.phase;
    const s = stance(look, phase, energy, walk, this.stage);
    const dir = this.walking
      ? Math.cos((this.heading / 8) * Math.PI * 2)
      : Math.max(-1, Math.min(1, (stageX - this.x) / 180));
    const back = !this.stage && (this.walking ? this.heading >= 5 && this.heading <= 7 : this.#restBack);
    if (back !== this.#back) {
      this.#back = back;
      this.#dress();
    }
    this.shown = this;
    this.view.alpha = this.away ? 0.6 : 1;
    this.view.position.set(this.x, this.y * K);
    this.view.zIndex = this.y * K;
    this.view.scale.set(scale);
    this.#shadow.alpha = 0.34 - s.hop * 0.012;
    this.#figure.position.y = -s.hop;
    this.#figure.scale.set(wide, tall * s.squash);
    this.#figure.rotation = s.sway * 0.012;
    this.#legs[0].position.set(-4.4, -9 - Math.max(0, s.swing) * 0.6);
    this.#legs[1].position.set(4.4, -9 - Math.max(0, -s.swing) * 0.6);
    for (const [i, side] of [-1, 1].entries()) {
      this.#arms[i].position.set(side * SHOULDER.x, SHOULDER.y);
      this.#arms[i].rotation = -armAngle(side, s.arms);
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

  close(): void {
    this.view.destroy({ children: true });
  }
}
