import { describe, expect, test } from "vitest";
import type { Play, Segment, Track } from "../protocol/generated";
import { BLOCK, Line } from "./line";
import { correction, cues, lengthUs, sampleAt, segmentAt, timeline } from "./schedule";

const SECOND = 48_000;
const US = 1_000_000;

function track(id: number, seconds: number): Track {
  return {
    id,
    title: `Track ${id}`,
    artist: "Somebody",
    samples: seconds * SECOND,
    bpm: null,
    first_beat_ms: null,
    key: null,
    mood: null,
    gain_db: 0,
    cover: 0,
    audio: `${id}`.repeat(64),
  };
}

function play(id: number, startUs: number, seconds = 60): Play {
  return { entry: id, track: track(id, seconds), by: null, start_us: startUs };
}

function segments(seconds: number, each = 10): Segment[] {
  const all: Segment[] = [];
  for (let start = 0; start < seconds * SECOND; start += each * SECOND) {
    const samples = Math.min(each * SECOND, seconds * SECOND - start);
    all.push({ offset: all.length * 1_000, bytes: 1_000, start, samples });
  }
  return all;
}

describe("the timeline", () => {
  const now = play(1, 0);
  const next = play(2, 60 * US);

  test("what plays and, exactly at its end, what is next", () => {
    const slots = timeline({ now, next }, null, 5 * US);
    expect(slots.map((s) => [s.play.track.id, s.startUs, s.endUs])).toEqual([
      [1, 0, 60 * US],
      [2, 60 * US, 120 * US],
    ]);
  });

  test("a skip lets the former play go on until the new one begins", () => {
    const skippedTo = play(3, 6 * US);
    const slots = timeline({ now: skippedTo, next: null }, now, 5 * US);
    expect(slots.map((s) => [s.play.track.id, s.endUs])).toEqual([
      [1, 6 * US],
      [3, 66 * US],
    ]);
    expect(timeline({ now: skippedTo, next: null }, now, 6 * US)).toHaveLength(1);
  });

  test("what is over is not in it, and quiet is empty", () => {
    expect(timeline({ now, next }, null, 60 * US).map((s) => s.play.track.id)).toEqual([2]);
    expect(timeline(null, now, 5 * US)).toEqual([]);
  });

  test("samples follow from park time exactly", () => {
    expect(sampleAt(play(1, 10 * US), 11 * US)).toBe(SECOND);
    expect(lengthUs(1)).toBe(20);
    expect(lengthUs(SECOND)).toBe(US);
  });
});

describe("the cues of a line", () => {
  const map = segments(60);

  test("a late joiner starts inside a segment; the following ones meet without a gap or an overlap", () => {
    const line = Line.through(100_000, 23 * SECOND);
    const found = cues(map, line, 100_000, 100_000 + 20 * SECOND);
    expect(found.map((c) => c.segment)).toEqual([2, 3, 4]);
    expect(found[0]).toEqual({ segment: 2, frame: 100_000, offset: 3 * SECOND, samples: 7 * SECOND });
    for (const [i, cue] of found.entries()) {
      const before = found[i - 1];
      if (before) expect(cue.frame).toBe(before.frame + before.samples);
    }
  });

  test("a track that has yet to begin starts at its first frame", () => {
    const line = Line.through(500_000, 0);
    expect(cues(map, line, 100_000, 500_001)).toEqual([
      { segment: 0, frame: 500_000, offset: 0, samples: 10 * SECOND },
    ]);
    expect(cues(map, line, 100_000, 500_000)).toEqual([]);
  });

  test("after the track's end there is nothing", () => {
    expect(cues(map, Line.through(0, 60 * SECOND), 0, SECOND)).toEqual([]);
    expect(segmentAt(map, 99 * 60 * SECOND)).toBe(5);
    expect(segmentAt(map, -5)).toBe(0);
    expect(segmentAt(map, 10 * SECOND)).toBe(1);
  });
});

describe("a line", () => {
  test("gains whole samples by a nudge, and later segments move by as many", () => {
    const line = Line.through(0, 0).nudged(1_280, 12_800, 25);
    expect(line.sampleAt(1_280)).toBe(1_280);
    expect(line.sampleAt(14_080)).toBe(14_105);
    expect(line.sampleAt(100_000)).toBe(100_025);
    expect(line.frameAt(480_000)).toBe(479_975);
    expect(line.rateAt(2_000)).toBeCloseTo(1 + 25 / 12_800);
    expect(line.settledAt).toBe(14_080);
    for (const frame of [0, 1_500, 14_079, 20_000]) expect(line.frameAt(line.sampleAt(frame))).toBeCloseTo(frame, 6);
  });
});

describe("corrections", () => {
  test("under 0.2 ms nothing, from 20 ms on anew, in the first moments from 5 ms on", () => {
    expect(correction(9, 0)).toEqual({ is: "none" });
    expect(correction(-9, 0)).toEqual({ is: "none" });
    expect(correction(960, 9e6)).toEqual({ is: "reseat" });
    expect(correction(-5_000, 9e6)).toEqual({ is: "reseat" });
    expect(correction(300, 0)).toEqual({ is: "reseat" });
    expect(correction(300, 9e6).is).toBe("nudge");
  });

  test.each([10, -10, 48, -200, 959])("%d samples are won back within the rate that is not heard", (error) => {
    for (const [age, rate] of [
      [0, 0.005],
      [200_000, 0.002],
    ] as const) {
      if (age === 0 && Math.abs(error) >= 240) continue;
      const found = correction(error, age);
      if (found.is !== "nudge") throw new Error("a nudge was due");
      expect(Math.sign(found.samples)).toBe(Math.sign(error));
      expect(Math.abs(found.samples)).toBeLessThanOrEqual(Math.abs(error));
      expect(Math.abs(found.samples) / found.frames).toBeLessThanOrEqual(rate);
      expect(found.frames % BLOCK).toBe(0);
      expect(found.frames).toBeLessThanOrEqual(24_000);
    }
  });
});
