//! Swell, never flash: bounds how much the music may change the brightness of the whole picture, whatever is played.
//!
//! The model: a picture's brightness is 1 at rest, and each light that moves with the music adds its `weight` times its level
//! (0 to 1). Brightness is the mean of all pixels, of R, G and B alike, as sent to the screen. A weight is the light's area times its
//! colour times its largest alpha, as a share of a room at night at 1440 x 900 with its bands silent (a frame read back: 79 of 255),
//! and about twice that for safety. Nothing is taken off for pixels that are bright already. By day, at dusk, in larger windows and
//! on the lawn the same lights weigh less, so that the bound holds there too.
//!
//! Read back from the screen (scripts/swell-pixels.mjs, 960 x 600, all bands struck at 112 beats a minute), at most within 1.5 s:
//! 2.2 % in a room at night, 1.5 % at dusk, 0.5 % on the lawn at night; two rises a second.

/** Within a beat the brightness of the picture changes by at most this share. */
export const MOST = 0.08;
/** No beat that lights follow is longer, in seconds (40 a minute): the bound holds for any time as long as this. */
const BEAT_S = 1.5;
/** From the beginning of one swell to that of the next, in seconds: at most three a second. */
export const GAP_S = 1 / 3;
/** Less than this is no swell to begin: what trembles stays still until a real one comes. */
const STIR = 0.004;

export class Swell {
  #at = 0;
  #level: number | null = null;
  #rising = false;
  #rose = Number.NEGATIVE_INFINITY;
  #past: { at: number; level: number }[] = [];

  /** How bright the lights may be together, `dt` seconds after the last time, where `wanted` is what the music asks for. */
  bound(wanted: number, dt: number): number {
    this.#at += dt;
    const before = this.#level;
    if (before === null) return this.#keep(wanted);
    let [least, most] = [before, before];
    for (const { level } of this.#past) {
      if (level < least) least = level;
      if (level > most) most = level;
    }
    const next = Math.max(most - MOST, Math.min(least + MOST, wanted));
    if (next <= before) {
      this.#rising = false;
      return this.#keep(next);
    }
    if (!this.#rising) {
      if (this.#at - this.#rose < GAP_S || next - before < STIR) return this.#keep(before);
      this.#rising = true;
      this.#rose = this.#at;
    }
    return this.#keep(next);
  }

  #keep(level: number): number {
    this.#level = level;
    const old = this.#at - BEAT_S;
    while (this.#past.length > 0 && this.#past[0].at < old) this.#past.shift();
    this.#past.push({ at: this.#at, level });
    return level;
  }
}

/** What lights of these weights add to the picture at these levels. */
export const brightness = (levels: readonly number[], weights: readonly number[]): number =>
  levels.reduce((sum, level, i) => sum + level * weights[i], 0);

/** Raises or lowers all levels alike, each within 0 to 1, until together they are as bright as `sum`. Changes `levels`. */
export function level(levels: number[], weights: readonly number[], sum: number): void {
  const before = brightness(levels, weights);
  if (Math.abs(before - sum) < 1e-6) return;
  const by = (shift: number) => levels.reduce((all, l, i) => all + Math.max(0, Math.min(1, l + shift)) * weights[i], 0);
  let [lo, hi] = before > sum ? [-1, 0] : [0, 1];
  for (let i = 0; i < 24; i++) {
    const mid = (lo + hi) / 2;
    if (by(mid) > sum) hi = mid;
    else lo = mid;
  }
  // The lower end: a hair too dark rather than too bright.
  for (let i = 0; i < levels.length; i++) levels[i] = Math.max(0, Math.min(1, levels[i] + lo));
}
