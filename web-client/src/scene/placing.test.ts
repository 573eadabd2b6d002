//! Who is named, and that labels find room.

import { describe, expect, it } from "vitest";
import { rng } from "../draw/shapes";
import { type Nameable, NEAREST, named, Room } from "./placing";
import { ALONE, Tally } from "./tally";

const free = { left: 340, top: 84, right: 1088, bottom: 776 };

describe("names", () => {
  const own = { account: 1, x: 500, y: 500, stage: false };
  const crowd: Nameable[] = [
    own,
    { account: 2, x: 800, y: 300, stage: true },
    { account: 3, x: 1500, y: 1100, stage: false },
    ...Array.from({ length: 200 }, (_, i) => ({ account: 10 + i, x: 510 + i * 4, y: 500, stage: false })),
  ];

  it("are one's own, the stage's, the speakers', then those of who is nearest", () => {
    const { first, near } = named(crowd, own, new Set([3]), new Set());
    expect(first.map((p) => p.account)).toEqual([1, 2, 3]);
    expect(near.slice(0, 3).map((p) => p.account)).toEqual([10, 11, 12]);
    expect(near.length).toBeGreaterThan(NEAREST);
    expect(near.length).toBeLessThan(40);
  });

  it("do not flicker when two are about as near", () => {
    const shown = named(crowd, own, new Set(), new Set([14])).near.map((p) => p.account);
    expect(shown[0]).toBe(14);
    expect(named(crowd, own, new Set(), new Set([60])).near.map((p) => p.account)[0]).toBe(10);
  });
});

describe("labels", () => {
  it("never lie on each other, nor under a panel or past an edge", () => {
    const room = new Room(free);
    const random = rng(5);
    const placed = [];
    for (let i = 0; i < 300; i++) {
      const w = 30 + random() * 150;
      const at = room.take({ x: random() * 1440, y: random() * 900, w, h: 19 }, i % 3);
      if (at) placed.push(at);
    }
    expect(placed.length).toBeGreaterThan(30);
    for (const a of placed) {
      expect(a.x - a.w / 2).toBeGreaterThanOrEqual(free.left - 0.5);
      expect(a.x + a.w / 2).toBeLessThanOrEqual(free.right + 0.5);
      expect(a.y).toBeGreaterThanOrEqual(free.top);
      expect(a.y + a.h).toBeLessThanOrEqual(free.bottom);
      for (const b of placed)
        if (a !== b) expect(Math.abs(a.x - b.x) >= (a.w + b.w) / 2 || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
    }
  });
});

describe("a sign", () => {
  it("moves a little higher, then lower, where another has its room", () => {
    const room = new Room(free);
    const at = { x: 700, y: 300, w: 120, h: 40 };
    const placed = Array.from({ length: 6 }, () => room.take(at, 2, 4)?.y ?? null);
    expect(placed).toEqual([300, 256, 344, 388, null, null]);
  });

  it("under the upper edge finds room below", () => {
    const room = new Room(free);
    room.take({ x: 700, y: 84, w: 120, h: 40 });
    // However far above the edge its place is.
    expect(room.take({ x: 700, y: -200, w: 120, h: 40 }, 2, 4)?.y).toBeGreaterThanOrEqual(124);
  });
});

describe("one's own figure", () => {
  it("is under no label, and a phone names fewer", () => {
    const room = new Room(free);
    room.keep({ x: 700, y: 400, w: 40, h: 50 });
    expect(room.take({ x: 710, y: 420, w: 80, h: 19 })).toBeNull();
    expect(room.take({ x: 700, y: 455, w: 80, h: 19 })).not.toBeNull();
    expect(room.nearest).toBe(NEAREST);
    expect(new Room({ left: 0, top: 178, right: 390, bottom: 506 }).nearest).toBe(6);
  });
});

describe("reactions", () => {
  it("rise one by one until there are more than a dozen a second, and then are counted", () => {
    const tally = new Tally();
    const shown = Array.from({ length: ALONE + 24 }, (_, i) => tally.react("love", i * 10));
    expect(shown.slice(0, ALONE).every((s) => s.is === "alone")).toBe(true);
    expect(shown.at(-1)).toEqual({ is: "merged", count: 24 });
    expect(tally.react("fire", 400)).toEqual({ is: "merged", count: 1 });
    expect(tally.react("love", 3000)).toEqual({ is: "alone" });
  });
});
