//! The scene's arithmetic: plots, camera, feet. What is drawn is looked at in screenshots.

import { describe, expect, it } from "vitest";
import type { RoomSummary } from "../protocol/generated";
import { frame, freeOf, toFloor } from "./camera";
import { allowed, Feet, type Ground } from "./feet";
import { plots } from "./plots";

const room = (id: number): RoomSummary => ({
  id,
  slug: `r${id}`,
  name: `Room ${id}`,
  about: "",
  hue: "coral",
  place: "bench",
  mode: "open",
  host: null,
  listening: 0,
  now: null,
});

describe("plots", () => {
  it("are the same whatever order the list has, and apart from each other", () => {
    const rooms = Array.from({ length: 24 }, (_, i) => room(i + 1));
    const placed = plots(rooms);
    expect(plots([...rooms].reverse())).toEqual(placed);
    for (const a of placed)
      for (const b of placed) if (a !== b) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(200);
  });

  it("stay where they are when another room opens", () => {
    const rooms = Array.from({ length: 8 }, (_, i) => room(i + 1));
    expect(plots([...rooms, room(9)]).slice(0, 8)).toEqual(plots(rooms));
  });
});

describe("the camera", () => {
  it.each([
    [1440, 900],
    [1100, 800],
    [768, 1024],
    [390, 844],
    [320, 640],
  ])("keeps oneself free of every panel at %d x %d", (w, h) => {
    const free = freeOf("room", w, h);
    for (const own of [
      { x: 60, y: 160 },
      { x: 1500, y: 700 },
      { x: 800, y: 500 },
    ]) {
      const view = frame(1, { x: 800, y: 210 }, { x: (free.left + free.right) / 2, y: free.top + 120 }, own, free);
      const at = { x: (own.x - view.x) * view.scale, y: (own.y - view.y) * view.scale };
      expect(at.x).toBeGreaterThan(free.left);
      expect(at.x).toBeLessThan(free.right);
      expect(at.y).toBeGreaterThan(free.top);
      expect(at.y).toBeLessThan(free.bottom);
    }
  });

  it("finds the point of the floor under a finger", () => {
    expect(toFloor({ scale: 2, x: 10, y: 62 }, 20, 0)).toEqual({ x: 20, y: 100 });
  });
});

describe("feet", () => {
  const ground: Ground = { left: 0, top: 0, right: 1000, bottom: 1000, blocks: [{ x: 500, y: 500, rx: 100, ry: 50 }] };

  it("walk around what stands in the way", () => {
    const feet = new Feet(300, 510);
    feet.target = { x: 700, y: 510 };
    for (let i = 0; i < 600 && feet.target; i++) {
      feet.walk(1 / 60, null, ground);
      expect(Math.hypot((feet.x - 500) / 100, (feet.y - 500) / 50)).toBeGreaterThan(0.999);
    }
    expect(Math.hypot(feet.x - 700, feet.y - 510)).toBeLessThan(8);
  });

  it("never walk faster than the park allows", () => {
    const feet = new Feet(100, 100);
    for (let i = 0; i < 60; i++) feet.walk(1 / 60, { dx: 0.7, dy: 0.7 }, ground);
    expect(Math.hypot(feet.x - 100, feet.y - 100)).toBeLessThanOrEqual(220);
  });

  it("stay on the floor", () => {
    expect(allowed(ground, -50, 2000)).toEqual({ x: 0, y: 1000 });
  });
});
