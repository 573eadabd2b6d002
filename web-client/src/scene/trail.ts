//! One's own steps that the park has not repeated yet. What it repeats off this trail is a correction: a wall, or being put elsewhere.

/** Points closer than this are one. */
const STEP = 10;
/** How far beside the trail the park's word may lie: rounding, and where it let one go only part of a step. */
const BESIDE = 32;
/** How long the park's word may differ while steps are on their way, in ms. */
const PATIENCE_MS = 700;
/** So far behind the park may be while one walks, in units along the trail; and so often it is told again where one rests. */
const BEHIND = 480;
const ASKS = 2;
/** Points kept: the oldest are forgotten. */
const KEPT = 256;

interface Point {
  x: number;
  y: number;
}

/** What the park's word means: nothing new, it lags behind where one rests, or one is elsewhere. */
export type Verdict = "agreed" | "behind" | "moved";

export class Trail {
  #points: Point[];
  #strayedAt: number | null = null;
  #said: Point;
  #asked = 0;

  constructor(x: number, y: number) {
    this.#points = [{ x, y }];
    this.#said = { x, y };
  }

  /** One walked to (x, y). */
  walked(x: number, y: number): void {
    const last = this.#points.at(-1) as Point;
    if (Math.hypot(last.x - x, last.y - y) < STEP) return;
    this.#points.push({ x, y });
    if (this.#points.length > KEPT) this.#points.shift();
  }

  /**
   * The park says at `now` (ms) that one is at (x, y), while one believes to be at `here`; `resting` when every step must have
   * reached it long ago.
   */
  told(x: number, y: number, here: Point, now: number, resting: boolean): Verdict {
    const on = this.#find(x, y, here);
    if (on !== null) this.#points.splice(0, on);
    if (Math.hypot(this.#said.x - x, this.#said.y - y) > 4) this.#asked = 0;
    this.#said = { x, y };
    if (on !== null && this.#length(here) < BEHIND) {
      this.#strayedAt = null;
      if (!resting || Math.hypot(here.x - x, here.y - y) <= 4) return "agreed";
      // It may have let one go only part of the way. Told again it goes on, unless something is in the way.
      if (this.#asked++ < ASKS) return "behind";
    } else {
      this.#strayedAt ??= now;
      if (!resting && now - this.#strayedAt < PATIENCE_MS) return "agreed";
    }
    this.begin(x, y);
    return "moved";
  }

  /** How far it is along the trail to `here`. */
  #length(here: Point): number {
    return this.#points.reduce((sum, a, i) => {
      const b = this.#points[i + 1] ?? here;
      return sum + Math.hypot(b.x - a.x, b.y - a.y);
    }, 0);
  }

  /** Begins anew where the park says one is. */
  begin(x: number, y: number): void {
    this.#points = [{ x, y }];
    this.#strayedAt = null;
    this.#asked = 0;
  }

  /** The last piece of the trail that passes (x, y), the newest first. */
  #find(x: number, y: number, here: Point): number | null {
    for (let i = this.#points.length - 1; i >= 0; i--)
      if (distance(x, y, this.#points[i], this.#points[i + 1] ?? here) <= BESIDE) return i;
    return null;
  }
}

function distance(x: number, y: number, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const u = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - a.x - dx * u, y - a.y - dy * u);
}
