//! One's own steps: predicted at once, around what stands in the way, told to the park at most ten times a second.

import { K } from "../draw/shapes";
import { DANCING, WALKING } from "../protocol/binary";
import { WALK_SPEED } from "../protocol/generated";
import type { Wish } from "./hands";

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

export class Feet {
  x: number;
  y: number;
  heading = 2;
  walking = false;
  target: { x: number; y: number } | null = null;
  /** Seconds since the last own step. */
  rested = 10;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }

  /** Walks for `dt` seconds. True when something changed. */
  walk(dt: number, wish: Wish | null, ground: Ground): boolean {
    let [dx, dy] = [0, 0];
    if (wish) {
      this.target = null;
      // The hands point on the screen, where the plane is foreshortened.
      const far = Math.hypot(wish.dx, wish.dy / K) || 1;
      const reach = Math.hypot(wish.dx, wish.dy);
      [dx, dy] = [(wish.dx / far) * reach, (wish.dy / K / far) * reach];
    } else if (this.target) {
      const [tx, ty] = [this.target.x - this.x, this.target.y - this.y];
      const far = Math.hypot(tx, ty);
      if (far < 6) this.target = null;
      else {
        const near = Math.min(1, far / 24);
        [dx, dy] = [(tx / far) * near, (ty / far) * near];
      }
    }
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
    return true;
  }

  get pose(): number {
    return this.heading | (this.walking ? WALKING : DANCING);
  }
}
