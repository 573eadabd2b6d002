import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DANCING, WALKING } from "../protocol/binary";
import { type RoomSummary, WALK_SPEED } from "../protocol/generated";
import { FLOOR, LAWN } from "../scene/layout";
import { atDoor, beside, FOUNTAIN, inRow, placeOf, ROW_NAMES, rowOf } from "./spots";
import { Stroll } from "./stroll.svelte";

const room = (id: number, place: RoomSummary["place"]): RoomSummary => ({
  id,
  slug: `room-${id}`,
  name: `Room ${id}`,
  about: "",
  hue: "coral",
  place,
  mode: "open",
  host: null,
  listening: 0,
  now: null,
});
const rooms = [room(1, "shell"), room(2, "bandstand"), room(3, "glasshouse")];

describe("choosing where to stand", () => {
  it("whoever walks to a row of the floor is told to stand in it", () => {
    for (const row of ROW_NAMES) for (const account of [1, 2, 77, 4200]) expect(rowOf(inRow(row, account))).toBe(row);
  });

  it("two people who choose the same row do not stand on one point", () => {
    expect(inRow("front", 1)).not.toEqual(inRow("front", 2));
  });

  it("stands beside somebody, on the side one comes from", () => {
    const them = { x: 500, y: 600 };
    expect(beside(them, { x: 100, y: 0 }).x).toBeLessThan(500);
    expect(beside(them, { x: 900, y: 0 }).x).toBeGreaterThan(500);
  });

  it("whoever walked to a door stands at that door", () => {
    for (const { id } of rooms) {
      const door = atDoor(rooms, id);
      expect(door && placeOf(rooms, door)).toEqual(rooms[id - 1]);
    }
    expect(atDoor(rooms, 99)).toBe(null);
  });

  it("people come in by the fountain; far out it is just the lawn", () => {
    expect(placeOf(rooms, FOUNTAIN)).toBe("fountain");
    expect(placeOf(rooms, { x: 300, y: 2800 })).toBe("lawn");
  });
});

describe("walking without a scene", () => {
  let steps: { x: number; y: number; pose: number }[];
  let stroll: Stroll;
  beforeEach(() => {
    vi.useFakeTimers();
    steps = [];
  });
  afterEach(() => {
    stroll.close();
    vi.useRealTimers();
  });
  const at = (x: number, y: number, ground = FLOOR) => {
    stroll = new Stroll({ x, y }, ground, (sx, sy, pose) => steps.push({ x: sx, y: sy, pose }));
  };

  it("goes there step by step, no faster than people walk, and then stands still", () => {
    at(800, 900);
    stroll.walkTo(800, 600);
    vi.advanceTimersByTime(1000);
    expect(stroll.walking).toBe(true);
    expect(steps.every(({ pose }) => (pose & WALKING) !== 0)).toBe(true);
    const ways = [{ x: 800, y: 900 }, ...steps]
      .slice(0, -1)
      .map((a, i) => Math.hypot(steps[i].x - a.x, steps[i].y - a.y));
    expect(Math.max(...ways)).toBeLessThanOrEqual(WALK_SPEED / 10);
    vi.advanceTimersByTime(3000);
    expect(stroll.walking).toBe(false);
    expect(Math.hypot(stroll.at.x - 800, stroll.at.y - 600)).toBeLessThan(12);
    const last = steps.length;
    expect(steps[last - 1].pose & WALKING).toBe(0);
    vi.advanceTimersByTime(3000);
    expect(steps).toHaveLength(last);
  });

  it("does not walk through the fountain", () => {
    at(FOUNTAIN.x - 300, FOUNTAIN.y + 8, LAWN);
    stroll.walkTo(FOUNTAIN.x + 300, FOUNTAIN.y + 8);
    vi.advanceTimersByTime(10_000);
    const { rx } = LAWN.blocks[0];
    for (const { x, y } of steps) expect(Math.hypot(x - FOUNTAIN.x, y - FOUNTAIN.y)).toBeGreaterThan(rx - 1);
  });

  it("dances when asked to, and stops when asked again", () => {
    at(800, 900);
    stroll.dance();
    expect(steps.at(-1)?.pose).toSatisfy((pose: number) => (pose & DANCING) !== 0);
    stroll.dance();
    expect(steps.at(-1)?.pose).toSatisfy((pose: number) => (pose & DANCING) === 0);
  });

  it("takes the park's word while one rests, not while one walks", () => {
    at(800, 900);
    stroll.told(700, 880);
    expect(stroll.at).toEqual({ x: 700, y: 880 });
    stroll.walkTo(800, 600);
    vi.advanceTimersByTime(500);
    const { y } = stroll.at;
    stroll.told(700, 880);
    expect(stroll.at.y).toBe(y);
  });
});
