import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AudioMap } from "../protocol/generated";
import { bandLevels } from "./bands";
import { SegmentStore, Unplayable } from "./segments";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const map: AudioMap = {
  bytes: 1,
  samples: 1,
  segments: Array.from({ length: 20 }, (_, i) => ({ offset: i, bytes: 1, start: i, samples: 1 })),
  peaks: "",
};

/** A store over a network of which each answer is given by hand. */
function scene() {
  const open: { what: string; signal: AbortSignal; answer(): void; fail(error: Error): void }[] = [];
  let maps = 0;
  let mapError: Error | null = null;
  const store = new SegmentStore({
    map: async () => {
      maps += 1;
      if (mapError) throw mapError;
      return map;
    },
    bytes: (audio, offset, _length, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        open.push({ what: `${audio}/${offset}`, signal, answer: () => resolve(new ArrayBuffer(1)), fail: reject });
      }),
    decode: async () => ({}) as AudioBuffer,
  });
  const wait = () => vi.advanceTimersByTimeAsync(1);
  const wish = (...segments: number[]) => store.want(segments.map((segment) => ({ audio: "a", segment })));
  const failMaps = (error: Error) => {
    mapError = error;
  };
  return { store, open, wait, wish, maps: () => maps, failMaps };
}

test("the most urgent first, two at once, each once", async () => {
  const { store, open, wait, wish, maps } = scene();
  wish(3, 4, 5);
  wish(3, 4, 5);
  await wait();
  expect(open.map((one) => one.what)).toEqual(["a/3", "a/4"]);
  open[0]!.answer();
  await wait();
  expect(open.map((one) => one.what)).toEqual(["a/3", "a/4", "a/5"]);
  expect(store.buffer("a", 3)).not.toBeNull();
  expect(maps()).toBe(1);
});

test("what is no longer wanted is broken off, and what was is let go beyond the bound", async () => {
  const { store, open, wait, wish } = scene();
  wish(0, 1);
  await wait();
  wish(9);
  expect(open.map((one) => one.signal.aborted)).toEqual([true, true]);
  for (let i = 0; i < 20; i++) {
    wish(i);
    await wait();
    open.at(-1)!.answer();
    await wait();
  }
  const held = Array.from({ length: 20 }, (_, i) => store.buffer("a", i)).filter((buffer) => buffer !== null);
  expect(held.length).toBeLessThanOrEqual(7);
  expect(store.buffer("a", 19)).not.toBeNull();
});

test("a network that fails is tried again later; what is not there is not", async () => {
  const { store, open, wait, wish, failMaps } = scene();
  wish(0);
  await wait();
  open[0]!.fail(new Error("offline"));
  await wait();
  wish(0);
  await wait();
  expect(open).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(500);
  wish(0);
  await wait();
  expect(open).toHaveLength(2);
  expect(store.unplayable("a")).toBe(false);
  failMaps(new Unplayable("404"));
  store.want([{ audio: "b", segment: 0 }]);
  await wait();
  expect(store.unplayable("b")).toBe(true);
});

test("closed it forgets all and asks for nothing", async () => {
  const { store, open, wait, wish } = scene();
  wish(0);
  await wait();
  store.close();
  expect(open[0]!.signal.aborted).toBe(true);
  wish(1);
  await wait();
  expect(open).toHaveLength(1);
});

test("six bands are means over their part of the spectrum", () => {
  const spectrum = new Uint8Array(1_024);
  spectrum.fill(255, 1, 5);
  const levels = bandLevels(spectrum, 48_000, new Float32Array(6));
  expect(levels[0]).toBe(1);
  expect(levels[2]).toBe(0);
});
