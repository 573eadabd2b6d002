//! The people in the scene: who came and went, who stands on stage, where everybody is in this picture.

import type { Container } from "pixi.js";
import type { Crowd, Positions } from "../client";
import { tint } from "../draw/colour";
import { K } from "../draw/shapes";
import type { Person } from "../protocol/generated";
import type { View } from "./camera";
import type { Kit } from "./kit";
import { STAGE } from "./layout";
import type { Pulse } from "./music";
import { Walker } from "./walker";
import type { Wardrobe } from "./wardrobe";
import type { World } from "./world";

/** Whoever covers oneself is this opaque. */
const SEEN_THROUGH = 0.55;
/** Oneself is a little larger than the others. */
const OWN_SIZE = 1.09;

/** What a picture of the people depends on. */
export interface Moment {
  now: number;
  pulse: Pulse;
  view: View;
  w: number;
  h: number;
  /** Of a figure, 1 is 46 units high. */
  size: number;
  world: World;
  calm: boolean;
}

export class Cast {
  readonly walkers = new Map<number, Walker>();
  own: Walker | null = null;

  #known: Crowd["people"] | null = null;
  readonly #into: Container;
  readonly #wardrobe: Wardrobe;
  readonly #kit: Kit;

  constructor(into: Container, wardrobe: Wardrobe, kit: Kit) {
    this.#into = into;
    this.#wardrobe = wardrobe;
    this.#kit = kit;
  }

  /** Takes over who is there; `me` is one's own account. */
  follow(people: Crowd["people"], me: number | undefined): void {
    if (people === this.#known) return;
    this.#known = people;
    for (const [account, walker] of this.walkers) {
      if (people.has(account)) continue;
      walker.close();
      this.walkers.delete(account);
      if (walker === this.own) this.own = null;
    }
    for (const { person, away, x, y } of people.values()) {
      const walker = this.walkers.get(person.account) ?? this.#arrive(person, x, y);
      if (person.account === me) this.own = walker;
      walker.away = away && person.account !== me;
      if (walker.person !== person) {
        walker.person = person;
        walker.wear(this.#wardrobe.outfit(person.look, walker.stage));
      }
    }
  }

  #arrive(person: Person, x: number, y: number): Walker {
    const walker = new Walker(
      person,
      x,
      y,
      this.#wardrobe.outfit(person.look, false),
      this.#kit.shadow,
      tint(this.#kit.palette.people),
    );
    this.walkers.set(person.account, walker);
    this.#into.addChild(walker.view);
    return walker;
  }

  /** Whoever has the account `by` stands on stage. */
  stand(by: number | null): void {
    for (const walker of this.walkers.values()) {
      const stage = walker.person.account === by;
      if (stage === walker.stage) continue;
      walker.stage = stage;
      walker.wear(this.#wardrobe.outfit(walker.person.look, stage));
    }
  }

  /** Everybody stands in the light there is now. */
  relight(): void {
    for (const walker of this.walkers.values()) walker.light(tint(this.#kit.palette.people));
  }

  /** The server says where people are; `t` in ms of this page. One's own place is for the feet. */
  positions({ people }: Positions, t: number): void {
    for (const { account, x, y, pose } of people) {
      const walker = this.walkers.get(account);
      if (walker && walker !== this.own) walker.seen(t, x, y, pose);
    }
  }

  /** Puts everybody where they are at this moment. */
  draw({ now, pulse, view, w, h, size, world, calm }: Moment): void {
    const [right, bottom] = [view.x + w / view.scale, view.y + h / view.scale];
    for (const walker of this.walkers.values()) {
      if (walker !== this.own) walker.follow(now);
      const wy = walker.y * K;
      walker.view.visible =
        walker.stage || (walker.x > view.x - 40 && walker.x < right + 40 && wy > view.y - 10 && wy < bottom + 80);
      if (!walker.view.visible) continue;
      walker.pose(pulse, walker === this.own ? size * OWN_SIZE : size, world.lookX, calm);
      if (walker.stage && world.stage) {
        const { spot } = world.stage;
        walker.view.position.set(spot.x, spot.y);
        walker.view.scale.set(spot.scale);
        walker.view.zIndex = STAGE.y * K - 30;
        walker.shown = { x: spot.x, y: spot.y / K };
      }
    }
    this.#uncover();
    this.#wardrobe.upload();
  }

  /** Whoever covers oneself turns partly transparent. */
  #uncover(): void {
    if (!this.own) return;
    const { x, y } = this.own.view;
    for (const walker of this.walkers.values()) {
      if (walker === this.own || !walker.view.visible) continue;
      const dy = walker.view.y - y;
      if (dy > 0 && dy < 50 && Math.abs(walker.view.x - x) < 22) walker.view.alpha = SEEN_THROUGH;
    }
  }

  /** Everybody goes: another floor. */
  clear(): void {
    for (const walker of this.walkers.values()) walker.close();
    this.walkers.clear();
    this.own = null;
    this.#known = null;
    if (this.#wardrobe.pages > 8) this.#wardrobe.close();
  }
}
