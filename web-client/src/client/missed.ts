//! What one missed while the connection was lost: told once one is back, as it arrives. Pure; time is an argument, in
//! `Date.now()` ms.

import type { ChatLine } from "../protocol/generated";

/** A loss shorter than this was not on screen, and its end is not either. */
const SEEN_MS = 1_000;

interface Loss {
  since: number;
  /** How long it lasted; null while it does. */
  lastedMs: number | null;
  /** Up to which event one had read, or has been counted since. */
  seq: number;
  /** Lines counted so far. */
  missed: number;
  /** Park time in µs when one was back: what was said later was not missed. */
  backUs: number;
}

export class Missed {
  #loss: Loss | null = null;

  /** Whether one is back and has yet to learn what was missed. */
  get open(): boolean {
    return this.#loss?.lastedMs != null;
  }

  /** The connection was lost; it may be told more than once. */
  lost(since: number, seq: number): void {
    if (!this.#loss || this.#loss.lastedMs !== null) this.#loss = { since, lastedMs: null, seq, missed: 0, backUs: 0 };
  }

  live(now: number, parkUs: number): void {
    if (!this.#loss || this.#loss.lastedMs !== null) return;
    this.#loss.lastedMs = now - this.#loss.since;
    this.#loss.backUs = parkUs;
  }

  /** One left on purpose, or all that was missed has arrived. */
  forget(): void {
    this.#loss = null;
  }

  /**
   * How many lines of others came meanwhile, these lines included; null when that is not worth a word. They come in several
   * frames: each is counted on top of those before it.
   */
  count(lines: readonly ChatLine[], me: number | undefined): number | null {
    const loss = this.#loss;
    if (!loss) return null;
    const missed = lines.filter((line) => line.id > loss.seq && line.by.account !== me && line.at <= loss.backUs);
    loss.missed += missed.length;
    loss.seq = Math.max(loss.seq, ...lines.map((line) => line.id));
    return loss.missed > 0 || (loss.lastedMs ?? 0) >= SEEN_MS ? loss.missed : null;
  }
}
