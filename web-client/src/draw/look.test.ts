import { describe, expect, it } from "vitest";
import { dress, encode, FIELDS, LOOKS, look } from "./look";

describe("a look", () => {
  it("is thirteen small numbers in 44 bits", () => {
    expect(FIELDS).toHaveLength(13);
    expect(FIELDS.reduce((bits, f) => bits + f.bits, 0)).toBe(44);
    for (const f of FIELDS) expect(f.choices).toBeLessThanOrEqual(2 ** f.bits);
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
