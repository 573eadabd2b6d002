//! Walking without a scene: one chooses where to, and the figure goes there at the park's pace, so that others see one move.

import type { Mover } from "../park.svelte";
import { allowed, Feet, type Ground } from "../scene/feet";
import type { Point } from "./spots";

/** As often as the park takes steps. */
const STEP_MS = 100;

export class Stroll implements Mover {
  /** Where one is, in units. */
  at = $state.raw<Point>({ x: 0, y: 0 });
  walking = $state(false);
  dancing = $state(false);
  readonly #feet: Feet;
  readonly #ground: Ground;
  readonly #step: (x: number, y: number, pose: number) => void;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** `step` tells the park, as `Engine.step` does. */
  constructor(at: Point, ground: Ground, step: (x: number, y: number, pose: number) => void) {
    this.#ground = ground;
    this.#step = step;
    const spot = allowed(ground, at.x, at.y);
    this.#feet = new Feet(spot.x, spot.y);
    this.at = spot;
  }

  walkTo(x: number, y: number): void {
    this.#feet.target = allowed(this.#ground, x, y);
    this.#timer ??= setInterval(() => this.#tick(), STEP_MS);
  }

  dance(): void {
    this.#feet.dance();
    this.#tell();
  }

  /** The park says where one is: it knows better while one rests. */
  told(x: number, y: number): void {
    if (this.#timer !== null) return;
    this.#feet.x = x;
    this.#feet.y = y;
    this.at = { x, y };
  }

  #tick(): void {
    if (this.#feet.walk(STEP_MS / 1000, null, this.#ground)) this.#tell();
    if (!this.#feet.walking && !this.#feet.target) this.close();
  }

  #tell(): void {
    const { x, y, walking, dancing, pose } = this.#feet;
    this.at = { x, y };
    this.walking = walking;
    this.dancing = dancing;
    this.#step(x, y, pose);
  }

  /** Stands still. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
