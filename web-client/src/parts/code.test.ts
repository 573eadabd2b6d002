import { expect, it } from "vitest";
import { codeOf } from "./code";

/** Whether a square is dark. */
const darkAt = (path: string, x: number, y: number) => path.includes(`M${x} ${y}h1v1h-1z`);

it("draws the three eyes within a quiet zone of four", () => {
  const { path, size } = codeOf("https://park.example/r/shell-stage");
  for (const [x, y] of [
    [4, 4],
    [size - 11, 4],
    [4, size - 11],
  ] as const) {
    for (let i = 0; i < 7; i++) expect([darkAt(path, x + i, y), darkAt(path, x + i, y + 6)]).toEqual([true, true]);
    expect([darkAt(path, x + 1, y + 1), darkAt(path, x + 3, y + 3)]).toEqual([false, true]);
  }
  for (let i = 0; i < size; i++)
    for (let edge = 0; edge < 4; edge++)
      expect([darkAt(path, i, edge), darkAt(path, edge, i), darkAt(path, i, size - 1 - edge)]).toEqual([
        false,
        false,
        false,
      ]);
});

it("grows with the link", () => {
  expect(codeOf(`https://park.example/r/${"a".repeat(120)}`).size).toBeGreaterThan(
    codeOf("https://park.example/").size,
  );
});
