//! The pretended park's music: a few tracks, a waveform for each, and six bands that move as music does.

import { rng } from "../src/draw/shapes";
import type { Track } from "../src/protocol/generated";
import type { Names } from "./pretended-words";

const BPM = 112;
const TITLES: [string, string, string, number, number][] = [
  ["Slow Lanterns", "Mira Vale", "warm", 265, 4],
  ["Paper Boats", "Otto Lind", "slow", 216, 6],
  ["Harbour Lights", "Mira Vale", "warm", 201, 11],
  ["Salt and Static", "Juno Pray", "driving", 199, 3],
  ["The Long Way Down to the Water", "Low Tide", "slow", 268, 17],
  ["Glass Weather", "Ines Roque", "warm", 225, 20],
  ["Night Ferry", "Mira Vale", "driving", 240, 29],
];

/** The library; its first tracks take the names of the case. */
export function library(names: Names): Track[] {
  return TITLES.map(([title, artist, mood, seconds, cover], i) => ({
    id: i + 1,
    title: names.tracks[i]?.[0] ?? title,
    artist: names.tracks[i]?.[1] ?? artist,
    mood,
    cover,
    samples: seconds * 48000,
    bpm: BPM,
    first_beat_ms: 0,
    key: "D minor",
    gain_db: 0,
    audio: (i + 1).toString(16).repeat(64).slice(0, 64),
  }));
}

/** Six bands, each 0 to 1, `seconds` into a track of some loudness (0 to 1). */
export function bandsAt(seconds: number, loudness: number): Float32Array {
  const beat = ((seconds * BPM) / 60) % 1;
  const kick = Math.exp(-beat * 4.2);
  return Float32Array.from(
    [
      kick * 0.95,
      0.35 + 0.5 * Math.exp(-((beat + 0.5) % 1) * 4),
      0.45 + 0.3 * Math.sin(seconds * 2.1),
      0.4 + 0.35 * Math.sin(seconds * 3.3 + 1),
      0.35 + 0.4 * Math.sin(seconds * 5.1 + 2) ** 2,
      0.25 + 0.5 * Math.exp(-((beat * 2) % 1) * 5),
    ].map((band) => band * loudness),
  );
}

/** The waveform of a track, two bytes a column as the server stores it. */
export function peaksOf(audio: string): Uint8Array {
  const r = rng(Number.parseInt(audio.slice(0, 4), 16));
  return Uint8Array.from({ length: 400 }, (_, i) => {
    const u = (i >> 1) / 200;
    const edge = u < 0.04 ? u * 25 : u > 0.96 ? (1 - u) * 25 : 1;
    return (0.2 + 0.5 * Math.abs(Math.sin(u * 9)) * (0.5 + 0.5 * Math.sin(u * 3.1)) + r() * 0.25) * edge * 160;
  });
}
