//! One run of one track through Web Audio: sources placed frame by frame along a line, and what they really play.

import type { AudioMap, Play } from "../protocol/generated";
import { BLOCK, type Line } from "./line";
import { type Cue, cues } from "./schedule";

/** A source that was started, and the line it follows. */
interface Source {
  cue: Cue;
  line: Line;
  /** First frame after it. */
  end: number;
  node: AudioBufferSourceNode;
}

/** Frames after which what was played is forgotten: longer than any output's latency. */
const FORGET_FRAMES = 4 * 48_000;

export class Voice {
  readonly play: Play;
  readonly map: AudioMap;
  readonly context: BaseAudioContext;
  /** First frame of this run. */
  readonly begins: number;
  /** Frame at which it is silent at the latest; infinite while nobody stopped it. */
  stops = Number.POSITIVE_INFINITY;
  line: Line;
  readonly #gain: GainNode;
  readonly #level: number;
  /** When the fade at its end begins, in seconds of the context. */
  #fadesAt = Number.POSITIVE_INFINITY;
  #sources: Source[] = [];

  /** Plays `play` along `line` from frame `begins` on, fading in over `fadeMs`, into `into`. */
  constructor(into: AudioNode, play: Play, map: AudioMap, line: Line, begins: number, fadeMs: number) {
    this.play = play;
    this.map = map;
    this.line = line;
    this.begins = begins;
    this.context = into.context;
    this.#level = 10 ** (play.track.gain_db / 20);
    this.#gain = this.context.createGain();
    this.#gain.connect(into);
    const level = this.#gain.gain;
    if (fadeMs === 0) level.value = this.#level;
    else {
      level.setValueAtTime(0, 0);
      level.setValueAtTime(0, this.#time(begins));
      level.linearRampToValueAtTime(this.#level, this.#time(begins) + fadeMs / 1_000);
    }
  }

  /** The frame after the track's last sample. */
  get naturalEnd(): number {
    return this.line.frameAt(this.map.samples);
  }

  /** Starts a source for each segment heard between the frames whose audio is here. */
  fill(from: number, to: number, buffer: (segment: number) => AudioBuffer | null): void {
    const until = Math.min(to, this.stops);
    for (const cue of cues(this.map.segments, this.line, Math.max(from, this.begins), until)) {
      if (this.#sources.some((source) => source.cue.segment === cue.segment)) continue;
      const audio = buffer(cue.segment);
      if (audio) this.#start(cue, audio);
    }
    const before = this.context.currentTime * this.context.sampleRate - FORGET_FRAMES;
    this.#sources = this.#sources.filter((source) => source.end > before);
  }

  /** Gains `samples` over `frames` frames from `from` on (a block's first). False: a source begins or ends on the way. */
  nudge(from: number, frames: number, samples: number): boolean {
    const sounding = this.#sources.find((source) => source.cue.frame <= from && source.end > from + frames + BLOCK);
    if (!sounding) return false;
    this.line = this.line.nudged(from, frames, samples);
    sounding.line = sounding.line.nudged(from, frames, samples);
    sounding.end -= samples;
    const rate = sounding.node.playbackRate;
    rate.setValueAtTime(1 + samples / frames, this.#time(from - 1));
    rate.setValueAtTime(1, this.#time(from + frames - 1));
    for (const later of this.#sources) if (later.cue.frame > from) silence(later.node);
    this.#sources = this.#sources.filter((source) => source.cue.frame <= from);
    return true;
  }

  /** Fades out over `fadeMs` from a frame on, and is over then. */
  stop(frame: number, fadeMs: number): void {
    const at = this.#time(Math.max(frame, this.begins));
    const level = this.#gain.gain;
    // An earlier end, if there was one, no longer holds.
    level.cancelScheduledValues(Math.min(at, this.#fadesAt));
    this.#fadesAt = at;
    level.setValueAtTime(this.#level, at);
    level.linearRampToValueAtTime(0, at + fadeMs / 1_000);
    this.stops = (at + fadeMs / 1_000) * this.context.sampleRate;
    for (const source of this.#sources) {
      if (source.end > this.stops) source.node.stop(at + fadeMs / 1_000);
    }
  }

  /** Over at once, and for good. */
  drop(): void {
    for (const source of this.#sources) silence(source.node);
    this.#sources = [];
    this.stops = 0;
    this.#gain.disconnect();
  }

  /** The sample that its sources play at a frame; null where they play none. */
  sampleAt(frame: number): number | null {
    if (frame >= this.stops) return null;
    const source = this.#sources.find((one) => one.cue.frame <= frame && frame < one.end);
    return source ? source.line.sampleAt(frame) : null;
  }

  #start(cue: Cue, audio: AudioBuffer): void {
    const segment = this.map.segments[cue.segment]!;
    const node = this.context.createBufferSource();
    node.buffer = audio;
    node.playbackRate.value = this.line.rateAt(cue.frame);
    for (const piece of this.line.pieces) {
      if (piece.frame > cue.frame) node.playbackRate.setValueAtTime(piece.rate, this.#time(piece.frame - 1));
    }
    node.connect(this.#gain);
    node.onended = () => node.disconnect();
    const offset = cue.offset / audio.sampleRate;
    // A browser that decodes too much is cut at the segment's end; rounding must not cut the others.
    if (audio.length > segment.samples) node.start(this.#time(cue.frame), offset, cue.samples / audio.sampleRate);
    else node.start(this.#time(cue.frame), offset);
    if (Number.isFinite(this.stops)) node.stop(this.#time(this.stops));
    if (this.context.currentTime > this.#time(cue.frame)) {
      // The audio thread overtook: it would play late, at a place nobody knows. The next look places it anew.
      silence(node);
      return;
    }
    const end = Math.round(this.line.frameAt(segment.start + segment.samples));
    this.#sources.push({ cue, line: this.line, end, node });
  }

  #time(frame: number): number {
    return frame / this.context.sampleRate;
  }
}

function silence(node: AudioBufferSourceNode): void {
  node.onended = null;
  node.stop();
  node.disconnect();
}
