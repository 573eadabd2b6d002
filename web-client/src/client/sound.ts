//! What the screens are told of the sound, in words, and what the gateway is told: whether one hears anything.

import type { PlayerStatus } from "../player/player";
import type { ToServer } from "../protocol/generated";
import type { Sound } from "./state";

/** Silence shorter than this is nothing to tell the gateway: a track change, a reload of the audio. */
const SILENCE_MS = 2_000;

/** The sound for the screens; `nowUs` is park time. */
export function soundOf(status: PlayerStatus, outside: boolean, nowUs: number): Sound {
  if (status.is !== "failed") return { is: status.is, outside };
  return { is: "failed", outside, why: cannotPlay(status.untilUs === null ? null : status.untilUs - nowUs) };
}

/** The sentence for a track that this browser cannot play, with the time until the next one. */
export function cannotPlay(untilNextUs: number | null): string {
  const sentence = "Your browser could not play this track.";
  if (untilNextUs === null) return sentence;
  const seconds = Math.max(0, Math.ceil(untilNextUs / 1_000_000));
  const clock = `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
  return `${sentence} You are back with the next one, in ${clock}.`;
}

/** Tells the gateway when one begins or ceases to hear. */
export class Hearing {
  readonly #send: (frame: ToServer) => boolean;
  #told: boolean | null = null;
  #hears = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(send: (frame: ToServer) => boolean) {
    this.#send = send;
  }

  now(hears: boolean): void {
    if (hears === this.#hears) return;
    this.#hears = hears;
    this.close();
    if (hears) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), SILENCE_MS);
  }

  /** A new socket knows nothing. */
  connected(): void {
    this.#told = null;
    this.#tell();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tell(): void {
    if (this.#told === this.#hears) return;
    if (this.#send({ hearing: { sound: this.#hears, away: false } })) this.#told = this.#hears;
  }
}
