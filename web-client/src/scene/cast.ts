//! The people in the scene: who came and went, who stands on stage, and who is seen as what in this picture.

import type { Container } from "pixi.js";
import type { Positions } from "../client";
import { tint } from "../draw/colour";
import { K } from "../draw/shapes";
import { WALKING } from "../protocol/binary";
import type { Standing as Known } from "../protocol/generated";
import type { View } from "./camera";
import { CutOut, type Figure, type Moment, Puppet } from "./figures";
import type { Kit } from "./kit";
import { STAGE } from "./layout";
import type { Pulse } from "./music";
import { TickClock } from "./playout";
import { opacity } from "./uncover";
import { Walker } from "./walker";
import type { Wardrobe } from "./wardrobe";
import type { World } from "./world";

/** Whose feet are less than this to the side of one's own and below them covers oneself, in units of a figure of size 1. */
const COVERS = { wide: 26, high: 50 };
/** Oneself is a little larger than the others. */
const OWN_SIZE = 1.09;
/** With more people than this in view, only those about oneself are puppets of six parts. */
const PUPPETS = 150;
const NEAR_PUPPETS = 60;
/** Smaller figures than this are cut-outs: nobody sees their arms. */
const SMALL = 0.5;
/** People are sorted by depth once in so many ms: nobody gets past another by more than a few pixels meanwhile. */
const SORT_EVERY_MS = 80;

/** Somebody who stands there; `pose` where it is known. */
export type Standing = Known & { pose?: number };

/** What a picture of the people depends on. */
export interface Picture {
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
  /** Who is in the picture. */
  readonly inView: Walker[] = [];

  #known: ReadonlyMap<number, Standing> | null = null;
  #clock = new TickClock();
  /** Who is in view, and as what. */
  readonly #figures = new Map<Walker, Figure>();
  readonly #puppets: Puppet[] = [];
  readonly #cutOuts: CutOut[] = [];
  /** When people were last sorted by depth, in ms of this page. */
  #sortedAt = Number.NEGATIVE_INFINITY;
  /** How near to oneself one is a puppet where there are many, in units. */
  #reach = 300;
  readonly #into: Container;
  readonly #wardrobe: Wardrobe;
  readonly #kit: Kit;

  constructor(into: Container, wardrobe: Wardrobe, kit: Kit) {
    this.#into = into;
    this.#wardrobe = wardrobe;
    this.#kit = kit;
  }

  /** Takes over who is there; `me` is one's own account. Oneself, and whoever comes later, walks in at the time `entering`. */
  follow(people: ReadonlyMap<number, Standing>, me: number | undefined, entering: number | null): void {
    if (people === this.#known) return;
    const settled = this.own !== null;
    this.#known = people;
    for (const [account, walker] of this.walkers) {
      if (people.has(account)) continue;
      this.#hide(walker);
      this.walkers.delete(account);
      if (walker === this.own) this.own = null;
    }
    for (const one of people.values()) {
      const { account } = one.person;
      let walker = this.walkers.get(account);
      if (!walker) {
        walker = new Walker(one.person, one.x, one.y);
        walker.told(Number.NEGATIVE_INFINITY, one.x, one.y, one.pose ?? 0);
        this.walkers.set(account, walker);
        if (entering !== null && (settled || account === me)) walker.comeIn(entering);
      } else if (one.pose !== undefined) walker.told(performance.now(), one.x, one.y, one.pose);
      if (account === me) this.own = walker;
      walker.away = one.away && account !== me;
      if (walker.person.look !== one.person.look) this.#hide(walker);
      walker.person = one.person;
    }
  }

  /** Whoever has the account `by` stands on stage. */
  stand(by: number | null): void {
    for (const walker of this.walkers.values()) {
      const stage = walker.person.account === by;
      if (stage === walker.stage) continue;
      walker.stage = stage;
      this.#hide(walker);
    }
  }

  /** The server says where people are; `now` in ms of this page. One's own place is for the feet. */
  positions({ people, tick }: Positions, now: number): void {
    const made = this.#clock.made(
      tick,
      now,
      people.some(({ pose }) => (pose & WALKING) !== 0),
    );
    for (const { account, x, y, pose } of people) {
      const walker = this.walkers.get(account);
      if (walker && walker !== this.own) walker.told(made, x, y, pose);
    }
  }

