//! Many reactions at once: the first dozen of a second rise one by one, the others are one that counts them. Pure; times in ms.

import type { Reaction } from "../protocol/generated";

/** More than this a second merge. */
export const ALONE = 12;
const SECOND_MS = 1000;

/** What becomes of a reaction: it rises alone, or it is one of the `count` that rise together. */
export type Shown = { is: "alone" } | { is: "merged"; count: number };

export class Tally {
  #times: number[] = [];
  readonly #merged = new Map<Reaction, { count: number; until: number }>();

  /** Somebody reacted at `now`. */
  react(kind: Reaction, now: number): Shown {
    this.#times = this.#times.filter((t) => now - t < SECOND_MS);
    const together = this.#merged.get(kind);
    if (this.#times.length < ALONE) {
      this.#times.push(now);
      return { is: "alone" };
    }
    const count = together && now < together.until ? together.count + 1 : 1;
    this.#merged.set(kind, { count, until: now + SECOND_MS });
    return { is: "merged", count };
  }
}
