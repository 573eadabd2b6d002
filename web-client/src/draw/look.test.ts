import { describe, expect, it } from "vitest";
import { dress, encode, FIELDS, LOOKS, look } from "./look";

describe("a look", () => {
  it("is thirteen small numbers in 44 bits", () => {
    expect(FIELDS).toHaveLength(13);
    expect(FIELDS.reduce((bits, f) => bits + f.bits, 0)).toBe(44);
    for (const f of FIELDS) expect(f.choices).toBeLessThanOrEqual(2 ** f.bits);
  });

  it.each([
    [0, 14603048229040, [0, 6, 1, 3, 1, 0, 6, 2, 0, 8, 4, 2, 3]],
    [1, 11308827263896, [0, 3, 7, 8, 3, 4, 10, 2, 0, 9, 4, 4, 2]],
    [77, 13585090681872, [0, 2, 8, 3, 2, 0, 10, 1, 0, 11, 5, 0, 3]],
    [1204, 6185470811040, [0, 4, 7, 11, 4, 1, 11, 2, 1, 0, 2, 3, 1]],
    [-3, 11016665307154, [2, 2, 0, 3, 8, 5, 1, 1, 0, 5, 0, 4, 2]],
    [2147483647, 369597895448, [0, 3, 6, 10, 0, 0, 7, 3, 0, 6, 5, 0, 0]],
  ])("of seed %i is the same on every screen and in the picture of the design", (seed, value, parts) => {
    expect(dress(seed)).toBe(value);
    expect(FIELDS.map(({ name }) => look(value)[name])).toEqual(parts);
  });

  it("comes back as it was put together, whatever the seed", () => {
    for (let seed = -500; seed < 500; seed++) {
      const value = dress(seed);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(LOOKS);
      expect(encode(look(value))).toBe(value);
    }
  });

  it("can be drawn from any number a server may send", () => {
    for (const value of [0, LOOKS - 1, 123456789012, Number.NaN, -4, 1.5]) {
      const parts = look(value);
      for (const f of FIELDS) {
        expect(parts[f.name]).toBeGreaterThanOrEqual(0);
        expect(parts[f.name]).toBeLessThan(f.choices);
      }
    }
  });

  it("makes a crowd, not clones", () => {
    expect(new Set(Array.from({ length: 300 }, (_, i) => dress(i))).size).toBe(300);
  });
});
