//! One's own steps: predicted at once, around what stands in the way, told to the park at most ten times a second.

import { K } from "../draw/shapes";
import { DANCING, WALKING } from "../protocol/binary";
import { WALK_SPEED } from "../protocol/generated";
import type { Wish } from "./hands";
import { Trail } from "./trail";

/** Heading in eighths of a turn clockwise from east, for a movement on the plane. */
export const headingOf = (dx: number, dy: number): number =>
  (Math.round((Math.atan2(dy, dx) / (Math.PI * 2)) * 8) + 8) % 8;

/** Something one walks around: an ellipse on the plane, in units. */
export interface Block {
  x: number;
  y: number;
  rx: number;
  ry: number;
}

/** Where one may walk. */
export interface Ground {
  left: number;
  top: number;
  right: number;
  bottom: number;
  blocks: readonly Block[];
}

/** A little under what the park allows, so that its clock and ours may differ. */
const SPEED = WALK_SPEED * 0.94;

/** Pushes a point out of everything that stands in the way, then inside the bounds. */
export function allowed(ground: Ground, x: number, y: number): { x: number; y: number } {
  let [px, py] = [x, y];
  for (const b of ground.blocks) {
    const [dx, dy] = [(px - b.x) / b.rx, (py - b.y) / b.ry];
    const d = Math.hypot(dx, dy);
    if (d >= 1) continue;
    if (d < 1e-6) py = b.y + b.ry;
    else {
      px = b.x + (dx / d) * b.rx;
      py = b.y + (dy / d) * b.ry;
    }
  }
  return { x: Math.max(ground.left, Math.min(ground.right, px)), y: Math.max(ground.top, Math.min(ground.bottom, py)) };
}

/** A correction within this distance is slid over, a farther one is a new place. */
const SLIDE = 420;
const SLIDE_S = 0.12;
/** After so many seconds of rest every step has reached the park. */
const ARRIVED_S = 1.5;

export class Feet {
  x: number;
  y: number;
  heading = 6;
  walking = false;
  dancing = false;
  target: { x: number; y: number } | null = null;
  /** Seconds since the last own step. */
  rested = 10;

  /** What is left of a correction that is being slid over. */
  #off = { x: 0, y: 0 };
  readonly #trail: Trail;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
    this.#trail = new Trail(x, y);
  }

  /** Walks for `dt` seconds. True when something changed that the park should know. */
  walk(dt: number, wish: Wish | null, ground: Ground): boolean {
    const left = Math.exp(-dt / SLIDE_S);
    this.#off.x *= left;
    this.#off.y *= left;
    const { dx, dy } = this.#towards(wish);
    const was = this.walking;
    this.walking = Math.hypot(dx, dy) > 0.05;
    if (!this.walking) {
      this.rested += dt;
      return was;
    }
    const to = allowed(ground, this.x + dx * SPEED * dt, this.y + dy * SPEED * dt);
    if (this.target && Math.hypot(to.x - this.x, to.y - this.y) < SPEED * dt * 0.08) this.target = null;
    this.heading = headingOf(dx, dy);
    this.x = to.x;
    this.y = to.y;
    this.rested = 0;
    this.dancing = false;
    this.#trail.walked(to.x, to.y);
    return true;
  }

  #towards(wish: Wish | null): Wish {
    if (wish) {
      this.target = null;
      // The hands point on the screen, where the plane is foreshortened.
      const far = Math.hypot(wish.dx, wish.dy / K) || 1;
      const reach = Math.hypot(wish.dx, wish.dy);
      return { dx: (wish.dx / far) * reach, dy: (wish.dy / K / far) * reach };
    }
    if (!this.target) return { dx: 0, dy: 0 };
    const [tx, ty] = [this.target.x - this.x, this.target.y - this.y];
    const far = Math.hypot(tx, ty);
    if (far < 6) {
      this.target = null;
      return { dx: 0, dy: 0 };
    }
    const near = Math.min(1, far / 24);
    return { dx: (tx / far) * near, dy: (ty / far) * near };
  }

  /** Dances from now on, or stops. */
  dance(): void {
    if (!this.walking) this.dancing = !this.dancing;
  }

  /** The park says where one is, at `now` in ms: its own steps repeated, or a correction. True when it should be told once more. */
  told(x: number, y: number, now: number): boolean {
    const verdict = this.#trail.told(x, y, this, now, this.rested > ARRIVED_S);
    if (verdict !== "moved") return verdict === "behind";
    const shown = this.shown;
    this.x = x;
    this.y = y;
    if (Math.hypot(shown.x - x, shown.y - y) < SLIDE) this.slideFrom(shown.x, shown.y);
    else this.slideFrom(x, y);
    this.target = null;
    return false;
  }

  /** The figure is drawn at (x, y) now, and from there slides to where one is. */
  slideFrom(x: number, y: number): void {
    this.#off = { x: x - this.x, y: y - this.y };
  }

  /** Where one's own figure is drawn: a correction is slid over. */
  get shown(): { x: number; y: number } {
    return { x: this.x + this.#off.x, y: this.y + this.#off.y };
  }

  get pose(): number {
    return this.heading | (this.walking ? WALKING : this.dancing ? DANCING : 0);
  }
}
