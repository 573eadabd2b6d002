//! Tells the park where one walks: at most ten times a second, the latest wins, nothing is queued.

import { encodeStep, type Spot } from "../protocol/binary";

const EVERY_MS = 100;

export class Steps {
  readonly #send: (frame: ArrayBuffer) => boolean;
  #last: Spot | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(send: (frame: ArrayBuffer) => boolean) {
    this.#send = send;
  }

  step(spot: Spot): void {
    this.#last = spot;
    if (this.#timer !== null) return;
    const wait = this.#sentAt + EVERY_MS - performance.now();
    if (wait <= 0) this.again();
    else {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.again();
      }, wait);
    }
  }

  /** Says once more where one stands: after a reconnect. */
  again(): void {
    if (!this.#last) return;
    this.#sentAt = performance.now();
    this.#send(encodeStep(this.#last));
  }

  /** Another floor: the former spot means nothing there. */
  forget(): void {
    this.#last = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
