//! Fetches the pieces of tracks, decodes them and holds about 40 s of them: a bounded store, told what is wanted next.

import type { AudioMap } from "../protocol/generated";

/** A piece of a track. */
export interface Wish {
  audio: string;
  segment: number;
}

export interface SegmentSource {
  /** Loads the map of a track. */
  map(audio: string): Promise<AudioMap>;
  /** Loads bytes of a track. */
  bytes(audio: string, offset: number, length: number, signal: AbortSignal): Promise<ArrayBuffer>;
  /** Decodes a complete stream. */
  decode(bytes: ArrayBuffer): Promise<AudioBuffer>;
}

/** A segment that cannot be had, whatever one does: not to be asked for again. */
export class Unplayable extends Error {}

/** Decoded segments held: 3.8 MB each. */
const HELD = 7;
const MAPS_HELD = 8;
const AT_ONCE = 2;
const DECODE_TRIES = 2;
const RETRY_FIRST_MS = 400;
const RETRY_MOST_MS = 8_000;

interface Piece extends Wish {
  buffer: AudioBuffer | null;
  loading: AbortController | null;
  tries: number;
  /** `performance.now()` before which it is not tried again. */
  notBefore: number;
}

export class SegmentStore {
  readonly #source: SegmentSource;
  readonly #now: () => number;
  readonly #maps = new Map<string, Promise<AudioMap>>();
  readonly #known = new Map<string, AudioMap>();
  readonly #pieces = new Map<string, Piece>();
  readonly #unplayable = new Set<string>();
  #wishes: Wish[] = [];
  #closed = false;

  constructor(source: SegmentSource, now: () => number = () => performance.now()) {
    this.#source = source;
    this.#now = now;
  }

  /** The map of a track; one request however often it is asked for. */
  map(audio: string): Promise<AudioMap> {
    const had = this.#maps.get(audio);
    if (had) return had;
    const loading = this.#source.map(audio);
    this.#maps.set(audio, loading);
    trim(this.#maps, MAPS_HELD);
    loading.then(
      (map) => {
        this.#known.set(audio, map);
        trim(this.#known, MAPS_HELD);
      },
      (error: unknown) => {
        if (error instanceof Unplayable) this.#markUnplayable(audio);
        this.#maps.delete(audio);
      },
    );
    return loading;
  }

  /** The map, when it is here. */
  known(audio: string): AudioMap | null {
    return this.#known.get(audio) ?? null;
  }

  /** The decoded segment, when it is here. */
  buffer(audio: string, segment: number): AudioBuffer | null {
    return this.#pieces.get(key({ audio, segment }))?.buffer ?? null;
  }

  /** Whether this browser cannot play the track. */
  unplayable(audio: string): boolean {
    return this.#unplayable.has(audio);
  }

  /** What is needed from now on, most urgent first. What is not named may be let go; loading it is broken off. */
  want(wishes: Wish[]): void {
    if (this.#closed) return;
    this.#wishes = wishes.slice(0, HELD);
    const wished = new Set(this.#wishes.map(key));
    let spare = HELD - wished.size;
    for (const [name, piece] of [...this.#pieces].reverse()) {
      if (wished.has(name)) continue;
      piece.loading?.abort();
      // What was heard last is kept while there is room: somebody may step back.
      if (!piece.buffer || spare <= 0) this.#pieces.delete(name);
      else spare -= 1;
    }
    this.#load();
  }

  close(): void {
    this.#closed = true;
    this.#wishes = [];
    for (const piece of this.#pieces.values()) piece.loading?.abort();
    this.#pieces.clear();
  }

  #load(): void {
    let loading = [...this.#pieces.values()].filter((piece) => piece.loading).length;
    for (const wish of this.#wishes) {
      if (loading >= AT_ONCE) return;
      if (this.#unplayable.has(wish.audio)) continue;
      const name = key(wish);
      const piece = this.#pieces.get(name) ?? { ...wish, buffer: null, loading: null, tries: 0, notBefore: 0 };
      if (piece.buffer || piece.loading || piece.notBefore > this.#now()) continue;
      this.#pieces.set(name, piece);
      loading += 1;
      void this.#fetch(piece);
    }
  }

  async #fetch(piece: Piece): Promise<void> {
    const abort = new AbortController();
    piece.loading = abort;
    let decoding = false;
    try {
      const map = await this.map(piece.audio);
      const segment = map.segments[piece.segment];
      if (!segment) throw new Unplayable(`track ${piece.audio} has no segment ${piece.segment}`);
      const bytes = await this.#source.bytes(piece.audio, segment.offset, segment.bytes, abort.signal);
      decoding = true;
      const buffer = await this.#source.decode(bytes);
      if (!abort.signal.aborted && !this.#closed) piece.buffer = buffer;
    } catch (error) {
      if (abort.signal.aborted) return;
      piece.tries += 1;
      const hopeless = error instanceof Unplayable || (decoding && piece.tries >= DECODE_TRIES);
      if (hopeless) this.#markUnplayable(piece.audio);
      piece.notBefore = this.#now() + Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** (piece.tries - 1));
    } finally {
      piece.loading = null;
      if (!this.#closed) this.#load();
    }
  }

  #markUnplayable(audio: string): void {
    this.#unplayable.add(audio);
    for (const first of this.#unplayable) {
      if (this.#unplayable.size <= MAPS_HELD) break;
      this.#unplayable.delete(first);
    }
  }
}

/** Fetches from the park and decodes at 48 kHz; needs no running audio context, so it may begin before the first gesture. */
export function parkSource(origin: string): SegmentSource {
  let decoder: OfflineAudioContext | null = null;
  const ok = (answer: Response, what: string): Response => {
    if (answer.ok) return answer;
    const text = `the park answered ${answer.status} for ${what}`;
    throw answer.status === 404 ? new Unplayable(text) : new Error(text);
  };
  return {
    async map(audio) {
      const url = `${origin}/audio/${audio}.json`;
      return (await ok(await fetch(url), url).json()) as AudioMap;
    },
    async bytes(audio, offset, length, signal) {
      const url = `${origin}/audio/${audio}.opus`;
      const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
      const answer = ok(await fetch(url, { headers, signal }), url);
      const bytes = await answer.arrayBuffer();
      // A proxy on the way may not know ranges and send the whole.
      return answer.status === 206 ? bytes : bytes.slice(offset, offset + length);
    },
    decode(bytes) {
      decoder ??= new OfflineAudioContext(2, 1, 48_000);
      return decoder.decodeAudioData(bytes);
    },
  };
}

function key(wish: Wish): string {
  return `${wish.audio}/${wish.segment}`;
}

function trim(map: Map<string, unknown>, most: number): void {
  for (const name of map.keys()) {
    if (map.size <= most) return;
    map.delete(name);
  }
}
