//! The music as the scene moves to it: phase of the beat at the position heard, six bands, loudness. Swells, never flashes.

import type { Engine } from "../park.svelte";
import { type Play, SAMPLE_RATE } from "../protocol/generated";
import { Loudness } from "./loudness";
import { brightness, level, Swell } from "./swell";

export interface Pulse {
  /** Phase of the beat, 0 to 1. */
  phase: number;
  /** Phase of four beats, 0 to 1. */
  bar: number;
  /** 0 quiet to 1 loud. */
  energy: number;
  /** Six bands, low to high, 0 to 1. */
  bands: number[];
  /** 0 plays, 1 quiet: the arches dim from outside in. */
  dim: number;
}

/** Above this a swell comes only every second beat: never more than three a second. */
const FAST_BPM = 150;
/** Beats of music whose tempo nobody knows: a slow sway. */
const SWAY_BPM = 40;
/** A new track lights the arches on its first beat, but not before or after these seconds. */
const LIT_FROM_S = 0.6;
const LIT_BY_S = 4;
/** Where the peaks of what plays are not known. */
const MIDDLING = 0.6;

/** What a stage adds to the picture at most: its six bands, being lit at all, its bulbs; see swell.ts. */
export const WEIGHTS: readonly number[] = [0.045, 0.02, 0.02, 0.02, 0.025, 0.03, 0.3, 0.03];

/** Beats since the first one, at `seconds` into the track. */
export function beats(play: Play, seconds: number): number {
  const bpm = play.track.bpm ?? SWAY_BPM;
  const slow = bpm > FAST_BPM ? 2 : 1;
  return ((seconds - (play.track.first_beat_ms ?? 0) / 1000) * bpm) / 60 / slow;
}

/** How far arch `i` of `n` (0 the outermost) is lit, 0 to 1: they go dark one by one from outside in. */
export const litArch = (dim: number, i: number, n: number): number =>
  Math.max(0, Math.min(1, (1 - dim) * n - (n - 1 - i)));

const fraction = (x: number): number => x - Math.floor(x);

/** The six bands of what is only seen, from how loud it is and where its beat is. */
export function seenBands(play: Play, loud: number, phase: number, bar: number, into: number[]): void {
  if (play.track.bpm === null) {
    for (let i = 0; i < 6; i++) into[i] = loud * (0.7 + 0.3 * Math.sin((bar * 2 + i / 6) * Math.PI * 2));
    return;
  }
  const kick = Math.exp(-phase * 4.2);
  into[0] = 0.95 * kick * loud;
  into[1] = (0.3 + 0.5 * Math.exp(-fraction(phase + 0.5) * 4)) * loud;
  into[2] = (0.5 + 0.25 * Math.sin(bar * Math.PI * 2)) * loud;
  into[3] = (0.45 + 0.25 * Math.sin(bar * Math.PI * 4 + 1)) * loud;
  into[4] = (0.4 + 0.3 * Math.sin(bar * Math.PI * 6 + 2) ** 2) * loud;
  into[5] = (0.25 + 0.4 * Math.exp(-fraction(phase * 2) * 5)) * loud;
}

/** A pulse of silence. */
export const still = (): Pulse => ({ phase: 0, bar: 0, energy: 0, bands: [0, 0, 0, 0, 0, 0], dim: 1 });

/** What is left of a pulse under reduced motion: whether music plays, and no beat, loudness or band of it. */
export const steady = ({ dim }: Pulse): Pulse => ({
  phase: 0,
  bar: 0,
  energy: 0.5,
  bands: [0.4, 0.4, 0.4, 0.4, 0.4, 0.4],
  dim,
});

/** Moves a pulse's levels towards where the music is; `from` are the bands now, null for silence. */
function ease(p: Pulse, from: ArrayLike<number> | null, dim: number, dt: number): void {
  const by = (seconds: number) => 1 - Math.exp(-dt / seconds);
  for (let i = 0; i < 6; i++) {
    const to = from?.[i] ?? 0.05;
    p.bands[i] += (to - p.bands[i]) * by(to > p.bands[i] ? 0.05 : 0.22);
  }
  const loud = (p.bands[0] + p.bands[1] + p.bands[2] + p.bands[3]) / 4;
  p.energy += ((from ? Math.min(1, 0.25 + 1.1 * loud) : 0.1) - p.energy) * by(0.3);
  p.dim += (dim - p.dim) * by(0.25);
}

