import { expect, it } from "vitest";
import { enter, redo, undo, wearLook } from "./fitting";

const tried = [11, 12, 13].reduce(wearLook, enter(10));

it("goes back several looks to the one that came in, and forward again", () => {
  const back = undo(undo(undo(tried)));
  expect(back.worn).toBe(10);
  expect(undo(back).worn).toBe(10);
  expect(redo(redo(redo(back))).worn).toBe(13);
  expect(redo(tried).worn).toBe(13);
});

it("forgets what was taken back once another look is put on", () => {
  const other = wearLook(undo(tried), 20);
  expect(redo(other).worn).toBe(20);
  expect(undo(other).worn).toBe(12);
});

it("takes the same look again for no step", () => {
  expect(undo(wearLook(tried, 13)).worn).toBe(12);
});

it("keeps the last fifty steps", () => {
  const long = Array.from({ length: 80 }, (_, i) => i + 1).reduce(wearLook, enter(0));
  expect(long.past).toHaveLength(50);
});
