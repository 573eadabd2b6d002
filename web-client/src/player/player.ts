//! The player: keeps what comes out of the speaker on the room's timeline.
//!
//! Every 100 ms it reads the audio clock, asks for the audio it will need, and places what is due within 10 s (so that
//! throttled timers cannot hurt); every 500 ms it compares what is heard with what is due (design/SYNC.md, Player).

import type { Play, Playback } from "../protocol/generated";
import { AudioClock, readOutput } from "../sync/audioclock";
import type { ParkClock } from "../sync/clock";
import { Bands, Level } from "./bands";
import { BLOCK, Line } from "./line";
import { correction, playKey, type Slot, sampleAt, segmentAt, timeline } from "./schedule";
import type { SegmentStore, Wish } from "./segments";
import { makeContext, resume } from "./unlock";
import { Voice } from "./voice";

/** What the player is at. `untilUs`: when the next track, which may be playable, begins. */
export type PlayerStatus = { is: "off" | "blocked" | "loading" | "playing" } | { is: "failed"; untilUs: number | null };

const TICK_MS = 100;
const CONTROL_EVERY = 5;
const AHEAD_FRAMES = 10 * 48_000;
/** What is placed begins at least this much later: time for the audio thread to take it up. */
const MARGIN_FRAMES = 3_840;
const NEXT_AHEAD_US = 20_000_000;
/** Starts this close to the former end follow it sample by sample. */
const SEAMLESS_US = 200;
const ROOM_FADE_MS = 400;
const SKIP_FADE_MS = 50;
const RESEAT_FADE_MS = 10;
const OUTSIDE = 1 / 3;

interface Graph {
  context: AudioContext;
  clock: AudioClock;
  outside: GainNode;
  volume: GainNode;
  /** Before the volume: who mutes still sees the music. */
  bands: Bands;
  level: Level;
}

export class Player {
  readonly #clock: ParkClock;
  readonly #store: SegmentStore;
  readonly #onStatus: (status: PlayerStatus) => void;
  #graph: Graph | null = null;
  #unlocking = false;
  /** This browser has no Web Audio, or no device for it. */
  #impossible = false;
  #voices: Voice[] = [];
  #room: number | null = null;
  #playback: Playback | null = null;
  #former: Play | null = null;
  /** Nothing of this room has been heard yet: it fades in. */
  #fresh = true;
  /** First frame of what is heard of this room. */
  #since = 0;
  #outside = false;
  #volume = 1;
  #delayMs = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  #ticks = 0;
  #status: PlayerStatus = { is: "off" };

  constructor(clock: ParkClock, store: SegmentStore, onStatus: (status: PlayerStatus) => void) {
    this.#clock = clock;
    this.#store = store;
    this.#onStatus = onStatus;
  }

  /** How often the audio device stalled. */
  get stalls(): number {
    return this.#graph?.clock.jumps ?? 0;
  }

  /** Lets the browser make sound; to be called inside a gesture. Resolves to whether it does, never rejects. */
  async unlock(): Promise<boolean> {
    const graph = this.#graph ?? this.#build();
    if (!graph) return false;
    this.#unlocking = true;
    const runs = await resume(graph.context);
    this.#unlocking = false;
    this.#tick();
    return runs;
  }

