//! A link as a code for cameras: one path of squares. Apart, so that it is loaded only where it is shown.

import { encode } from "uqr";

/** Light squares around the code that a camera needs. */
const QUIET = 4;

/** The dark squares as one SVG path, and the edge of the whole in squares, the quiet zone included. */
export function codeOf(link: string): { path: string; size: number } {
  const { data, size } = encode(link, { ecc: "M", border: QUIET });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { path: squares.join(""), size };
}
