//! The music as the scene moves to it: phase of the beat at the position heard, six bands, loudness. Swells, never flashes.

import type { Engine } from "../park.svelte";
import { type Play, SAMPLE_RATE } from "../protocol/generated";

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

/** Beats since the first one, at `seconds` into the track. */
export function beats(play: Play, seconds: number): number {
  const bpm = play.track.bpm ?? SWAY_BPM;
  const slow = bpm > FAST_BPM ? 2 : 1;
  return ((seconds - (play.track.first_beat_ms ?? 0) / 1000) * bpm) / 60 / slow;
}

const fraction = (x: number): number => x - Math.floor(x);

export class Music {
  #begun = false;
  readonly pulse: Pulse = { phase: 0, bar: 0, energy: 0, bands: [0, 0, 0, 0, 0, 0], dim: 1 };

  /** Follows the music for `dt` seconds. `preview` is what plays where one does not listen yet. */
  follow(engine: Engine, preview: Play | null, dt: number): Pulse {
    const heard = engine.heard();
    const play = heard?.play ?? engine.state.room?.playback?.now ?? preview;
    const p = this.pulse;
    const ease = (seconds: number) => 1 - Math.exp(-dt / seconds);
    if (!this.#begun) p.dim = play ? 0 : 1;
    this.#begun = true;
    p.dim += ((play ? 0 : 1) - p.dim) * ease(0.5);
    if (!play) {
      for (let i = 0; i < 6; i++) p.bands[i] += (0.06 - p.bands[i]) * ease(0.3);
      p.energy += (0.1 - p.energy) * ease(0.4);
      return p;
    }
    const seconds = heard ? heard.samples / SAMPLE_RATE : (engine.now() - play.start_us) / 1e6;
    const at = beats(play, Math.max(0, seconds));
    p.phase = fraction(at);
    p.bar = fraction(at / 4);
    const bands = heard ? engine.bands() : null;
    for (let i = 0; i < 6; i++) {
      const level = bands?.[i] ?? pretended(i, p.phase, p.bar);
      p.bands[i] += (level - p.bands[i]) * ease(level > p.bands[i] ? 0.05 : 0.22);
    }
    const loud = (p.bands[0] + p.bands[1] + p.bands[2] + p.bands[3]) / 4;
    p.energy += (Math.min(1, 0.55 + 0.6 * loud) - p.energy) * ease(0.3);
    return p;
  }
}

/** Where nothing is heard (outside, or sound blocked) the tempo alone moves the lights. */
function pretended(band: number, phase: number, bar: number): number {
  const kick = Math.exp(-phase * 4.2);
  return [
    kick * 0.7,
    0.5 * Math.exp(-fraction(phase + 0.5) * 4),
    0.35,
    0.3 + 0.15 * Math.sin(bar * 6.28),
    0.3,
    0.35 * kick,
  ][band];
}
