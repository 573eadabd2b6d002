//! What one missed while the connection was lost: told once one is back. Pure; time is an argument, in `Date.now()` ms.

import type { ChatLine } from "../protocol/generated";

/** A loss shorter than this was not on screen, and its end is not either. */
const SEEN_MS = 1_000;

interface Loss {
  since: number;
  /** How long it lasted; null while it does. */
  lastedMs: number | null;
  /** Up to which event one had read. */
  seq: number;
}

export class Missed {
  #loss: Loss | null = null;

  /** Whether one is back and has yet to learn what was missed. */
  get open(): boolean {
    return this.#loss?.lastedMs != null;
  }

  /** The connection was lost; it may be told more than once. */
  lost(since: number, seq: number): void {
    if (!this.#loss || this.#loss.lastedMs !== null) this.#loss = { since, lastedMs: null, seq };
  }

  live(now: number): void {
    if (this.#loss) this.#loss.lastedMs ??= now - this.#loss.since;
  }

  /** One left on purpose: nothing was missed. */
  forget(): void {
    this.#loss = null;
  }

  /** How many lines of others came meanwhile, by the lines now known; null when that is not worth a word. Asked once. */
  count(lines: readonly ChatLine[], me: number | undefined): number | null {
    const loss = this.#loss;
    this.#loss = null;
    if (!loss) return null;
    const missed = lines.filter((line) => line.id > loss.seq && line.by.account !== me).length;
    return missed > 0 || (loss.lastedMs ?? 0) >= SEEN_MS ? missed : null;
  }
}
