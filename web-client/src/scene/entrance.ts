//! Coming in: whoever steps into a room walks from the gate to the place the park gave them. Only seen, never told. Pure.

import { LEAP } from "./playout";

/** Where the path enters a room's floor, in units. */
export const GATE = { x: 838, y: 1170 };
/** How long a walk in takes, in ms, and how far away it begins at the most, in units. */
const WALK_IN_MS = 1400;
const FAR = 390;
const FADE_MS = 220;

export class Entrance {
  readonly #begun: number;
  readonly #from: { x: number; y: number };

  /** Somebody comes in at `now` (ms) towards (x, y). */
  constructor(now: number, x: number, y: number) {
    this.#begun = now;
    const [dx, dy] = [GATE.x - x, GATE.y - y];
    const far = Math.hypot(dx, dy) || 1;
    const part = Math.min(1, FAR / far);
    this.#from = { x: x + dx * part, y: y + dy * part };
  }

  /** Where they are on the way to (x, y), or null once they are there. `seen` is how opaque, 0 to 1. */
  at(now: number, x: number, y: number): { x: number; y: number; seen: number } | null {
    const passed = now - this.#begun;
    // Put elsewhere meanwhile: nobody runs across the whole floor.
    if (passed >= WALK_IN_MS || Math.hypot(this.#from.x - x, this.#from.y - y) > LEAP + FAR) return null;
    const u = Math.max(0, passed / WALK_IN_MS);
    // An even pace that slows down only for the last steps.
    const way = u < 0.8 ? u * 1.111 : 1 - (1 - u) ** 2 * 2.78;
    return {
      x: this.#from.x + (x - this.#from.x) * way,
      y: this.#from.y + (y - this.#from.y) * way,
      seen: Math.min(1, passed / FADE_MS),
    };
  }
}