  /** Plays a room's playback from now on; null: nothing. The same room again: what changed takes effect at its time. */
  play(room: number | null, playback: Playback | null): void {
    const nowUs = this.#parkUs(performance.now());
    if (room !== this.#room) {
      for (const voice of this.#voices) this.#fadeOut(voice, SKIP_FADE_MS);
      this.#room = room;
      this.#fresh = true;
      this.#former = null;
    } else if (playback && this.#playback && playKey(playback.now) !== playKey(this.#playback.now)) {
      this.#former = timeline(this.#playback, this.#former, nowUs)[0]?.play ?? null;
    }
    this.#playback = playback;
    if (room !== null) this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** Fetches what a track needs to be heard at once, before anybody asks to hear it. */
  prefetch(play: Play): void {
    const wishes = () => {
      if (this.#playback) return;
      const map = this.#store.known(play.track.audio);
      const due = sampleAt(play, this.#parkUs(performance.now()));
      if (map) this.#store.want([{ audio: play.track.audio, segment: segmentAt(map.segments, due) }]);
    };
    this.#store.map(play.track.audio).then(wishes, () => {});
  }

  /** From the lawn a room is heard at a third. */
  setOutside(outside: boolean): void {
    this.#outside = outside;
    this.#level(this.#graph?.outside, outside ? OUTSIDE : 1, 0.12);
  }

  /** 0 to 1; the ear hears the square of it as even steps. */
  setVolume(volume: number): void {
    this.#volume = volume;
    this.#level(this.#graph?.volume, volume * volume, 0.02);
  }

  /**
   * How much later the ear hears than the browser believes, in ms, as with Bluetooth: the music leaves that much earlier.
   * Heard within half a second, without a gap.
   */
  setDelay(ms: number): void {
    this.#graph?.clock.shift(ms - this.#delayMs);
    this.#delayMs = ms;
  }

  /** What is at the speaker when the browser's clock says `localMs`: from the sources that were started. */
  heard(localMs: number): { play: Play; samples: number } | null {
    const graph = this.#graph;
    if (!graph?.clock.known || graph.context.state !== "running") return null;
    const frame = graph.clock.frameAt(localMs);
    for (let i = this.#voices.length - 1; i >= 0; i--) {
      const voice = this.#voices[i]!;
      const samples = frame >= voice.begins ? voice.sampleAt(frame) : null;
      if (samples !== null) return { play: voice.play, samples };
    }
    return null;
  }

  bands(): Float32Array | null {
    return this.#status.is === "playing" ? (this.#graph?.bands.levels() ?? null) : null;
  }

  energy(): number {
    return this.#graph?.level.energy() ?? 0;
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const voice of this.#voices) voice.drop();
    this.#voices = [];
    this.#playback = null;
    this.#room = null;
    const context = this.#graph?.context;
    this.#graph = null;
    if (context) {
      context.onstatechange = null;
      context.close().catch(() => {});
    }
  }

  #build(): Graph | null {
    let context: AudioContext;
    try {
      context = makeContext();
    } catch {
      this.#impossible = true;
      return null;
    }
    const graph = {
      context,
      clock: new AudioClock(context.sampleRate),
      outside: context.createGain(),
      volume: context.createGain(),
      bands: new Bands(context),
      level: new Level(context),
    };
    graph.outside.gain.value = this.#outside ? OUTSIDE : 1;
    graph.volume.gain.value = this.#volume * this.#volume;
    graph.outside
      .connect(graph.bands.node)
      .connect(graph.volume)
      .connect(graph.level.node)
      .connect(context.destination);
    context.onstatechange = () => {
      // While it stood still the park went on: everything placed is at the wrong time.
      graph.clock.reset();
      for (const voice of this.#voices) voice.drop();
      this.#voices = [];
      this.#fresh = true;
      this.#tick();
    };
    this.#graph = graph;
    return graph;
  }

  #tick(): void {
    this.#ticks += 1;
    const localMs = performance.now();
    const nowUs = this.#parkUs(localMs);
    const slots = this.#room === null ? [] : timeline(this.#playback, this.#former, nowUs);
    this.#want(slots, nowUs);
    const graph = this.#graph;
    if (graph?.context.state === "running") {
      const pair = readOutput(graph.context, localMs);
      if (pair) graph.clock.add({ frame: pair.frame, localMs: pair.localMs + this.#delayMs });
      if (graph.clock.known && this.#clock.known) this.#place(graph, slots);
      if (this.#ticks % CONTROL_EVERY === 0) this.#control(graph);
    }
    this.#say(slots, localMs);
    if (this.#room === null && this.#voices.length === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  /** Asks for what is heard now and in the next 40 s, and for the beginning of what is next. */
  #want(slots: readonly Slot[], nowUs: number): void {
    const wishes: Wish[] = [];
    const later: Wish[] = [];
    for (const [order, slot] of slots.entries()) {
      const { audio } = slot.play.track;
      const map = this.#store.known(audio);
      if (!map) {
        this.#store.map(audio).catch(() => {});
        continue;
      }
      const first = segmentAt(map.segments, sampleAt(slot.play, nowUs));
      const playing = slot.startUs <= nowUs;
      const soon = slot.startUs - nowUs < NEXT_AHEAD_US;
      const count = playing ? (order === 0 ? 4 : 2) : soon ? 2 : 1;
      for (let segment = first; segment < Math.min(first + count, map.segments.length); segment++) {
        const due = segment < first + (playing ? 2 : 1);
        (due ? wishes : later).push({ audio, segment });
      }
    }
    if (this.#room !== null) this.#store.want([...wishes, ...later]);
  }

  #place(graph: Graph, slots: readonly Slot[]): void {
    const from = this.#soon(graph);
    const until = from + AHEAD_FRAMES;
    this.#voices = this.#voices.filter((voice) => {
      const over = Math.min(voice.stops, voice.naturalEnd) < from - AHEAD_FRAMES / 2;
      if (over) voice.drop();
      return !over;
    });
    for (const [i, slot] of slots.entries()) {
      const starts = this.#frameOf(graph, slot.startUs);
      if (starts > until) break;
      const voice = this.#voiceOf(slot.play) ?? this.#begin(graph, slot, slots[i - 1], from, starts);
      if (!voice) continue;
      const ends = this.#frameOf(graph, slot.endUs);
      if (ends < voice.naturalEnd - BLOCK * 8) {
        if (Math.abs(voice.stops - ends) > graph.context.sampleRate / 4) voice.stop(Math.max(ends, from), SKIP_FADE_MS);
      }
      voice.fill(from, until, (segment) => this.#store.buffer(slot.play.track.audio, segment));
    }
    for (const voice of this.#voices) {
      const due = slots.some((slot) => playKey(slot.play) === playKey(voice.play));
      // What comes to its end by itself is left to it.
      if (!due && voice.naturalEnd > from + graph.context.sampleRate) this.#fadeOut(voice, SKIP_FADE_MS);
    }
  }

  /** A new run of sound for a slot; null while its audio is not here. */
  #begin(graph: Graph, slot: Slot, before: Slot | undefined, from: number, starts: number): Voice | null {
    const map = this.#store.known(slot.play.track.audio);
    if (!map) return null;
    let begins = Math.round(starts);
    let line = Line.through(begins, 0);
    const former = before && this.#voiceOf(before.play);
    const seamless =
      former && former.stops === Number.POSITIVE_INFINITY && Math.abs(before.endUs - slot.startUs) < SEAMLESS_US;
    if (seamless) {
      begins = Math.round(former.naturalEnd);
      line = Line.through(begins, 0);
    }
    if (begins < from) {
      begins = from;
      line = Line.through(begins, Math.round(this.#dueAt(graph, slot.play, begins)));
    }
    const segment = segmentAt(map.segments, line.sampleAt(begins));
    if (!this.#store.buffer(slot.play.track.audio, segment)) return null;
    if (this.#fresh) this.#since = begins;
    const fade = this.#fresh ? ROOM_FADE_MS : line.sampleAt(begins) <= 0 ? 0 : RESEAT_FADE_MS;
    this.#fresh = false;
    const voice = new Voice(graph.outside, slot.play, map, line, begins, fade);
    this.#voices.push(voice);
    return voice;
  }

  /** Compares what is heard with what is due, and puts it right. */
  #control(graph: Graph): void {
    if (!graph.clock.known || !this.#clock.known) return;
    const from = this.#soon(graph);
    const voice = this.#voices.findLast((one) => one.begins <= from && one.stops > from && one.naturalEnd > from);
    if (!voice || voice.line.settledAt > from || voice.sampleAt(from) === null) return;
    const error = this.#dueAt(graph, voice.play, from) - voice.line.sampleAt(from);
    const found = correction(error, from - this.#since);
    if (found.is === "nudge") {
      if (!voice.nudge(from, found.frames, found.samples)) return;
      // What was to follow it sample by sample moves too: placed anew at the next look.
      this.#forget((one) => one.begins > from);
    }
    if (found.is === "reseat") this.#reseat(graph, voice, from);
  }

  #reseat(graph: Graph, voice: Voice, from: number): void {
    const { play, map } = voice;
    const line = Line.through(from, Math.round(this.#dueAt(graph, play, from)));
    const audio = play.track.audio;
    const buffer = (segment: number) => this.#store.buffer(audio, segment);
    const sample = line.sampleAt(from);
    if (sample < 0 || sample >= map.samples || !buffer(segmentAt(map.segments, sample))) return;
    this.#forget((one) => one.begins > from);
    const anew = new Voice(graph.outside, play, map, line, from, RESEAT_FADE_MS);
    const stops = voice.stops;
    voice.stop(from, RESEAT_FADE_MS);
    anew.fill(from, from + AHEAD_FRAMES, buffer);
    if (Number.isFinite(stops)) anew.stop(Math.max(from, stops - SKIP_FADE_MS * 48), SKIP_FADE_MS);
    this.#voices.push(anew);
  }

  #forget(which: (voice: Voice) => boolean): void {
    for (const voice of this.#voices) if (which(voice)) voice.drop();
    this.#voices = this.#voices.filter((voice) => !which(voice));
  }

  #fadeOut(voice: Voice, ms: number): void {
    if (!this.#graph || voice.stops < Number.POSITIVE_INFINITY) return;
    const from = this.#soon(this.#graph);
    if (voice.begins > from) this.#forget((one) => one === voice);
    else voice.stop(from, ms);
  }

  /** The run of a play that nobody replaced. */
  #voiceOf(play: Play): Voice | undefined {
    return this.#voices.findLast((voice) => playKey(voice.play) === playKey(play));
  }

  /** The first frame that can still be placed, a block's first. */
  #soon(graph: Graph): number {
    return Math.ceil((graph.context.currentTime * graph.context.sampleRate + MARGIN_FRAMES) / BLOCK) * BLOCK;
  }

  #parkUs(localMs: number): number {
    return this.#clock.parkAt(localMs) * 1_000;
  }

  #frameOf(graph: Graph, parkUs: number): number {
    return graph.clock.frameAt(this.#clock.localAt(parkUs / 1_000));
  }

  #dueAt(graph: Graph, play: Play, frame: number): number {
    return sampleAt(play, this.#parkUs(graph.clock.localAt(frame)));
  }

  #level(node: GainNode | undefined, value: number, seconds: number): void {
    if (!node) return;
    node.gain.setTargetAtTime(value, node.context.currentTime, seconds);
  }

  #say(slots: readonly Slot[], localMs: number): void {
    const status = this.#statusNow(slots, localMs);
    const was = this.#status;
    const same =
      was.is === status.is && (status.is !== "failed" || (was.is === "failed" && was.untilUs === status.untilUs));
    if (same) return;
    this.#status = status;
    this.#onStatus(status);
  }

  #statusNow(slots: readonly Slot[], localMs: number): PlayerStatus {
    const slot = slots[0];
    if (this.#room === null || !slot) return { is: "off" };
    if (this.#impossible) return { is: "failed", untilUs: null };
    if (this.#graph?.context.state !== "running") return { is: this.#unlocking ? "loading" : "blocked" };
    if (this.#store.unplayable(slot.play.track.audio)) {
      return { is: "failed", untilUs: Number.isFinite(slot.endUs) ? slot.endUs : null };
    }
    return { is: this.heard(localMs) ? "playing" : "loading" };
  }
}
