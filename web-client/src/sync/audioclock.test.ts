import { expect, test } from "vitest";
import { AudioClock, readOutput } from "./audioclock";
import { seeded } from "./seeded";

const RATE = 48_000;

/** Feeds pairs each 100 ms; `frame(ms)` is the truth, `noise` in ms to either side. */
function feed(clock: AudioClock, from: number, to: number, frame: (ms: number) => number, noise = 0, seed = 1): void {
  const random = seeded(seed);
  for (let ms = from; ms < to; ms += 100) {
    clock.add({ frame: frame(ms + (random() - 0.5) * 2 * noise), localMs: ms });
  }
}

test("noise of over a millisecond becomes a line good to half of one", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const clock = new AudioClock(RATE);
    const truth = (ms: number) => (ms - 1_000) * 48 * (1 + 40e-6);
    feed(clock, 1_000, 8_000, truth, 1.2, seed);
    const error = Math.abs(clock.frameAt(8_000) - truth(8_000)) / 48;
    expect(error).toBeLessThan(0.5);
  }
});

test("it is known after the third pair, and turns both ways", () => {
  const clock = new AudioClock(RATE);
  feed(clock, 0, 200, (ms) => ms * 48 + 7);
  expect(clock.known).toBe(false);
  feed(clock, 200, 300, (ms) => ms * 48 + 7);
  expect(clock.known).toBe(true);
  expect(clock.localAt(clock.frameAt(4_321))).toBeCloseTo(4_321, 6);
});

test("a stall of the device is followed after three pairs, a single stray pair is not", () => {
  const clock = new AudioClock(RATE);
  feed(clock, 0, 5_000, (ms) => ms * 48);
  clock.add({ frame: 5_000 * 48 + 48 * 30, localMs: 5_000 });
  expect(clock.frameAt(5_000)).toBeCloseTo(5_000 * 48, 0);
  feed(clock, 5_100, 6_000, (ms) => ms * 48);
  feed(clock, 6_000, 6_400, (ms) => (ms - 80) * 48);
  expect(clock.frameAt(6_300) / 48).toBeCloseTo(6_220, 1);
  expect(clock.jumps).toBe(1);
});

test("pairs that repeat or go back are left out", () => {
  const clock = new AudioClock(RATE);
  for (let i = 0; i < 5; i++) clock.add({ frame: 48_000, localMs: 1_000 });
  expect(clock.known).toBe(false);
});

test("without getOutputTimestamp the current time less the latency does", () => {
  const bare = { currentTime: 3, sampleRate: RATE, outputLatency: 0.05, baseLatency: 0.01 };
  expect(readOutput(bare as AudioContext, 900)).toEqual({ frame: 2.95 * RATE, localMs: 900 });
  const zeros = { ...bare, getOutputTimestamp: () => ({ contextTime: 0, performanceTime: 0 }) };
  expect(readOutput({ ...zeros, currentTime: 0.1 } as unknown as AudioContext, 900)).toBeNull();
  expect(readOutput(zeros as unknown as AudioContext, 900)?.frame).toBe(2.95 * RATE);
  const whole = { ...bare, getOutputTimestamp: () => ({ contextTime: 2, performanceTime: 880 }) };
  expect(readOutput(whole as unknown as AudioContext, 900)).toEqual({ frame: 2 * RATE, localMs: 880 });
});
