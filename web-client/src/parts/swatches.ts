//! Moving by keys within a row of choices, as a radio group does: the arrows go round, Home and End to the ends.

/** The choice a key leads to from `at` of `count`; null for a key that does not move. */
export function stepTo(key: string, at: number, count: number, rightToLeft = false): number | null {
  const next = (by: number) => (at + by + count) % count;
  switch (key) {
    case "ArrowDown":
      return next(1);
    case "ArrowUp":
      return next(-1);
    case "ArrowRight":
      return next(rightToLeft ? -1 : 1);
    case "ArrowLeft":
      return next(rightToLeft ? 1 : -1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
