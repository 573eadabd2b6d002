//! One person in the scene: where they are in this picture and what they do there. Pure; what is seen of them is a figure.

import { K } from "../draw/shapes";
import { DANCING } from "../protocol/binary";
import type { Person } from "../protocol/generated";
import { Entrance } from "./entrance";
import { headingOf } from "./feet";
import { LEAP, Playout } from "./playout";

/** A pair of steps every so many units. */
const STRIDE = 62;

export class Walker {
  person: Person;
  /** Where the figure's feet are drawn, in units. */
  x: number;
  y: number;
  heading = 2;
  walking = false;
  dancing = false;
  away = false;
  /** Stands on stage: drawn there, larger, with headphones. */
  stage = false;
  /** How much of them is seen, 0 to 1: less while they come in. */
  seen = 1;
  /** Where labels hang, in units: at the feet, on stage at the stage. */
  shown: { x: number; y: number };
  /** A part of a crowd turns its back to us at rest, always the same part. */
  readonly turned: boolean;

  #walked = 0;
  #entrance: Entrance | null = null;
  readonly #playout: Playout;

  constructor(person: Person, x: number, y: number) {
    this.person = person;
    this.x = x;
    this.y = y;
    this.shown = this;
    this.turned = Math.imul(person.account, 2654435761) >>> 0 < 0.28 * 2 ** 32;
    this.#playout = new Playout(x, y);
  }

  get account(): number {
    return this.person.account;
  }

  /** Walks in from the gate, beginning at `now`. */
  comeIn(now: number): void {
    this.#entrance = new Entrance(now, this.x, this.y);
    this.seen = 0;
  }

  /** The park says where they were when a frame was made, see [`Playout`]. */
  told(made: number, x: number, y: number, pose: number): void {
    this.#playout.seen(made, x, y, pose);
  }

  /** Somebody else, as they were a moment before `now`. */
  follow(now: number): void {
    const { x, y, heading, walking, pose } = this.#playout.play(now);
    this.dancing = !walking && (pose & DANCING) !== 0;
    this.#stand(now, x, y, heading, walking);
  }

  /** Oneself, where the feet are. */
  lead(now: number, x: number, y: number, heading: number, walking: boolean, dancing: boolean): void {
    this.dancing = dancing;
    this.#stand(now, x, y, heading, walking);
  }

  /** Ends the walk in. Where the figure was seen last, to be slid over. */
  arrive(): { x: number; y: number } | null {
    if (!this.#entrance) return null;
    this.#entrance = null;
    this.seen = 1;
    return { x: this.x, y: this.y };
  }

  #stand(now: number, x: number, y: number, heading: number, walking: boolean): void {
    const way = this.#entrance?.at(now, x, y) ?? null;
    if (!way) {
      if (this.#entrance) this.arrive();
      this.#move(x, y, walking ? heading : null);
      this.walking = walking;
      return;
    }
    this.seen = way.seen;
    this.walking = true;
    this.#move(way.x, way.y, headingOf(x - way.x, y - way.y));
  }

  #move(x: number, y: number, heading: number | null): void {
    const far = Math.hypot(x - this.x, y - this.y);
    if (far < LEAP) this.#walked += far;
    if (heading !== null) this.heading = heading;
    this.x = x;
    this.y = y;
  }

  /** Phase of the step, 0 to 1, or null at rest. */
  get step(): number | null {
    return this.walking ? (this.#walked / STRIDE) % 1 : null;
  }

  /** Whether one sees them from behind: walking away, or at rest one of those. */
  get back(): boolean {
    if (this.stage) return false;
    return this.walking ? this.heading >= 5 && this.heading <= 7 : this.turned;
  }

  /** Which way the face looks, -1 to 1; `towards` is the x of what there is to look at. */
  facing(towards: number): number {
    if (this.walking) return Math.cos((this.heading / 8) * Math.PI * 2);
    return Math.max(-1, Math.min(1, (towards - this.x) / 180));
  }

  /** What is nearer covers what is farther, in whole world pixels. */
  get depth(): number {
    return Math.round(this.y * K);
  }
}
