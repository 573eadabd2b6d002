//! Sends clock probes and feeds the answers to the clock: 20 at 100 ms on connecting, then one a second, in a hidden tab one in 5 s.

import { encodeProbe, type ProbeAnswer } from "../protocol/binary";
import type { ParkClock } from "./clock";

const BURST = 20;
const BURST_MS = 100;
const STEADY_MS = 1_000;
const HIDDEN_MS = 5_000;
/** An answer that took longer says nothing. */
const LATE_MS = 10_000;

export class Prober {
  readonly #clock: ParkClock;
  readonly #send: (frame: ArrayBuffer) => boolean;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sent = 0;
  #hidden = false;

  constructor(clock: ParkClock, send: (frame: ArrayBuffer) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /** A new socket: a burst. */
  start(): void {
    this.stop();
    this.#sent = 0;
    this.#probe();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The tab was hidden, or is looked at again: then it probes at once. */
  setHidden(hidden: boolean): void {
    const back = this.#hidden && !hidden;
    this.#hidden = hidden;
    if (back && this.#timer !== null) this.#probe();
  }

  /** An answer came. One that is not to a probe of the last moments is left out. */
  answered(answer: ProbeAnswer): void {
    const c3 = performance.now();
    if (!(answer.c0 <= c3 && answer.c0 > c3 - LATE_MS)) return;
    this.#clock.add({ c0: answer.c0, s1: answer.s1, s2: answer.s2, c3 });
  }

  #probe(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#send(encodeProbe(performance.now(), this.#clock.rttMs));
    this.#sent += 1;
    const wait = this.#sent < BURST ? BURST_MS : this.#hidden ? HIDDEN_MS : STEADY_MS;
    this.#timer = setTimeout(() => this.#probe(), wait);
  }
}
