//! That one finds oneself behind whoever stands in front.

import { expect, it } from "vitest";
import { opacity } from "./uncover";

it("one is seen through a dense crowd as well as through one person", () => {
  expect(opacity(0)).toBe(1);
  expect(opacity(1)).toBeCloseTo(0.55);
  for (const crowd of [2, 5, 9]) {
    const through = (1 - opacity(crowd)) ** crowd;
    expect(through).toBeCloseTo(1 - 0.55);
  }
});
