import { describe, expect, it } from "vitest";
import { words } from "./en";
import { guestName } from "./names";

function sentences(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value && typeof value === "object") return Object.values(value).flatMap(sentences);
  return [];
}

it("speaks as DESIGN.md asks: no shouting, no blame", () => {
  for (const sentence of sentences(words)) expect(sentence).not.toMatch(/!|oops|invalid|\buser\b|—/i);
});

describe("the exact words", () => {
  it.each([
    [words.banner.walking("Shell Stage"), "Walking over to Shell Stage"],
    [words.sound.tap, "Tap to listen"],
    [words.queue.first, "You are the first one here. The park’s own mix plays until somebody puts on a track."],
    [
      words.queue.quietRoom,
      "It is quiet here. Put on the first track. Everyone who comes in later hears it from the same bar.",
    ],
    [words.chat.empty, "No messages yet. Say hello: it will be here for whoever comes next."],
    [words.queue.empty, "Nothing after this. The park’s own mix takes over."],
    [words.banner.lost, "Connection lost. Back in a moment, your place is kept."],
    [words.banner.trying(8), "Still trying. Next try in 8 s."],
    [words.banner.back(14), "You are back. 14 messages came meanwhile."],
    [words.banner.slow, "This takes a moment longer. Your click is kept."],
    [words.queue.onlyDjs("Low Tide Records"), "Only DJs add tracks here. Low Tide Records can make you one."],
    [words.account.wrong, "Name and password do not match."],
    [words.banner.renewed, "The park was renewed."],
    [words.missing.room, "There is no room here. These are playing now:"],
    [words.skip.count(3, 64), "Skip: 3 of 64 votes, half of those listening"],
    [words.skip.count(1, 2), "Skip: 1 of 2 votes, half of those listening"],
    [words.skip.countBoth(1), "Skip: 1 of 2 votes, with two here both must agree"],
  ])("%s", (said, wanted) => {
    expect(said).toBe(wanted);
  });
});

it("names guests from 64 adjectives and 64 animals", () => {
  expect(new Set(Array.from({ length: 4096 }, (_, i) => guestName(i))).size).toBe(4096);
  expect(guestName(0)).toBe("Amber Badger");
});
