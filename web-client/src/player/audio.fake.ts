//! A Web Audio for tests: time is the (pretended) `performance.now()`, sources are written down, nothing sounds.

const RATE = 48_000;

export class FakeParam {
  value = 1;
  readonly events: { value: number; time: number }[] = [];

  setValueAtTime(value: number, time: number): this {
    this.events.push({ value, time });
    return this;
  }

  linearRampToValueAtTime(value: number, time: number): this {
    this.events.push({ value, time });
    return this;
  }

  setTargetAtTime(value: number): this {
    this.value = value;
    return this;
  }

  cancelScheduledValues(time: number): this {
    this.events.splice(0, this.events.length, ...this.events.filter((event) => event.time < time));
    return this;
  }
}

class FakeNode {
  readonly context: FakeAudioContext;
  readonly gain = new FakeParam();
  readonly frequencyBinCount = 1_024;
  fftSize = 2_048;

  constructor(context: FakeAudioContext) {
    this.context = context;
  }

  connect<T>(to: T): T {
    return to;
  }

  disconnect(): void {}

  getFloatTimeDomainData(into: Float32Array): void {
    into.fill(0.1);
  }

  getByteFrequencyData(into: Uint8Array): void {
    into.fill(128);
  }
}

export class FakeSource extends FakeNode {
  buffer: { name: string; length: number } | null = null;
  readonly playbackRate = new FakeParam();
  onended: (() => void) | null = null;
  /** Frames of the context. */
  starts = Number.POSITIVE_INFINITY;
  stops = Number.POSITIVE_INFINITY;
  /** Samples into the buffer. */
  offset = 0;

  start(when: number, offset: number): void {
    this.starts = Math.round(when * RATE);
    this.offset = Math.round(offset * RATE);
    this.context.sources.push(this);
  }

  stop(when = 0): void {
    this.stops = Math.round(Math.max(when, this.context.currentTime) * RATE);
  }
}

export class FakeAudioContext {
  static allowed = true;
  static made: FakeAudioContext[] = [];

  readonly sampleRate = RATE;
  readonly destination = {};
  readonly sources: FakeSource[] = [];
  state = "suspended";
  onstatechange: (() => void) | null = null;
  /** ms by which the device has stood still so far. */
  stalledMs = 0;
  #since = 0;

  constructor() {
    FakeAudioContext.made.push(this);
  }

  get currentTime(): number {
    return this.state === "running" ? (performance.now() - this.#since - this.stalledMs) / 1_000 : 0;
  }

  /** The speaker is 50 ms behind. */
  getOutputTimestamp(): { contextTime: number; performanceTime: number } {
    return { contextTime: Math.max(0, this.currentTime - 0.05), performanceTime: performance.now() };
  }

  resume(): Promise<void> {
    if (!FakeAudioContext.allowed) return new Promise(() => {});
    if (this.state !== "running") {
      this.#since = performance.now();
      this.stalledMs = 0;
      this.state = "running";
      this.onstatechange?.();
    }
    return Promise.resolve();
  }

  /** A call comes in, the phone is locked: the browser stops it. */
  interrupt(): void {
    this.state = "suspended";
    this.onstatechange?.();
  }

  createGain(): FakeNode {
    return new FakeNode(this);
  }

  createAnalyser(): FakeNode {
    return new FakeNode(this);
  }

  createBufferSource(): FakeSource {
    return new FakeSource(this);
  }

  close(): Promise<void> {
    this.state = "closed";
    return Promise.resolve();
  }

  /** What is rendered at a frame: names of the buffers and the samples in them, by the sources alone. */
  renderedAt(frame: number): { name: string; sample: number }[] {
    return this.sources.flatMap((source) => {
      const buffer = source.buffer;
      if (!buffer || frame < source.starts || frame >= source.stops) return [];
      const sample = source.offset + playedBy(source, frame);
      return sample < buffer.length ? [{ name: buffer.name, sample }] : [];
    });
  }
}

/** Samples a source has played when the frame comes, its rate read once per 128 frames as the audio thread does. */
function playedBy(source: FakeSource, frame: number): number {
  let played = 0;
  let at = source.starts;
  while (at < frame) {
    const block = Math.floor(at / 128) * 128;
    const until = Math.min(frame, block + 128);
    const set = source.playbackRate.events.filter((event) => event.time * RATE <= block).at(-1);
    played += (until - at) * (set?.value ?? source.playbackRate.value);
    at = until;
  }
  return played;
}
