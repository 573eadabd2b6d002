//! Follows the park's clock from probes: pure arithmetic, all times in ms, the browser's being `performance.now()`.
//!
//! Every answered probe bounds the offset (park time minus the browser's): the way there says it is at most `s1 - c0`, the
//! way back at least `s2 - c3`. The two envelopes over 120 s, each of the luckiest packets, meet in the middle
//! (design/SYNC.md). The browser's clock also runs at another rate: that slope comes from the middles of bins of 10 s,
//! trusted as far as their scatter allows, and is taken out before the envelopes are drawn.

/** One probe's way there and back. */
export interface Probed {
  /** The browser's clock when it left. */
  c0: number;
  /** Park time when the gateway read it. */
  s1: number;
  /** Park time when the gateway answered. */
  s2: number;
  /** The browser's clock when the answer came. */
  c3: number;
}

const WINDOW_MS = 120_000;
/** 120 s at one a second and a few bursts of 20. */
const KEPT = 220;
const SLOPE_SPAN_MS = 30_000;
const BIN_MS = 10_000;
/** What clocks of computers are known to run wrong by: the prior of the slope, 30 in a million. */
const SLOPE_PRIOR = 30e-6;
/** No slope beyond this is a clock's. */
const SLOPE_MAX = 500e-6;
/** Both envelopes moving the same way by this much is no jitter, which only widens: the clock was set. */
const STEP_MS = 5;
/** And by this part of the jitter: half of all round trips are longer than the shortest by that. */
const STEP_JITTER = 0.25;
/** Probes that are judged against the older ones when a step is looked for. */
const RECENT = 6;
/** Answers after which the time is worth playing by. */
const ENOUGH = 3;

/** A bound on the offset seen at `at`, both ms; `value` is relative to the filter's base. */
interface Bound {
  at: number;
  value: number;
}

export class ParkClock {
  #kept: Probed[] = [];
  /** Taken off all offsets so that the arithmetic keeps its fine digits. */
  #base: number;
  #at = 0;
  #offset = 0;
  #slope = 0;
  #error = Number.POSITIVE_INFINITY;

  /** Starts from a first guess, good to a second or so: park time `parkMs` at the browser's `localMs`. */
  constructor(parkMs: number, localMs: number) {
    this.#base = Math.round(parkMs - localMs);
  }

  /** Whether enough probes were answered to play by. */
  get known(): boolean {
    return this.#kept.length >= ENOUGH;
  }

  /** What the estimate is likely wrong by, in ms, apart from the path's own asymmetry. */
  get errorMs(): number {
    return this.#error;
  }

  /** Parts by which the park's clock runs faster than the browser's. */
  get slope(): number {
    return this.#slope;
  }

  /** Median round trip of what is kept, in ms; 0 while unknown. */
  get rttMs(): number {
    const trips = this.#kept.map(roundTrip).sort((a, b) => a - b);
    return trips.length === 0 ? 0 : trips[trips.length >> 1]!;
  }

  /** Takes an answered probe in. Those that contradict themselves are left out. */
  add(probe: Probed): void {
    if (![probe.c0, probe.s1, probe.s2, probe.c3].every(Number.isFinite)) return;
    if (probe.c3 < probe.c0 || probe.s2 < probe.s1 || roundTrip(probe) < 0) return;
    const kept = this.#kept.filter((one) => one.c3 > probe.c3 - WINDOW_MS);
    kept.push(probe);
    this.#kept = afterStep(kept.slice(-KEPT), this.#slope);
    this.#estimate(probe.c3);
  }

  /** Park time in ms when the browser's clock says `localMs`. */
  parkAt(localMs: number): number {
    return localMs + this.#base + this.#offset + this.#slope * (localMs - this.#at);
  }

