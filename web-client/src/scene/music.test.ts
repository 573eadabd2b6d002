//! What the lights follow where music is heard, muted, blocked, or only seen.

import { describe, expect, it } from "vitest";
import type { Engine } from "../park.svelte";
import type { Play } from "../protocol/generated";
import { Loudness } from "./loudness";
import { litArch, Music, Sights, steady } from "./music";

const FRAME_S = 1 / 60;
const SECOND = 48_000;

const play = (audio: string, startUs = 0): Play => ({
  entry: 1,
  by: null,
  start_us: startUs,
  track: {
    id: 1,
    title: "",
    artist: "",
    mood: "warm",
    cover: 0,
    samples: 100 * SECOND,
    bpm: 120,
    first_beat_ms: 2_000,
    key: null,
    gain_db: 0,
    audio,
  },
});

/** Peaks of a track that is silent in its first half and loud in its second. */
const halves = () => Uint8Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : 200));

/** An engine at a time of the park, with what it hears. */
function engine(at: { seconds: number; now: Play | null; heard?: number[] | null }): {
  engine: Engine;
  asked: string[];
} {
  const asked: string[] = [];
  const it = {
    get state() {
      return { room: { playback: at.now ? { now: at.now, next: null } : null } };
    },
    now: () => at.seconds * 1e6,
    heard: () => (at.heard && at.now ? { play: at.now, samples: (at.seconds - at.now.start_us / 1e6) * SECOND } : null),
    bands: () => (at.heard ? Float32Array.from(at.heard) : null),
    peaks: async (audio: string) => {
      asked.push(audio);
      return halves();
    },
  };
  return { engine: it as unknown as Engine, asked };
}

/** Lets `seconds` of the park pass before the eyes of whoever watches. */
function watch(music: Music, at: { seconds: number }, seconds: number): void {
  for (const until = at.seconds + seconds; at.seconds < until; at.seconds += FRAME_S) music.follow(null, FRAME_S);
}

const bright = (music: Music) => music.pulse.bands.reduce((sum, b) => sum + b, 0);

describe("where sound is blocked", () => {
  it("the lights follow the stored peaks: a loud half shines, a silent one hardly does", async () => {
    const at = { seconds: 10, now: play("a") };
    const { engine: it } = engine(at);
    const music = new Music(it);
    music.follow(null, 0);
    await Promise.resolve();
    watch(music, at, 8);
    const quiet = bright(music);
    at.seconds = 60;
    watch(music, at, 8);
    expect(bright(music)).toBeGreaterThan(quiet + 0.8);
    expect(music.pulse.dim).toBeLessThan(0.2);
  });
});

describe("a change of track", () => {
  it("dims the stage until the first beat of the new one, and lights it then", () => {
    const at = { seconds: 50, now: play("a"), heard: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5] };
    const { engine: it } = engine(at);
    const music = new Music(it);
    watch(music, at, 4);
    const before = music.pulse.dim;
    at.now = play("b", at.seconds * 1e6);
    watch(music, at, 1.9);
    const dark = music.pulse.dim;
    expect(dark).toBeGreaterThan(before + 0.1);
    watch(music, at, 6);
    expect(music.pulse.dim).toBeLessThan(dark - 0.1);
  });

  it("puts the arches out one by one from outside in", () => {
    const arches = (dim: number) => [0, 1, 2, 3, 4, 5].map((i) => Math.round(litArch(dim, i, 6) * 10) / 10);
    expect(arches(0)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(arches(0.25)).toEqual([0, 0.5, 1, 1, 1, 1]);
    expect(arches(1)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("rooms that one only sees", () => {
  it("are lit while they play and dark while they do not, each track's peaks asked for once", async () => {
    const { engine: it, asked } = engine({ seconds: 0, now: null });
    const sights = new Sights(new Loudness((audio) => it.peaks(audio)));
    const places = [
      { key: 1, play: play("a") },
      { key: 2, play: null },
      { key: 3, play: play("a") },
    ];
    sights.follow(places, 60e6, 0);
    await Promise.resolve();
    for (let t = 60; t < 64; t += FRAME_S) sights.follow(places, t * 1e6, FRAME_S);
    const seen = sights.follow(places, 64e6, FRAME_S);
    expect(asked).toEqual(["a"]);
    expect([seen.get(1)?.dim, seen.get(2)?.dim].map((dim) => Math.round(dim ?? -1))).toEqual([0, 1]);
    expect(seen.get(1)?.bands[2]).toBeGreaterThan((seen.get(2)?.bands[2] ?? 1) + 0.2);
  });

  it("have their peaks forgotten when many others were seen since", async () => {
    const asked: string[] = [];
    const loudness = new Loudness(async (audio) => {
      asked.push(audio);
      return halves();
    });
    for (let i = 0; i < 40; i++) loudness.at(play(`t${i}`), 1);
    loudness.at(play("t39"), 1);
    expect(asked.length).toBe(40);
    loudness.at(play("t0"), 1);
    expect(asked.length).toBe(41);
  });
});

describe("reduced motion", () => {
  it("shows the same lights through a whole bar, and still tells music from silence", () => {
    const at = { seconds: 60, now: play("a"), heard: [1, 0.2, 0.6, 0.4, 0.9, 0.1] };
    const music = new Music(engine(at).engine);
    watch(music, at, 3);
    const before = { moving: structuredClone(music.pulse), seen: steady(music.pulse) };
    at.heard = [0, 0, 0, 0, 0, 0];
    watch(music, at, 0.8);
    expect(music.pulse.bands).not.toEqual(before.moving.bands);
    expect(steady(music.pulse)).toEqual({ ...before.seen, dim: music.pulse.dim });
    expect(steady(music.pulse).dim).toBeLessThan(0.1);
  });
});
