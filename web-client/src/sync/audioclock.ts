//! Says which frame of the audio context is at the speaker when `performance.now()` says so.
//!
//! Pairs of `getOutputTimestamp` every 100 ms scatter by 0.3 to 1.2 ms (`currentTime` by 12), so a line is fitted through
//! those of the last 5 s. `contextTime` is already at the output: no latency is taken off again. After a stall of the audio
//! device the line lies elsewhere: three pairs in a row off by more than 4 ms, on one side, and only they count (SYNC.md).

/** A frame of the context and the browser's clock, in ms, at which it is at the output. */
export interface Pair {
  frame: number;
  localMs: number;
}

const WINDOW_MS = 5_000;
const KEPT = 64;
const JUMP_MS = 4;
const JUMP_PAIRS = 3;
/** Pairs before the line is worth playing by. */
const ENOUGH = 3;
/** Under this span a slope would be noise. */
const SLOPE_SPAN_MS = 1_500;
/** What sound cards run wrong by: the prior of the slope, drawn towards nominal as far as the pairs scatter. */
const SLOPE_PRIOR = 50e-6;
/** None runs wrong by more than this. */
const SLOPE_MAX = 1_000e-6;

export class AudioClock {
  readonly #perMs: number;
  #kept: Pair[] = [];
  #strays: Pair[] = [];
  #middle: Pair = { frame: 0, localMs: 0 };
  #slope: number;
  /** How often the line had to be drawn anew: stalls of the audio device. */
  jumps = 0;

  /** `sampleRate` of the context, in frames a second. */
  constructor(sampleRate: number) {
    this.#perMs = sampleRate / 1_000;
    this.#slope = this.#perMs;
  }

  get known(): boolean {
    return this.#kept.length >= ENOUGH;
  }

  /** Forgets everything: the context was suspended. */
  reset(): void {
    this.#kept = [];
    this.#strays = [];
  }

  /** Takes the ear to hear each frame `ms` later than it did, at once and without forgetting what is known. */
  shift(ms: number): void {
    const later = (pair: Pair) => ({ frame: pair.frame, localMs: pair.localMs + ms });
    this.#kept = this.#kept.map(later);
    this.#strays = this.#strays.map(later);
    this.#middle = later(this.#middle);
  }

  add(pair: Pair): void {
    const last = this.#strays.at(-1) ?? this.#kept.at(-1);
    if (last && (pair.localMs <= last.localMs || pair.frame <= last.frame)) return;
    if (!this.known) {
      this.#fit([...this.#kept, pair], pair.localMs);
      return;
    }
    const off = (pair.frame - this.frameAt(pair.localMs)) / this.#perMs;
    if (Math.abs(off) <= JUMP_MS) {
      this.#strays = [];
      this.#fit([...this.#kept, pair], pair.localMs);
      return;
    }
    const before = this.#strays.at(-1);
    const sameSide = !before || Math.sign(before.frame - this.frameAt(before.localMs)) === Math.sign(off);
    this.#strays = sameSide ? [...this.#strays, pair] : [pair];
    if (this.#strays.length < JUMP_PAIRS) return;
    this.jumps += 1;
    this.#fit(this.#strays, pair.localMs);
    this.#strays = [];
  }

  /** The frame at the output when the browser's clock says `localMs`. */
  frameAt(localMs: number): number {
    return this.#middle.frame + this.#slope * (localMs - this.#middle.localMs);
  }

  /** The browser's clock in ms when `frame` is at the output. */
  localAt(frame: number): number {
    return this.#middle.localMs + (frame - this.#middle.frame) / this.#slope;
  }

  #fit(pairs: Pair[], now: number): void {
    const kept = pairs.filter((pair) => pair.localMs > now - WINDOW_MS).slice(-KEPT);
    this.#kept = kept;
    const localMs = kept.reduce((sum, pair) => sum + pair.localMs, 0) / kept.length;
    const frame = kept.reduce((sum, pair) => sum + pair.frame, 0) / kept.length;
    this.#middle = { frame, localMs };
    this.#slope = this.#perMs;
    if (kept.length < 4 || kept[kept.length - 1]!.localMs - kept[0]!.localMs < SLOPE_SPAN_MS) return;
    let over = 0;
    let under = 0;
    for (const pair of kept) {
      over += (pair.localMs - localMs) * ((pair.frame - frame) / this.#perMs - (pair.localMs - localMs));
      under += (pair.localMs - localMs) ** 2;
    }
    const wrong = over / under;
    let scatter = 0;
    for (const pair of kept) {
      scatter += ((pair.frame - frame) / this.#perMs - (1 + wrong) * (pair.localMs - localMs)) ** 2;
    }
    const variance = scatter / (kept.length - 2) / under;
    const trusted = wrong * (SLOPE_PRIOR ** 2 / (SLOPE_PRIOR ** 2 + variance));
    this.#slope = this.#perMs * (1 + Math.max(-SLOPE_MAX, Math.min(SLOPE_MAX, trusted)));
  }
}

/** What is at the output now; null while the context does not say (it has not started). */
export function readOutput(context: AudioContext, nowMs: number): Pair | null {
  const stamp = context.getOutputTimestamp?.();
  if (stamp?.contextTime && stamp.performanceTime) {
    return { frame: stamp.contextTime * context.sampleRate, localMs: stamp.performanceTime };
  }
  if (stamp || context.currentTime === 0) {
    // Chromium answers zeros until the device runs; a browser that always does falls through below.
    if (context.currentTime < 2) return null;
  }
  const latency = context.outputLatency || context.baseLatency || 0;
  return { frame: (context.currentTime - latency) * context.sampleRate, localMs: nowMs };
}
