//! Colours as `#RRGGBB` strings, mixed and shaded the way the drawing kit needs it.

/** The three channels of `#RRGGBB`, 0 to 255. */
export function channels(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** `#RRGGBB` as a plain number, as PixiJS tints want it. */
export const tint = (colour: string): number => Number.parseInt(colour.slice(1), 16);

const join = (channel: (i: 0 | 1 | 2) => number): string =>
  `#${([0, 1, 2] as const)
    .map((i) =>
      Math.max(0, Math.min(255, Math.round(channel(i))))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;

/** `a` at 0, `b` at 1. */
export function mix(a: string, b: string, t: number): string {
  const [from, to] = [channels(a), channels(b)];
  return join((i) => from[i] + (to[i] - from[i]) * t);
}

/** `colour` as it looks in light of the colour `light`. */
export function lit(colour: string, light: string): string {
  const [a, b] = [channels(colour), channels(light)];
  return join((i) => (a[i] * b[i]) / 255);
}

/** With an alpha of 0 to 1, for a canvas. */
export function rgba(colour: string, alpha: number): string {
  const [r, g, b] = channels(colour);
  return `rgba(${r},${g},${b},${alpha})`;
}
