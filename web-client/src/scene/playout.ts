//! Smooth walks from frames that come ten times a second, when the network pleases. A jitter buffer as in telephony: people are
//! shown a little late, and later still for as long as frames come late. Pure; times in ms, places in units.

import { WALKING } from "../protocol/binary";

/** The park names who moved this often. */
export const TICK_MS = 100;
/** Frames later than this are no late ones: nobody had moved. */
const IDLE_MS = 1000;
/** How far an early and a late frame move the clock. */
const EARLY = 0.25;
const LATE = 0.2;
/** How long ago others are shown: at the least, and at the most on a bad line. */
const DELAY_MS = { least: 130, most: 450 };
/** After a late frame the delay falls again by so many ms a second. */
const RECOVER_MS = 12;
/** The eye's share: the figure follows its path with this lag, so that a stall is no jerk. */
const SOFT_MS = 55;
/** Nobody walks this far between two frames: they were put there. */
export const LEAP = 420;
/** Places kept of one person. */
const KEPT = 12;

/**
 * Tells when a frame of positions was made, on this page's clock. Its number says more than its arrival, but no ticks are counted
 * in which nobody moved: so the clock follows the arrivals, softly.
 */
export class TickClock {
  #last: { tick: number; made: number; walking: boolean } | null = null;

  /** When the frame of number `tick` that arrived at `now` was made; `walking` says whether anybody in it walks. */
  made(tick: number, now: number, walking: boolean): number {
    const last = this.#last;
    let made = now;
    // Only while somebody walks a frame follows each tick; after a rest the first one counts as on time.
    if (last?.walking && tick > last.tick && now - last.made < IDLE_MS) {
      const due = last.made + (tick - last.tick) * TICK_MS;
      // A frame earlier than any before shows how quick the line can be; a late one hardly counts. In parts, so that nobody leaps.
      made = due + (now - due) * (now < due ? EARLY : LATE);
    }
    this.#last = { tick, made, walking };
    return made;
  }
}

/** Where somebody is shown. */
export interface Shown {
  x: number;
  y: number;
  heading: number;
  walking: boolean;
  pose: number;
}

interface Spot {
  made: number;
  x: number;
  y: number;
  pose: number;
}

/** The path of one person, played a moment after it was walked. */
export class Playout {
  #spots: Spot[];
  #delay = DELAY_MS.least;
  #at: number | null = null;
  /** Nothing will change until the park says something. */
  #still = false;
  readonly shown: Shown;

  constructor(x: number, y: number) {
    this.shown = { x, y, heading: 2, walking: false, pose: 0 };
    this.#spots = [{ made: Number.NEGATIVE_INFINITY, x, y, pose: 0 }];
  }

  /** They were at (x, y) when a frame was made. */
  seen(made: number, x: number, y: number, pose: number): void {
    const last = this.#spots.at(-1) as Spot;
    // Named at the same place though they walk: their next step is on its way to the park.
    if (pose & last.pose & WALKING && x === last.x && y === last.y) return;
    const leap = Math.hypot(last.x - x, last.y - y) > LEAP;
    if (leap) {
      this.#spots = [];
      this.shown.x = x;
      this.shown.y = y;
    } else if (made - last.made > TICK_MS * 2.5 && (last.pose & WALKING) === 0) {
      // After a rest the walk begins a tick ago, not when they last stood still.
      this.#spots.push({ ...last, made: made - TICK_MS });
    }
    this.#still = false;
    this.#spots.push({ made, x, y, pose });
    if (this.#spots.length > KEPT) this.#spots.splice(0, this.#spots.length - KEPT);
  }

  /** Moves on to `now`. */
  play(now: number): Shown {
    // Most people stand most of the time: that costs nothing.
    if (this.#still) return this.shown;
    const passed = this.#at === null ? 0 : Math.max(0, now - this.#at);
    this.#at = now;
    const newest = this.#spots.at(-1) as Spot;
    this.#delay = Math.max(DELAY_MS.least, this.#delay - (RECOVER_MS * passed) / 1000);
    // Who walks and has no next place yet is waited for, and shown that much later from then on.
    if (newest.pose & WALKING) this.#delay = Math.min(DELAY_MS.most, Math.max(this.#delay, now - newest.made));
    const at = now - this.#delay;
    while (this.#spots.length > 1 && this.#spots[1].made <= at) this.#spots.shift();
    const [a, b] = this.#spots;
    const u = b ? Math.max(0, Math.min(1, (at - a.made) / (b.made - a.made || 1))) : 0;
    const x = b && u > 0 ? a.x + (b.x - a.x) * u : a.x;
    const y = b && u > 0 ? a.y + (b.y - a.y) * u : a.y;
    const soft = passed === 0 ? 0 : 1 - Math.exp(-passed / SOFT_MS);
    const { shown } = this;
    const pose = (b && u > 0 ? b : a).pose;
    const [dx, dy] = [x - shown.x, y - shown.y];
    shown.x += dx * soft;
    shown.y += dy * soft;
    shown.walking = Math.hypot(dx, dy) > 1.5 || (b !== undefined && u > 0 && Math.hypot(b.x - a.x, b.y - a.y) > 1);
    shown.heading = pose & 7;
    shown.pose = pose;
    this.#still = !b && !shown.walking && Math.hypot(dx, dy) < 0.01;
    return shown;
  }
}