  /** The browser's clock in ms at park time `parkMs`. */
  localAt(parkMs: number): number {
    const since = parkMs - (this.#base + this.#offset) - this.#at;
    return this.#at + since / (1 + this.#slope);
  }

  #estimate(now: number): void {
    const { upper, lower } = bounds(this.#kept, this.#base);
    const slope = slopeOf(upper, lower);
    const level = (bound: Bound) => bound.value + slope * (now - bound.at);
    const highest = upper.map(level).sort((a, b) => a - b);
    const lowest = lower.map(level).sort((a, b) => b - a);
    this.#at = now;
    this.#slope = slope;
    this.#offset = (highest[0]! + lowest[0]!) / 2;
    // How far the second luckiest packet is from the luckiest says how far that one is from the best possible.
    const gap = highest.length < 2 ? roundTrip(this.#kept[0]!) : highest[1]! - highest[0]! + (lowest[0]! - lowest[1]!);
    this.#error = gap / 2;
  }
}

function roundTrip(probe: Probed): number {
  return probe.c3 - probe.c0 - (probe.s2 - probe.s1);
}

function bounds(probes: readonly Probed[], base: number): { upper: Bound[]; lower: Bound[] } {
  return {
    upper: probes.map((p) => ({ at: p.c0, value: p.s1 - p.c0 - base })),
    lower: probes.map((p) => ({ at: p.c3, value: p.s2 - p.c3 - base })),
  };
}

/** The probes since the park's clock (or the browser's) was last set; all of them when it was not. */
function afterStep(probes: Probed[], slope: number): Probed[] {
  if (probes.length < RECENT + ENOUGH) return probes;
  const split = probes.length - RECENT;
  const now = probes[probes.length - 1]!.c3;
  const envelope = (some: readonly Probed[]) => {
    const { upper, lower } = bounds(some, 0);
    const level = (bound: Bound) => bound.value + slope * (now - bound.at);
    return { least: Math.min(...upper.map(level)), most: Math.max(...lower.map(level)) };
  };
  const trips = probes.map(roundTrip).sort((a, b) => a - b);
  const sure = Math.max(STEP_MS, STEP_JITTER * (trips[trips.length >> 1]! - trips[0]!));
  const old = envelope(probes.slice(0, split));
  const recent = envelope(probes.slice(split));
  const up = Math.min(recent.least - old.least, recent.most - old.most);
  const down = Math.max(recent.least - old.least, recent.most - old.most);
  if (up > sure || down < -sure) return probes.slice(split);
  // Bounds that exclude each other: even one probe proves it.
  if (recent.least < old.most - sure || old.least < recent.most - sure) return probes.slice(-1);
  return probes;
}

/** The slope of the offset, in ms per ms: least squares over the bins' middles, drawn towards 0 as far as they scatter. */
function slopeOf(upper: readonly Bound[], lower: readonly Bound[]): number {
  const first = upper[0]!.at;
  if (upper[upper.length - 1]!.at - first < SLOPE_SPAN_MS) return 0;
  const bins = new Map<number, { upper: Bound; lower: Bound }>();
  for (const [i, up] of upper.entries()) {
    const low = lower[i]!;
    const key = Math.floor((up.at - first) / BIN_MS);
    const bin = bins.get(key);
    if (!bin) bins.set(key, { upper: up, lower: low });
    else {
      if (up.value < bin.upper.value) bin.upper = up;
      if (low.value > bin.lower.value) bin.lower = low;
    }
  }
  const middles = [...bins.values()].map((bin) => ({
    at: (bin.upper.at + bin.lower.at) / 2,
    value: (bin.upper.value + bin.lower.value) / 2,
  }));
  if (middles.length < 3) return 0;
  const meanAt = mean(middles.map((m) => m.at));
  const meanValue = mean(middles.map((m) => m.value));
  const spread = sum(middles.map((m) => (m.at - meanAt) ** 2));
  const slope = sum(middles.map((m) => (m.at - meanAt) * (m.value - meanValue))) / spread;
  const scatter = sum(middles.map((m) => (m.value - meanValue - slope * (m.at - meanAt)) ** 2)) / (middles.length - 2);
  const variance = scatter / spread;
  const trusted = slope * (SLOPE_PRIOR ** 2 / (SLOPE_PRIOR ** 2 + variance));
  return Math.max(-SLOPE_MAX, Math.min(SLOPE_MAX, trusted));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
