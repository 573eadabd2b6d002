import { expect, it } from "vitest";
import { K } from "./draw/shapes";
import { floorAt, shownPart } from "./minimap";
import { LAWN_HEIGHT, LAWN_WIDTH } from "./protocol/generated";

const [W, H] = [176, 116];
const inside = (part: ReturnType<typeof shownPart>, x: number, y: number) =>
  x >= part.x && x <= part.x + part.w && y * K >= part.y && y * K <= part.y + part.h;

it("shows every place and oneself, in the map's own shape, and nothing beyond the lawn", () => {
  const places = [
    { x: 2070, y: 918 },
    { x: 1720, y: 1214 },
    { x: 700, y: 2600 },
  ];
  const own = { x: 3100, y: 1500 };
  const part = shownPart(places, own, W, H);
  for (const { x, y } of [...places, own]) expect(inside(part, x, y)).toBe(true);
  expect(part.w / part.h).toBeCloseTo(W / H);
  expect(part.x).toBeGreaterThanOrEqual(0);
  expect(part.y).toBeGreaterThanOrEqual(0);
  expect(part.x + part.w).toBeLessThanOrEqual(LAWN_WIDTH + 1e-6);
  expect(part.y + part.h).toBeLessThanOrEqual(LAWN_HEIGHT * K + 1e-6);
});

it("a park of one place is not shown larger than life", () => {
  expect(shownPart([{ x: 2070, y: 918 }], null, W, H).w).toBeGreaterThan(1400);
});

it("a press on the map means the point of the lawn under it", () => {
  const part = shownPart([{ x: 2070, y: 918 }], null, W, H);
  const middle = floorAt(part, W, W / 2, H / 2);
  expect(middle.x).toBeCloseTo(part.x + part.w / 2, -1);
  expect(middle.y * K).toBeCloseTo(part.y + part.h / 2, -1);
});
