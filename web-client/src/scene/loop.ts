//! When to draw: only while the page is seen, and more rarely where a picture takes long, so that the music keeps its breath.

/** Pictures that come slower than this are drawn more rarely. */
const SLOW_MS = 40;
/** The longest wait between two pictures on the weakest machine. */
const SLOWEST_MS = 320;
/** A pause longer than this counts as this: nobody walks far in one picture. */
const LONGEST_S = 0.4;

/** Says which frames of the screen are drawn. Times in ms. */
export class Pace {
  #at: number;
  /** How long a picture takes, smoothed, beyond the wait before it. */
  #took = 16;
  #wait = 0;

  constructor(now: number) {
    this.#at = now;
  }

  /** How many seconds the picture of this frame moves on, or null when this frame is left out. */
  due(now: number): number | null {
    const passed = now - this.#at;
    if (passed < this.#wait) return null;
    this.#took += (Math.min(500, passed - this.#wait) - this.#took) * 0.15;
    this.#wait =
      this.#took > SLOW_MS ? Math.min(SLOWEST_MS, this.#wait * 1.15 + 4) : Math.max(0, this.#wait * 0.93 - 1);
    this.#at = now;
    return Math.min(LONGEST_S, Math.max(0, passed / 1000));
  }

  /** Begins anew after the page was hidden: the time between was not slow drawing. */
  again(now: number): void {
    this.#at = now;
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
