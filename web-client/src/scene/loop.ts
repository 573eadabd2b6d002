//! When to draw: only while the page is seen, and more rarely where a picture takes long, so that the music keeps its breath.

/** A screen that waits longer than this for a picture has a machine that cannot keep up. */
const SLOW_MS = 40;
/** Such a machine rests this many times as long as a picture takes, and at most so many ms. */
const REST = 1.5;
const LONGEST_REST_MS = 320;
/** A pause longer than this counts as this: nobody walks far in one picture. */
const LONGEST_S = 0.4;

/** Says which frames of the screen are drawn. Times in ms. */
export class Pace {
  /** When the last picture was drawn, and when the last frame of the screen came. */
  #drawn: number;
  #frame: number;
  /** What the last picture held the screen up: the longest pause between two frames since. */
  #held = 0;
  /** The same, smoothed over pictures. */
  #takes = 16;

  constructor(now: number) {
    this.#drawn = now;
    this.#frame = now;
  }

  /** How many seconds the picture of this frame moves on, or null when this frame is left out. */
  due(now: number): number | null {
    this.#held = Math.max(this.#held, Math.min(500, now - this.#frame));
    this.#frame = now;
    const passed = now - this.#drawn;
    const slow = this.#takes > SLOW_MS;
    if (slow && passed < this.#takes + Math.min(LONGEST_REST_MS, this.#takes * REST)) return null;
    this.#takes += (this.#held - this.#takes) * 0.15;
    this.#held = 0;
    this.#drawn = now;
    return Math.min(LONGEST_S, Math.max(0, passed / 1000));
  }

  /** Begins anew after the page was hidden: the time between was not slow drawing. */
  again(now: number): void {
    this.#drawn = now;
    this.#frame = now;
    this.#held = 0;
  }
}

/** Calls `draw` with the time in ms and the seconds since the picture before, until closed. */
export class Loop {
  #frame = 0;
  readonly #pace = new Pace(performance.now());
  readonly #draw: (now: number, seconds: number) => void;
  readonly #seen = () => this.#run();

  constructor(draw: (now: number, seconds: number) => void) {
    this.#draw = draw;
    document.addEventListener("visibilitychange", this.#seen);
    this.#run();
  }

  #run(): void {
    cancelAnimationFrame(this.#frame);
    if (document.visibilityState === "hidden") return;
    this.#pace.again(performance.now());
    const next = (now: number) => {
      this.#frame = requestAnimationFrame(next);
      const seconds = this.#pace.due(now);
      if (seconds !== null) this.#draw(now, seconds);
    };
    this.#frame = requestAnimationFrame(next);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#seen);
  }
}
