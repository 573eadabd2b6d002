//! How loud a track is at a moment, from its stored peaks: what one only sees, or cannot hear, glows all the same.

import { type Play, SAMPLE_RATE } from "../protocol/generated";

/** Tracks kept at most; the one longest not looked at goes first. */
const KEPT = 32;

interface Curve {
  /** Root mean square by bucket, 0 to 1 of the track's loudest. Empty while it is fetched, or where there is none. */
  levels: Float32Array;
}

export class Loudness {
  #curves = new Map<string, Curve>();
  #fetch: (audio: string) => Promise<Uint8Array>;

  /** `fetch` gets a track's stored (peak, RMS) pairs; each track is asked for once. */
  constructor(fetch: (audio: string) => Promise<Uint8Array>) {
    this.#fetch = fetch;
  }

  /** Loudness at `seconds` into the track, 0 to 1; null while nobody knows. */
  at(play: Play, seconds: number): number | null {
    const { audio, samples } = play.track;
    const { levels } = this.#curve(audio);
    if (levels.length === 0) return null;
    const at = ((seconds * SAMPLE_RATE) / samples) * levels.length;
    if (at < 0 || at >= levels.length) return 0;
    const i = Math.floor(at);
    const next = levels[Math.min(i + 1, levels.length - 1)];
    return levels[i] + (next - levels[i]) * (at - i);
  }

  #curve(audio: string): Curve {
    const known = this.#curves.get(audio);
    if (known) {
      this.#curves.delete(audio);
      this.#curves.set(audio, known);
      return known;
    }
    const curve: Curve = { levels: new Float32Array() };
    this.#curves.set(audio, curve);
    for (const oldest of this.#curves.keys()) {
      if (this.#curves.size <= KEPT) break;
      this.#curves.delete(oldest);
    }
    this.#fetch(audio).then(
      (pairs) => {
        curve.levels = shape(pairs);
      },
      () => {},
    );
    return curve;
  }
}

/** Mastered music is loud throughout: its form shows in what is left below its loudest. */
function shape(pairs: Uint8Array): Float32Array {
  const levels = new Float32Array(pairs.length >> 1);
  for (let i = 0; i < levels.length; i++) levels[i] = pairs[2 * i + 1];
  const top = Math.max(1, ...levels);
  return levels.map((value) => (value / top) ** 1.7);
}
