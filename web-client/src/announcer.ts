//! What a screen reader is told, and when: at most a sentence in five seconds, the most urgent of those that wait.

/** Weightier sentences win over those that wait. */
export type Weight = "track" | "mention" | "turn";

const WEIGHTS: readonly Weight[] = ["track", "mention", "turn"];
const EVERY_MS = 5000;

export class Announcer {
  readonly #say: (sentence: string) => void;
  #waiting: { weight: Weight; sentence: string } | null = null;
  #saidAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(say: (sentence: string) => void) {
    this.#say = say;
  }

  /** Says it as soon as it may be said; of two that wait the weightier stays, of two alike the newer. */
  tell(weight: Weight, sentence: string): void {
    if (this.#waiting && WEIGHTS.indexOf(this.#waiting.weight) > WEIGHTS.indexOf(weight)) return;
    this.#waiting = { weight, sentence };
    this.#timer ??= setTimeout(() => this.#speak(), Math.max(0, this.#saidAt + EVERY_MS - Date.now()));
  }

  #speak(): void {
    this.#timer = null;
    if (!this.#waiting) return;
    this.#saidAt = Date.now();
    this.#say(this.#waiting.sentence);
    this.#waiting = null;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = null;
  }
}
