//! How far what stands in front of oneself is seen through. Pure.

/** What alone covers oneself is this opaque. */
export const SEEN_THROUGH = 0.55;

/** How opaque each of `count` that cover oneself is: through all of them together one is seen as well as through one. */
export const opacity = (count: number): number => (count > 0 ? 1 - (1 - SEEN_THROUGH) ** (1 / count) : 1);