/** Writes pulses' levels into one row, lets `swell` bound it, and writes it back. */
function bounded(swell: Swell, pulses: readonly Pulse[], weights: readonly number[], dt: number): void {
  const row = pulses.flatMap((p) => [...p.bands, 1 - p.dim, p.energy]);
  level(row, weights, swell.bound(brightness(row, weights), dt));
  pulses.forEach((p, n) => {
    for (let i = 0; i < 6; i++) p.bands[i] = row[n * 8 + i];
    p.dim = 1 - row[n * 8 + 6];
    p.energy = row[n * 8 + 7];
  });
}

/** Where in the music a play is, and how loud it is there. */
function place(p: Pulse, play: Play, seconds: number): void {
  const at = beats(play, Math.max(0, seconds));
  p.phase = fraction(at);
  p.bar = fraction(at / 4);
}

/** What is heard where one is, or would be. */
export class Music {
  readonly pulse: Pulse = still();
  readonly loudness: Loudness;
  #engine: Engine;
  /** The levels before they are bounded. */
  #wanted = still();
  #swell = new Swell();
  #seen = [0, 0, 0, 0, 0, 0];
  #begun = false;
  #former: number | null = null;
  /** The track changed while one was there: it is dark until its first beat. */
  #changing = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.loudness = new Loudness((audio) => engine.peaks(audio));
  }

  /** Follows the music for `dt` seconds. `preview` is what plays where one does not listen yet. */
  follow(preview: Play | null, dt: number): Pulse {
    const engine = this.#engine;
    const heard = engine.heard();
    const play = heard?.play ?? engine.state.room?.playback?.now ?? preview;
    const p = this.#wanted;
    if (!this.#begun) p.dim = play ? 0 : 1;
    if (this.#begun && play && play.start_us !== this.#former) this.#changing = this.#former !== null;
    this.#begun = true;
    this.#former = play?.start_us ?? null;
    if (play) {
      const seconds = heard ? heard.samples / SAMPLE_RATE : (engine.now() - play.start_us) / 1e6;
      place(p, play, seconds);
      const from = Math.min(LIT_BY_S, Math.max(LIT_FROM_S, (play.track.first_beat_ms ?? 0) / 1000));
      if (seconds >= from) this.#changing = false;
      ease(p, (heard && engine.bands()) ?? this.#stored(play, seconds), this.#changing ? 1 : 0, dt);
    } else ease(p, null, 1, dt);
    const shown = this.pulse;
    Object.assign(shown, p, { bands: Object.assign(shown.bands, p.bands) });
    bounded(this.#swell, [shown], WEIGHTS, dt);
    return shown;
  }

  #stored(play: Play, seconds: number): number[] {
    const { phase, bar } = this.#wanted;
    seenBands(play, this.loudness.at(play, seconds) ?? MIDDLING, phase, bar, this.#seen);
    return this.#seen;
  }
}

/** A place of the lawn seems this much smaller than the stage of the room one is in. */
const FAR = 0.34;

/** The music of all places one only sees, each at its own beat; together they swell no more than one. */
export class Sights {
  #loudness: Loudness;
  #swell = new Swell();
  #wanted = new Map<number, Pulse>();
  #shown = new Map<number, Pulse>();
  #seen = [0, 0, 0, 0, 0, 0];

  constructor(loudness: Loudness) {
    this.#loudness = loudness;
  }

  /** The pulses of the places in view, by key, at a park time in microseconds. */
  follow(places: readonly { key: number; play: Play | null }[], nowUs: number, dt: number): ReadonlyMap<number, Pulse> {
    const shown: Pulse[] = [];
    for (const { key, play } of places) {
      let p = this.#wanted.get(key);
      if (!p) {
        p = { ...still(), dim: play ? 0 : 1 };
        this.#wanted.set(key, p);
      }
      if (play) {
        const seconds = (nowUs - play.start_us) / 1e6;
        place(p, play, seconds);
        seenBands(play, this.#loudness.at(play, seconds) ?? MIDDLING, p.phase, p.bar, this.#seen);
      }
      ease(p, play ? this.#seen : null, play ? 0 : 1, dt);
      const out = this.#shown.get(key) ?? still();
      Object.assign(out, p, { bands: Object.assign(out.bands, p.bands) });
      this.#shown.set(key, out);
      shown.push(out);
    }
    const weights = shown.flatMap(() => WEIGHTS.map((w) => w * FAR));
    bounded(this.#swell, shown, weights, dt);
    return this.#shown;
  }
}
