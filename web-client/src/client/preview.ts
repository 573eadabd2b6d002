//! A look into a room before one steps in: renewed every few seconds while the page is seen, so that the join card never goes stale.

import type { FloorSeen } from "../protocol/generated";

/** Between two looks, ms. */
const LOOK_EVERY_MS = 4_000;

export interface PreviewMeans {
  look(slug: string): Promise<FloorSeen>;
  /** What is seen now; null: nobody looks any more, or into another room. */
  onSeen(seen: FloorSeen | null): void;
  hidden(): boolean;
  /** Park time in microseconds. */
  nowUs(): number;
}

export class Preview {
  readonly #means: PreviewMeans;
  #slug: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: ReturnType<typeof setTimeout> | undefined;
  /** Looks that were begun; the answer to an older one is let go. */
  #looks = 0;

  constructor(means: PreviewMeans) {
    this.#means = means;
  }

  /** Looks into a room from now on; answers how to stop. */
  of(slug: string): () => void {
    this.close();
    this.#slug = slug;
    void this.#look();
    return () => {
      if (this.#slug === slug) this.close();
    };
  }

  /** The page is seen again: what it shows may be old. */
  seenAgain(): void {
    if (this.#slug !== null) void this.#look();
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#turn);
    this.#looks++;
    if (this.#slug !== null) this.#means.onSeen(null);
    this.#slug = null;
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    const slug = this.#slug;
    if (slug === null || this.#means.hidden()) return;
    const look = ++this.#looks;
    // A look that fails is made good by the next; until then the last one stands.
    const seen = await this.#means.look(slug).catch(() => null);
    if (look !== this.#looks) return;
    if (seen) this.#show(seen);
    this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  /** Shows what was seen, and what comes next at its moment: a track ends between two looks. */
  #show(seen: FloorSeen): void {
    clearTimeout(this.#turn);
    this.#means.onSeen(seen);
    const { room, next } = seen;
    if (!next) return;
    const turn = () => this.#show({ ...seen, room: { ...room, now: next }, next: null });
    this.#turn = setTimeout(turn, Math.max(0, (next.start_us - this.#means.nowUs()) / 1_000));
  }
}
