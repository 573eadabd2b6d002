import { expect, test } from "vitest";
import { decode, encodeProbe, encodeStep } from "./binary";

test("the vectors shared with crates/protocol/src/binary.rs", () => {
  expect(hex(encodeProbe(1234.5, 42))).toBe("0100000000004a93402a00");
  expect(hex(encodeStep({ x: 800, y: 600, pose: 0b1010 }))).toBe("02200358020a");
  expect(decode(bytes("8100000000004a9340000000000000f03f0000000000000040"))).toEqual({
    is: "answer",
    c0: 1234.5,
    s1: 1,
    s2: 2,
  });
  expect(decode(bytes("820700000009000000010300701101000100020003"))).toEqual({
    is: "positions",
    floor: 7,
    tick: 9,
    key: true,
    more: 3,
    people: [{ account: 70_000, x: 1, y: 2, pose: 3 }],
  });
});

test("positions outside a floor are drawn to its bounds instead of wrapping around", () => {
  expect(hex(encodeStep({ x: -5, y: 70_000, pose: 0 }))).toBe("020000ffff00");
  expect(hex(encodeProbe(0, -1))).toBe("0100000000000000000000");
});

test("a frame that is cut, too long or of no known kind is no frame", () => {
  for (const frame of ["", "81", "8100", "82070000", "82070000000900000001030070", "7f00", "0100"]) {
    expect(decode(bytes(frame))).toBeNull();
  }
});

function hex(buffer: ArrayBuffer): string {
  return [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function bytes(text: string): ArrayBuffer {
  const pairs = text.match(/../g) ?? [];
  return new Uint8Array(pairs.map((pair) => Number.parseInt(pair, 16))).buffer;
}
