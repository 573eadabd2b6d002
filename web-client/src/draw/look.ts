//! A look: thirteen small numbers in one 44-bit value, so that it is a plain JavaScript number and the same on every screen.

import { rng } from "./shapes";

export const KINDS = ["person", "cat", "bear", "bunny", "fox", "frog"] as const;
export const HAIRS = ["short", "bob", "long", "buns", "afro", "curl", "quiff", "braid", "bald", "scarf"] as const;
export const PATTERNS = ["plain", "stripe", "dots", "dungaree", "band", "zip"] as const;
export const HATS = ["none", "cap", "beanie", "bucket", "phones", "flower"] as const;
export const SKIN = ["#FFE0C7", "#F5C9A0", "#E3A878", "#C98A5C", "#A66B45", "#7F4E35", "#5B3728"];
export const HAIR = [
  "#2B1D2A",
  "#4A2E2A",
  "#7A4A2E",
  "#B06A35",
  "#E0A84E",
  "#F1DDB0",
  "#C9CBD6",
  "#E2604F",
  "#E57FB4",
  "#6C7BE0",
  "#3DB6A0",
  "#F5F1E8",
];
export const CLOTH = [
  "#FF8068",
  "#FFB84D",
  "#F7E3A1",
  "#BEDD62",
  "#5FDDAE",
  "#4FB3D9",
  "#6F7FE8",
  "#A99CFF",
  "#EC8ADB",
  "#F4F0E6",
  "#E2604F",
  "#F58FA8",
];
export const LEGS = ["#2D3557", "#4B3A5E", "#6A4A44", "#3C5A5A", "#7A6C8C", "#C9B48E"];

/** Upper bound of a look, exclusive. */
export const LOOKS = 2 ** 44;

/** A look, taken apart. Every field is an index into one of the lists above; `wide`, `tall` 0 to 7, `dance` 0 to 3. */
export interface Look {
  kind: number;
  skin: number;
  hair: number;
  hairColour: number;
  top: number;
  pattern: number;
  topSecond: number;
  legs: number;
  hat: number;
  hatColour: number;
  wide: number;
  tall: number;
  dance: number;
}

/** Each field: its bits in the value, from the lowest, and how many choices it has. The bits add up to 44. */
export const FIELDS: readonly { name: keyof Look; bits: number; choices: number }[] = [
  { name: "kind", bits: 3, choices: KINDS.length },
  { name: "skin", bits: 4, choices: SKIN.length },
  { name: "hair", bits: 4, choices: HAIRS.length },
  { name: "hairColour", bits: 4, choices: HAIR.length },
  { name: "top", bits: 4, choices: CLOTH.length },
  { name: "pattern", bits: 3, choices: PATTERNS.length },
  { name: "topSecond", bits: 4, choices: CLOTH.length },
  { name: "legs", bits: 3, choices: LEGS.length },
  { name: "hat", bits: 3, choices: HATS.length },
  { name: "hatColour", bits: 4, choices: CLOTH.length },
  { name: "wide", bits: 3, choices: 8 },
  { name: "tall", bits: 3, choices: 8 },
  { name: "dance", bits: 2, choices: 4 },
];

/** Takes a value apart. Whatever number arrives is a look: a field past its choices starts again at the first. */
export function look(value: number): Look {
  let rest = Number.isFinite(value) ? Math.abs(Math.trunc(value)) % LOOKS : 0;
  const parts = {} as Look;
  for (const { name, bits, choices } of FIELDS) {
    const size = 2 ** bits;
    parts[name] = (rest % size) % choices;
    rest = Math.floor(rest / size);
  }
  return parts;
}

/** The value of a look. */
export function encode(parts: Look): number {
  let value = 0;
  for (const { name, bits } of [...FIELDS].reverse()) value = value * 2 ** bits + parts[name];
  return value;
}

/**
 * A pleasing look from a seed: mostly people, every sixth an animal, colours that go together. The same seed gives the same look in
 * every version: the order in which the numbers are drawn is part of it.
 */
export function dress(seed: number): number {
  const r = rng(seed ^ 0x9e3779b9);
  const n = (k: number) => (r() * k) | 0;
  const kind = r() < 0.16 ? 1 + n(5) : 0;
  const top = n(CLOTH.length);
  const hat = r() < 0.42 ? [1, 2, 3, 4, 4, 4, 5][n(7)] : 0;
  // Animals have fur of their own, so neither skin nor hair; a number is drawn for the fur all the same.
  const skin = kind === 0 ? n(SKIN.length) : n(3);
  const hair = kind === 0 ? n(HAIRS.length) : 0;
  return encode({
    kind,
    skin,
    hair,
    hairColour: n(HAIR.length),
    top,
    pattern: [0, 0, 1, 2, 3, 4, 5][n(7)],
    topSecond: (top + 3 + n(6)) % CLOTH.length,
    legs: n(LEGS.length),
    hat,
    hatColour: (top + 5 + n(5)) % CLOTH.length,
    wide: n(8),
    tall: n(8),
    dance: n(4),
  });
}

/** How wide and how tall the figure is, around 1. */
export const build = (l: Look): { wide: number; tall: number } => ({
  wide: 0.92 + (l.wide / 7) * 0.2,
  tall: 0.94 + (l.tall / 7) * 0.13,
});
