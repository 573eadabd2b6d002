import { expect, it } from "vitest";
import { clock, timeOfDay } from "./time";

it("reads seconds as people do", () => {
  expect([0, 9.9, 65, 599, 3661, -3].map(clock)).toEqual(["0:00", "0:09", "1:05", "9:59", "1:01:01", "0:00"]);
});

it("reads a time of day with two digits each", () => {
  expect(timeOfDay(new Date(2026, 10, 22, 7, 5).getTime())).toBe("07:05");
});