  /** Puts everybody where they are at this moment. */
  draw({ now, pulse, view, w, h, size, world, calm }: Picture): void {
    const [right, bottom] = [view.x + w / view.scale, view.y + h / view.scale];
    const { inView } = this;
    inView.length = 0;
    for (const walker of this.walkers.values()) {
      if (walker !== this.own) walker.follow(now);
      const wy = walker.y * K;
      const seen =
        walker.stage || (walker.x > view.x - 40 && walker.x < right + 40 && wy > view.y - 10 && wy < bottom + 80);
      if (seen) inView.push(walker);
      else this.#hide(walker);
    }
    const sorting = now - this.#sortedAt >= SORT_EVERY_MS;
    if (sorting) this.#sortedAt = now;
    const moment: Moment = { pulse, size, lookX: world.lookX, calm, tint: tint(this.#kit.palette.people), sorting };
    const own = { ...moment, size: size * OWN_SIZE };
    const many = inView.length > PUPPETS;
    const small = size * view.scale < SMALL;
    let near = 0;
    for (const walker of inView) {
      const close = !many || this.#close(walker);
      if (close) near++;
      const figure = this.#show(walker, walker === this.own || walker.stage || (close && !small));
      figure.pose(walker, walker === this.own ? own : moment);
      walker.shown = walker;
      if (walker.stage && world.stage) {
        const { spot } = world.stage;
        figure.view.position.set(spot.x, spot.y);
        figure.view.scale.set(spot.scale);
        figure.view.zIndex = spot.depth;
        walker.shown = { x: spot.x, y: spot.y / K };
      }
      // A look that is not on the graphics card yet is not seen yet.
      figure.view.visible = figure.outfit?.cell.ready ?? false;
    }
    if (many) this.#reach *= near > NEAR_PUPPETS ? 0.98 : near < NEAR_PUPPETS * 0.7 ? 1.02 : 1;
    this.#uncover(size);
    this.#wardrobe.upload(now);
  }

  #close({ x, y }: Walker): boolean {
    const middle = this.own ?? STAGE;
    return Math.hypot(x - middle.x, y - middle.y) < this.#reach;
  }

  /** The figure somebody is seen as: a puppet, or a cut-out. */
  #show(walker: Walker, puppet: boolean): Figure {
    const now = this.#figures.get(walker);
    if (now && now instanceof Puppet === puppet) return now;
    this.#hide(walker);
    const figure = (puppet ? this.#puppets.pop() : this.#cutOuts.pop()) ?? this.#make(puppet);
    const { look } = walker.person;
    figure.wear(puppet ? this.#wardrobe.parts(look, walker.stage) : this.#wardrobe.whole(look, walker.stage));
    figure.view.zIndex = walker.depth;
    this.#figures.set(walker, figure);
    return figure;
  }

  #make(puppet: boolean): Figure {
    const figure = puppet ? new Puppet(this.#kit.shadow) : new CutOut();
    this.#into.addChild(figure.view);
    return figure;
  }

  #hide(walker: Walker): void {
    const figure = this.#figures.get(walker);
    if (!figure) return;
    this.#figures.delete(walker);
    figure.view.visible = false;
    if (figure.outfit) this.#wardrobe.drop(figure.outfit);
    if (figure instanceof Puppet) this.#puppets.push(figure);
    else this.#cutOuts.push(figure as CutOut);
  }

  /** Whoever covers oneself turns partly transparent. */
  #uncover(size: number): void {
    const { own } = this;
    if (!own || own.stage) return;
    const covering: Figure[] = [];
    for (const walker of this.inView) {
      const dy = (walker.y - own.y) * K;
      if (walker === own || walker.stage || dy <= 0 || dy >= COVERS.high * size) continue;
      if (Math.abs(walker.x - own.x) >= COVERS.wide * size) continue;
      const figure = this.#figures.get(walker);
      if (figure) covering.push(figure);
    }
    const most = opacity(covering.length);
    for (const { view } of covering) view.alpha = Math.min(view.alpha, most);
  }

  /** Everybody goes: another floor. */
  clear(): void {
    for (const walker of this.walkers.values()) this.#hide(walker);
    this.walkers.clear();
    this.inView.length = 0;
    this.own = null;
    this.#known = null;
    this.#clock = new TickClock();
  }

  close(): void {
    this.clear();
    for (const { view } of [...this.#puppets, ...this.#cutOuts]) view.destroy({ children: true });
  }
}
