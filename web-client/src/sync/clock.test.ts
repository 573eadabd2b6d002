import { describe, expect, test } from "vitest";
import { ParkClock } from "./clock";
import { seeded } from "./seeded";

interface Path {
  seed: number;
  /** One way without jitter, ms. */
  delay: number;
  /** On top, each way by itself, evenly from 0 to this, ms. */
  jitter: number;
  /** By how much the park's clock runs faster than the browser's. */
  skew?: number;
  /** The park's clock is set forward by `ms` at `at` seconds. */
  step?: { at: number; ms: number };
  seconds: number;
}

const START = 1_790_000_000_000;

/** Plays probes as the client sends them (20 at 100 ms, then one a second); errors in ms sampled each second. */
function simulate(path: Path): { second: number; error: number; clock: ParkClock }[] {
  const random = seeded(path.seed);
  const local0 = 5_000;
  const park = (local: number) => {
    const since = local - local0;
    const step = path.step && since >= path.step.at * 1_000 ? path.step.ms : 0;
    return START + since * (1 + (path.skew ?? 0)) + step;
  };
  const clock = new ParkClock(START + 700, local0);
  const seen = [];
  let at = local0;
  for (let n = 0; at < local0 + path.seconds * 1_000; n++) {
    const there = at + path.delay + random() * path.jitter;
    const back = there + path.delay + random() * path.jitter;
    clock.add({ c0: at, s1: park(there), s2: park(there), c3: back });
    at += n < 19 ? 100 : 1_000;
    seen.push({ second: (at - local0) / 1_000, error: Math.abs(clock.parkAt(at) - park(at)), clock });
  }
  return seen;
}

function p95(paths: Path[], from: number): number {
  const errors = paths.flatMap((path) =>
    simulate(path)
      .filter((s) => s.second >= from)
      .map((s) => s.error),
  );
  errors.sort((a, b) => a - b);
  return errors[Math.floor(errors.length * 0.95)]!;
}

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

/** The simulations of hours take seconds on a busy machine. */
const PATIENCE = { timeout: 60_000 };

describe("what the estimate is wrong by", PATIENCE, () => {
  test("on a quiet path it is nothing, from the third answer on", () => {
    const run = simulate({ seed: 1, delay: 20, jitter: 0, seconds: 60 });
    for (const { error } of run.slice(2)) expect(error).toBeLessThan(0.01);
  });

  test.each([-50e-6, 50e-6])("a skew of %d is followed once 30 s are spanned", (skew) => {
    const run = simulate({ seed: 2, delay: 20, jitter: 0, skew, seconds: 180 });
    for (const { error, second } of run) if (second > 60) expect(error).toBeLessThan(0.3);
  });

  test("a home network with 5 ms of jitter and a skewed clock", () => {
    const paths = seeds.map((seed) => ({ seed, delay: 5, jitter: 5, skew: (seed % 2 ? 1 : -1) * 50e-6, seconds: 200 }));
    expect(p95(paths, 40)).toBeLessThan(1);
  });

  test("0 to 100 ms of jitter each way: p95 within 5 ms, with and without a skewed clock", () => {
    const even = seeds.map((seed) => ({ seed, delay: 30, jitter: 100, seconds: 300 }));
    expect(p95(even, 60)).toBeLessThan(5);
    const skewed = seeds.map((seed) => ({ ...even[0]!, seed, skew: (seed % 2 ? 1 : -1) * 50e-6 }));
    expect(p95(skewed, 60)).toBeLessThan(5);
  });

  test("two seconds after connecting through such jitter it is within 20 ms", () => {
    const paths = seeds.map((seed) => ({ seed, delay: 30, jitter: 100, seconds: 3 }));
    expect(p95(paths, 1.9)).toBeLessThan(20);
  });

  test("it says how well it knows: more jitter, larger error", () => {
    const quiet = simulate({ seed: 3, delay: 30, jitter: 1, seconds: 20 }).at(-1)!.clock;
    const loud = simulate({ seed: 3, delay: 30, jitter: 100, seconds: 20 }).at(-1)!.clock;
    expect(quiet.errorMs).toBeLessThan(loud.errorMs);
    expect(quiet.known).toBe(true);
  });
});

describe("a clock that is set", PATIENCE, () => {
  test.each([40, -40, 900, -900])("by %d ms is believed within 8 s", (ms) => {
    const run = simulate({ seed: 4, delay: 20, jitter: 4, step: { at: 30, ms }, seconds: 60 });
    for (const { error, second } of run) if (second > 38) expect(error).toBeLessThan(3);
  });

  test("jitter alone is never taken for that: the window keeps its probes", () => {
    for (const seed of seeds) {
      const errors = simulate({ seed, delay: 30, jitter: 100, seconds: 300 }).filter((s) => s.second > 60);
      expect(Math.max(...errors.map((s) => s.error))).toBeLessThan(20);
    }
  });
});

test("park time and the browser's turn into one another", () => {
  const clock = simulate({ seed: 5, delay: 20, jitter: 3, skew: 50e-6, seconds: 90 }).at(-1)!.clock;
  expect(clock.localAt(clock.parkAt(123_456))).toBeCloseTo(123_456, 3);
});

test("an answer that makes no sense changes nothing", () => {
  const clock = new ParkClock(START, 0);
  clock.add({ c0: 10, s1: START, s2: START, c3: 5 });
  clock.add({ c0: 10, s1: Number.NaN, s2: START, c3: 20 });
  clock.add({ c0: 10, s1: START, s2: START + 500, c3: 20 });
  expect(clock.known).toBe(false);
  expect(clock.parkAt(0)).toBe(START);
});
