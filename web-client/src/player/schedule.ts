//! What to play when, and how to put right what is off: pure, in frames of the audio context and samples of the track.

import type { Play, Playback, Segment } from "../protocol/generated";
import { SAMPLE_RATE } from "../protocol/generated";
import { BLOCK, type Line } from "./line";

/** A play and its share of the timeline, in park time (microseconds). */
export interface Slot {
  play: Play;
  startUs: number;
  endUs: number;
}

/** One piece of audio to be started: `offset` samples into the segment, at `frame` of the context. */
export interface Cue {
  /** Index of the segment in its map. */
  segment: number;
  frame: number;
  offset: number;
  samples: number;
}

/** Exact length of a play in microseconds, rounded down as the server does. */
export function lengthUs(samples: number): number {
  return Math.floor((samples * 125) / 6);
}

/** The sample of a play that is due at a park time; may lie outside the track. */
export function sampleAt(play: Play, parkUs: number): number {
  return ((parkUs - play.start_us) * SAMPLE_RATE) / 1_000_000;
}

/** Names one playing of a track. */
export function playKey(play: Play): string {
  return `${play.start_us}/${play.entry ?? "mix"}/${play.track.audio}`;
}

/**
 * What is to be heard from `nowUs` on, in order: the former play until the new one begins, what plays, what is next.
 * `former` is what played before the last change, if anything.
 */
export function timeline(playback: Playback | null, former: Play | null, nowUs: number): Slot[] {
  const slots: Slot[] = [];
  const startUs = playback?.now.start_us;
  if (former && startUs !== undefined && startUs > nowUs) {
    slots.push({ play: former, startUs: former.start_us, endUs: Math.min(startUs, endOf(former)) });
  }
  if (playback) {
    const { now, next } = playback;
    slots.push({
      play: now,
      startUs: now.start_us,
      endUs: Math.min(endOf(now), next?.start_us ?? Number.POSITIVE_INFINITY),
    });
    if (next) slots.push({ play: next, startUs: next.start_us, endUs: endOf(next) });
  }
  return slots.filter((slot) => slot.endUs > nowUs);
}

function endOf(play: Play): number {
  return play.start_us + lengthUs(play.track.samples);
}

/** The cues of a line from `fromFrame` up to `toFrame`: one for each segment that is heard in between. */
export function cues(segments: readonly Segment[], line: Line, fromFrame: number, toFrame: number): Cue[] {
  const found: Cue[] = [];
  for (const [index, segment] of segments.entries()) {
    const starts = Math.round(line.frameAt(segment.start));
    const ends = line.frameAt(segment.start + segment.samples);
    if (ends <= fromFrame) continue;
    if (starts >= toFrame) break;
    const frame = Math.max(starts, Math.ceil(fromFrame));
    const offset = starts >= fromFrame ? 0 : line.sampleAt(frame) - segment.start;
    if (offset < segment.samples) found.push({ segment: index, frame, offset, samples: segment.samples - offset });
  }
  return found;
}

/** The segment that holds a sample; the first or the last for one outside the track. */
export function segmentAt(segments: readonly Segment[], sample: number): number {
  const found = segments.findIndex((segment) => sample < segment.start + segment.samples);
  return found === -1 ? segments.length - 1 : found;
}

/** What to do about an error. */
export type Correction =
  | { is: "none" }
  /** Gain `samples` (lose, when negative) over `frames` frames. */
  | { is: "nudge"; samples: number; frames: number }
  /** Start anew at the right place. */
  | { is: "reseat" };

const NOTHING_MS = 0.2;
const RESEAT_MS = 20;
/** In the first 2 s, while the audio device settles, waiting for a nudge would take longer than anybody wants. */
const RESEAT_FIRST_MS = 5;
/** Playback-rate nudges: more is heard as vibrato. In the first 2 s, while everything settles, it may be more. */
const RATE_STEADY = 0.002;
const RATE_FIRST = 0.005;
const FIRST_FRAMES = 2 * SAMPLE_RATE;
/** A nudge lasts no longer than the time between two looks, less what it takes to get it going. */
const NUDGE_FRAMES = 150 * BLOCK;

/** `errorSamples`: how far what is heard lies behind what is due. `age`: frames since one began to hear. */
export function correction(errorSamples: number, age: number): Correction {
  const errorMs = (Math.abs(errorSamples) * 1_000) / SAMPLE_RATE;
  if (errorMs < NOTHING_MS) return { is: "none" };
  const first = age < FIRST_FRAMES;
  if (errorMs >= (first ? RESEAT_FIRST_MS : RESEAT_MS)) return { is: "reseat" };
  const rate = first ? RATE_FIRST : RATE_STEADY;
  const most = Math.floor(NUDGE_FRAMES * rate);
  const samples = Math.sign(errorSamples) * Math.max(1, Math.min(most, Math.round(Math.abs(errorSamples))));
  const frames = Math.min(NUDGE_FRAMES, Math.ceil(Math.abs(samples) / rate / BLOCK) * BLOCK);
  return { is: "nudge", samples, frames };
}
