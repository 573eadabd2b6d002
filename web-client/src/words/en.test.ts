import { describe, expect, it } from "vitest";
import { words } from "./en";
import { guestName } from "./names";
import { nth } from "./nth";

function sentences(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value && typeof value === "object") return Object.values(value).flatMap(sentences);
  return [];
}

it("speaks as DESIGN.md asks: no shouting, no blame", () => {
  for (const sentence of sentences(words)) expect(sentence).not.toMatch(/!|oops|invalid|\buser\b|—/i);
});

/** DESIGN.md, "Exact words", letter by letter; its apostrophe is the typographic one on screen. */
describe("the exact words", () => {
  it.each([
    ["loading", words.banner.walking("Shell Stage"), "Walking over to Shell Stage"],
    ["sound blocked", words.sound.tap, "Tap to listen"],
    [
      "first in a room",
      words.queue.first,
      "You are the first one here. The park’s own mix plays until somebody puts on a track.",
    ],
    ["first in a room, its buttons", `[${words.queue.add}] [${words.queue.invite}]`, "[Add a track] [Invite people]"],
    [
      "mix switched off",
      words.queue.quietRoom,
      "It is quiet here. Put on the first track. Everyone who comes in later hears it from the same bar.",
    ],
    ["chat empty", words.chat.empty, "No messages yet. Say hello: it will be here for whoever comes next."],
    ["queue empty", words.queue.empty, "Nothing after this. The park’s own mix takes over."],
    ["lost after 1 s", words.banner.lost, "Connection lost. Back in a moment, your place is kept."],
    ["lost, its button", words.banner.tryNow, "Try now"],
    ["lost after 20 s", words.banner.trying(8), "Still trying. Next try in 8 s."],
    ["back", words.banner.back(14), "You are back. 14 messages came meanwhile."],
    ["slow to save", words.banner.slow, "This takes a moment longer. Your click is kept."],
    [
      "may not add",
      words.queue.onlyDjs("Low Tide Records"),
      "Only DJs add tracks here. Low Tide Records can make you one.",
    ],
    ["full", words.banner.full("Shell Stage", 3), "Shell Stage is full. You are third in line, we walk you in."],
    [
      "cannot play",
      words.banner.cannotPlay("1:12"),
      "Your browser could not play this track. You are back with the next one, in 1:12.",
    ],
    ["log-in", words.account.wrong, "Name and password do not match."],
    [
      "renewed",
      `${words.banner.renewed} [${words.banner.reload}] ${words.banner.keepPlace}`,
      "The park was renewed. [Reload] You keep your place.",
    ],
    ["gone", words.missing.room, "There is no room here. These are playing now:"],
    ["hint at 5 s", words.hint.love, "Love it? Press 1"],
    ["hint at 5 s, touch", words.hint.loveTouch, "Tap the heart"],
    ["hint at 10 s", words.hint.walk, "Walk with the arrows"],
    ["hint at 10 s, touch", words.hint.walkTouch, "Tap where you want to go"],
    ["after the first own act", words.hint.keep, "Keep this name and look"],
    ["skip", words.skip.count(3, 64), "Skip: 3 of 64 votes, half of those listening"],
    ["skip, one of two", words.skip.count(1, 2), "Skip: 1 of 2 votes, half of those listening"],
    ["skip, two here", words.skip.countBoth(1), "Skip: 1 of 2 votes, with two here both must agree"],
  ])("%s", (_when, said, wanted) => {
    expect(said).toBe(wanted);
  });

  it("one's place in line is said as people say it", () => {
    expect([1, 2, 3, 10, 11, 12, 13, 21, 22, 23, 101, 111].map(nth)).toEqual([
      "first",
      "second",
      "third",
      "tenth",
      "11th",
      "12th",
      "13th",
      "21st",
      "22nd",
      "23rd",
      "101st",
      "111th",
    ]);
  });
});

it("names guests from 64 adjectives and 64 animals", () => {
  expect(new Set(Array.from({ length: 4096 }, (_, i) => guestName(i))).size).toBe(4096);
  expect(guestName(0)).toBe("Amber Badger");
});
