//! What the music may do to the brightness of the whole picture, whatever is played: it swells, it never flashes.

import { describe, expect, it } from "vitest";
import { rng } from "../draw/shapes";
import type { Play } from "../protocol/generated";
import { beats, seenBands, WEIGHTS } from "./music";
import { brightness, level, MOST, Swell } from "./swell";

const FRAME_S = 1 / 60;
/** No beat is longer than at 40 a minute. */
const SLOWEST_BEAT_S = 1.5;

/** The brightness of the picture in each frame of `seconds`, where `music` gives the eight levels at a time. */
function watched(seconds: number, music: (t: number) => number[]): number[] {
  const swell = new Swell();
  return Array.from({ length: Math.round(seconds / FRAME_S) }, (_, i) => {
    const levels = music(i * FRAME_S);
    level(levels, WEIGHTS, swell.bound(brightness(levels, WEIGHTS), i ? FRAME_S : 0));
    for (const l of levels) expect(l >= 0 && l <= 1).toBe(true);
    return brightness(levels, WEIGHTS);
  });
}

/** The most the picture changes within any stretch as long as `seconds`. */
function swing(picture: readonly number[], seconds: number): number {
  const n = Math.floor(seconds / FRAME_S);
  let most = 0;
  for (let i = 0; i + n <= picture.length; i++) {
    const part = picture.slice(i, i + n);
    most = Math.max(most, Math.max(...part) - Math.min(...part));
  }
  return most;
}

/** The most swells that begin within any second. */
function swells(picture: readonly number[]): number {
  const begun = picture.flatMap((b, i) => {
    const rises = i > 0 && b > picture[i - 1] + 1e-6;
    const rose = i > 1 && picture[i - 1] > picture[i - 2] + 1e-6;
    return rises && !rose ? [i * FRAME_S] : [];
  });
  return Math.max(0, ...begun.map((from) => begun.filter((t) => t >= from && t < from + 1 - 1e-9).length));
}

const play = (bpm: number | null): Play => ({
  entry: 1,
  by: null,
  start_us: 0,
  track: {
    id: 1,
    title: "",
    artist: "",
    mood: "warm",
    cover: 0,
    samples: 60 * 48_000,
    bpm,
    first_beat_ms: 0,
    key: null,
    gain_db: 0,
    audio: "a",
  },
});

/** A track of a tempo as it is seen from its peaks, lit throughout. */
function beating(bpm: number | null, loud: (t: number) => number): (t: number) => number[] {
  const track = play(bpm);
  const bands = [0, 0, 0, 0, 0, 0];
  return (t) => {
    const at = beats(track, t);
    seenBands(track, loud(t), at - Math.floor(at), (at / 4) % 1, bands);
    return [...bands, 1, loud(t)];
  };
}

describe("the lights of a stage", () => {
  it.each(Array.from({ length: 41 }, (_, i) => 40 + i * 5))("swell and do not flash at %d beats a minute", (bpm) => {
    const picture = watched(
      12,
      beating(bpm, () => 1),
    );
    expect(swing(picture, SLOWEST_BEAT_S)).toBeLessThanOrEqual(MOST + 1e-6);
    expect(swells(picture)).toBeLessThanOrEqual(3);
  });

  it("do move with the beat: a kick at 120 is seen each time", () => {
    const picture = watched(
      12,
      beating(120, () => 1),
    );
    expect(swing(picture.slice(120), 0.5)).toBeGreaterThan(0.01);
  });

  it("take only every second beat above 150 a minute", () => {
    expect(beats(play(150), 60)).toBe(150);
    expect(beats(play(160), 60)).toBe(80);
    expect(beats(play(240), 60)).toBe(120);
  });

  it("keep to it for music without a beat, with a sudden silence in it, and a sudden return", () => {
    const gone = (t: number) => (t > 4 && t < 7 ? 0 : 1);
    for (const bpm of [null, 60, 128]) {
      const picture = watched(12, beating(bpm, gone));
      expect(swing(picture, SLOWEST_BEAT_S)).toBeLessThanOrEqual(MOST + 1e-6);
      expect(swells(picture)).toBeLessThanOrEqual(3);
    }
  });

  it("keep to it when a stage goes dark and comes back with a track", () => {
    const picture = watched(14, (t) =>
      t > 3 && t < 8 ? [0, 0, 0, 0, 0, 0, 0, 0.1] : [0.6, 0.5, 0.5, 0.4, 0.4, 0.4, 1, 0.8],
    );
    expect(swing(picture, SLOWEST_BEAT_S)).toBeLessThanOrEqual(MOST + 1e-6);
    // Dark it becomes all the same, within a few seconds.
    expect(picture[0] - Math.min(...picture)).toBeGreaterThan(MOST);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("keep to it whatever the bands do (noise %d)", (seed) => {
    const r = rng(seed * 977);
    let held = Array.from({ length: 8 }, r);
    const picture = watched(10, () => {
      // Strobes, bursts and steps: each frame anew, or held a while.
      if (r() < seed / 8) held = held.map(() => (r() < 0.3 ? 0 : r() < 0.4 ? 1 : r()));
      return [...held];
    });
    expect(swing(picture, SLOWEST_BEAT_S)).toBeLessThanOrEqual(MOST + 1e-6);
    expect(swells(picture)).toBeLessThanOrEqual(3);
  });
});
