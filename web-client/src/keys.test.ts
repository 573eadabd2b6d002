import { describe, expect, it } from "vitest";
import { type At, wishOf } from "./keys";

const room: At = { floor: 1, door: false, onScene: true, onButton: false, hears: true, letters: true };
const lawn: At = { ...room, floor: 0 };
const is = (key: string, at: At) => wishOf(key, at)?.is ?? null;

describe("the keys of DESIGN.md, while the scene has focus", () => {
  it.each([
    ["Enter", "chat"],
    ["Escape", "scene"],
    ["m", "mute"],
    ["M", "mute"],
    ["-", "volume"],
    ["=", "volume"],
    ["q", "queue"],
    ["r", "rooms"],
    ["l", "list"],
    ["?", "keys"],
  ])("%s", (key, wish) => {
    expect(is(key, room)).toBe(wish);
  });

  it("1 to 6 are the six reactions, in the order of the bar", () => {
    const six = ["1", "2", "3", "4", "5", "6"].map((key) => wishOf(key, room));
    expect(six.map((wish) => wish?.is === "react" && wish.with)).toEqual([
      "love",
      "fire",
      "wow",
      "sing",
      "tears",
      "encore",
    ]);
    expect([wishOf("0", room), wishOf("7", room)]).toEqual([null, null]);
  });

  it("minus is softer, equals is louder", () => {
    expect(wishOf("-", room)).toEqual({ is: "volume", by: -0.05 });
    expect(wishOf("=", room)).toEqual({ is: "volume", by: 0.05 });
  });
});

it("the space bar steps in at a door, and is the feet's elsewhere", () => {
  expect(is(" ", { ...lawn, door: true })).toBe("enter");
  expect(is(" ", lawn)).toBe(null);
});

it("somebody who types moves nothing; Esc leads back", () => {
  const typing = { ...room, onScene: false };
  expect(["m", "1", " ", "Enter", "l"].map((key) => is(key, typing))).toEqual([null, null, null, null, null]);
  expect(is("Escape", typing)).toBe("scene");
});

it("a button in list mode keeps its Enter and its space bar", () => {
  const button = { ...lawn, door: true, onButton: true };
  expect([is(" ", button), is("Enter", button)]).toEqual([null, null]);
  expect(is("m", button)).toBe("mute");
});

it("with letters switched off only Enter, Esc and the space bar act", () => {
  const off = { ...lawn, door: true, letters: false };
  expect(["m", "1", "-", "q", "r", "l", "?"].map((key) => is(key, off))).toEqual(Array(7).fill(null));
  expect(["Enter", "Escape", " "].map((key) => is(key, off))).toEqual(["chat", "scene", "enter"]);
});

it("on the lawn one reacts to what is heard from there, or not at all", () => {
  expect(is("1", lawn)).toBe("react");
  expect(is("1", { ...lawn, hears: false })).toBe(null);
});

it("before one stepped in no key acts", () => {
  expect(["m", "1", "Enter", "l"].map((key) => is(key, { ...room, floor: null }))).toEqual([null, null, null, null]);
});
