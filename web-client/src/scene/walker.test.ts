//! One person in the scene: walking in, walking, dancing, looking.

import { describe, expect, it } from "vitest";
import { DANCING, WALKING } from "../protocol/binary";
import { GATE } from "./entrance";
import { Walker } from "./walker";

const PLACE = { x: 700, y: 560 };
const somebody = () => new Walker({ account: 7, name: "Amber Heron", look: 1 }, PLACE.x, PLACE.y);
const toGate = ({ x, y }: { x: number; y: number }) => Math.hypot(GATE.x - x, GATE.y - y);

describe("whoever comes in", () => {
  it("walks from the gate's side to their place within a second and a half, seen from behind on the way up", () => {
    const walker = somebody();
    walker.comeIn(0);
    walker.follow(1);
    let before = toGate(walker);
    expect(before).toBeLessThan(toGate(PLACE) - 300);
    for (let now = 16; now < 1400; now += 16) {
      walker.follow(now);
      expect(walker.walking).toBe(true);
      expect(walker.back).toBe(true);
      expect(toGate(walker)).toBeGreaterThanOrEqual(before - 1e-6);
      before = toGate(walker);
    }
    walker.follow(1500);
    expect({ x: walker.x, y: walker.y }).toEqual(PLACE);
    expect(walker.walking).toBe(false);
    expect(walker.seen).toBe(1);
  });

  it("is where the first step of their own puts them, without a jump in the picture", () => {
    const walker = somebody();
    walker.comeIn(0);
    walker.lead(500, PLACE.x, PLACE.y, 6, false, false);
    const seen = { x: walker.x, y: walker.y };
    expect(walker.arrive()).toEqual(seen);
    expect(walker.arrive()).toBeNull();
    walker.lead(516, PLACE.x, PLACE.y, 6, true, false);
    expect({ x: walker.x, y: walker.y }).toEqual(PLACE);
  });
});

describe("what somebody does", () => {
  it("is seen by others: dancing at rest, and no longer once they walk", () => {
    const walker = somebody();
    walker.told(0, PLACE.x, PLACE.y, 6 | DANCING);
    for (let now = 0; now < 1000; now += 16) walker.follow(now);
    expect(walker.dancing).toBe(true);
    for (let now = 1000; now < 2000; now += 100) {
      walker.told(now, PLACE.x + (now - 980) / 5, PLACE.y, WALKING);
      for (let t = now; t < now + 100; t += 16) walker.follow(t);
    }
    expect(walker.dancing).toBe(false);
    expect(walker.walking).toBe(true);
    expect(walker.back).toBe(false);
    expect(walker.step).not.toBeNull();
  });
});
