//! How often the scene draws, on a strong machine and on a weak one.

import { describe, expect, it } from "vitest";
import { Pace } from "./loop";

/** Seconds of screen frames at 60 Hz on a machine where each picture takes `tookMs`; returns how many were drawn. */
function drawn(tookMs: number, seconds: number): number {
  const pace = new Pace(0);
  let pictures = 0;
  for (let now = 0; now < seconds * 1000; ) {
    now += 1000 / 60;
    if (pace.due(now) === null) continue;
    pictures++;
    now += Math.max(0, tookMs - 1000 / 60);
  }
  return pictures;
}

describe("the pace of drawing", () => {
  it("draws every frame of the screen where pictures are quick", () => {
    expect(drawn(4, 10)).toBeGreaterThan(590);
  });

  it("leaves a slow machine most of its time for the music", () => {
    const pictures = drawn(120, 60);
    expect(pictures * 120).toBeLessThan(60_000 * 0.5);
    expect(pictures).toBeGreaterThan(60);
  });

  it("takes an hour in a hidden tab for no slow picture, and lets nobody leap", () => {
    const pace = new Pace(0);
    pace.again(3_600_000);
    expect(pace.due(3_600_016)).toBeCloseTo(0.016);
    expect(pace.due(3_700_000)).toBe(0.4);
  });
});
