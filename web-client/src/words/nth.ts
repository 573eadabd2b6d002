//! Places in a row as people say them.

const NTH = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
const ENDS = ["th", "st", "nd", "rd"];

/** A place counted from 1: in words up to the tenth, then as 11th, 21st, 102nd. */
export function nth(place: number): string {
  if (place <= NTH.length) return NTH[Math.max(1, place) - 1];
  const teens = place % 100 >= 11 && place % 100 <= 13;
  return `${place}${teens ? "th" : (ENDS[place % 10] ?? "th")}`;
}
