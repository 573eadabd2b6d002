import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Announcer } from "./announcer";

let said: string[];
let announcer: Announcer;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  announcer = new Announcer((sentence) => said.push(sentence));
});
afterEach(() => {
  announcer.close();
  vi.useRealTimers();
});

it("says the first thing at once", () => {
  announcer.tell("track", "Now: Night Ferry by Mira Vale.");
  vi.advanceTimersByTime(1);
  expect(said).toEqual(["Now: Night Ferry by Mira Vale."]);
});

it("says at most a sentence in five seconds, the newest of those that waited", () => {
  announcer.tell("track", "first");
  vi.advanceTimersByTime(1);
  announcer.tell("track", "second");
  announcer.tell("track", "third");
  vi.advanceTimersByTime(4900);
  expect(said).toEqual(["first"]);
  vi.advanceTimersByTime(200);
  expect(said).toEqual(["first", "third"]);
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(2);
});

it("lets one's own turn not be drowned by a mention that comes after it", () => {
  announcer.tell("track", "before");
  vi.advanceTimersByTime(1);
  announcer.tell("turn", "Your track plays now.");
  announcer.tell("mention", "Juno named you in the chat.");
  vi.advanceTimersByTime(5000);
  expect(said).toEqual(["before", "Your track plays now."]);
});

it("is silent once closed", () => {
  announcer.tell("track", "first");
  announcer.close();
  vi.advanceTimersByTime(10_000);
  expect(said).toEqual([]);
});
