import { expect, it } from "vitest";
import { stepTo } from "./swatches";

it("goes round with the arrows, to the ends with Home and End, and leaves other keys alone", () => {
  expect([stepTo("ArrowRight", 6, 7), stepTo("ArrowLeft", 0, 7)]).toEqual([0, 6]);
  expect([stepTo("ArrowDown", 2, 7), stepTo("ArrowUp", 2, 7)]).toEqual([3, 1]);
  expect([stepTo("Home", 4, 7), stepTo("End", 4, 7)]).toEqual([0, 6]);
  expect([stepTo("Tab", 4, 7), stepTo("a", 4, 7)]).toEqual([null, null]);
});

it("goes the way one reads where one reads from right to left", () => {
  expect([stepTo("ArrowRight", 3, 7, true), stepTo("ArrowLeft", 3, 7, true)]).toEqual([2, 4]);
});
