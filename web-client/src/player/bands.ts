//! What lights and dancers follow: six bands of what plays, muted or not; and how loud it is at the ear.

/** Upper edges of the bands in Hz; the first begins at 20. */
const EDGES = [20, 110, 280, 700, 1_800, 4_800, 15_000] as const;
/** Levels are read from this range of decibels to 0 to 1. */
const QUIET_DB = -85;
const LOUD_DB = -20;

export class Bands {
  readonly node: AnalyserNode;
  readonly #spectrum: Uint8Array<ArrayBuffer>;
  readonly #bands = new Float32Array(EDGES.length - 1);

  constructor(context: AudioContext) {
    this.node = context.createAnalyser();
    this.node.fftSize = 2_048;
    this.node.smoothingTimeConstant = 0.6;
    this.node.minDecibels = QUIET_DB;
    this.node.maxDecibels = LOUD_DB;
    this.#spectrum = new Uint8Array(this.node.frequencyBinCount);
  }

  /** Six levels from 0 to 1, bass first. The same array each time. */
  levels(): Float32Array {
    this.node.getByteFrequencyData(this.#spectrum);
    return bandLevels(this.#spectrum, this.node.context.sampleRate, this.#bands);
  }
}

/** How loud that is which leaves for the speaker. */
export class Level {
  readonly node: AnalyserNode;
  readonly #wave: Float32Array<ArrayBuffer>;

  constructor(context: AudioContext) {
    this.node = context.createAnalyser();
    this.node.fftSize = 2_048;
    this.#wave = new Float32Array(this.node.fftSize);
  }

  /** Root mean square, 0 to 1. */
  energy(): number {
    this.node.getFloatTimeDomainData(this.#wave);
    let sum = 0;
    for (const value of this.#wave) sum += value * value;
    return Math.sqrt(sum / this.#wave.length);
  }
}

/** Means of a spectrum of bytes over the bands, written into `into`. */
export function bandLevels(spectrum: Uint8Array, sampleRate: number, into: Float32Array): Float32Array {
  const width = sampleRate / 2 / spectrum.length;
  for (let band = 0; band < into.length; band++) {
    const from = Math.max(1, Math.round(EDGES[band]! / width));
    const to = Math.max(from + 1, Math.round(EDGES[band + 1]! / width));
    let sum = 0;
    for (let bin = from; bin < to; bin++) sum += spectrum[bin] ?? 0;
    into[band] = sum / (to - from) / 255;
  }
  return into;
}
