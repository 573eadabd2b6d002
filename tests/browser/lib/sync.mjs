//! Whether people hear the same position: pairs of looks, compared at equal times.

import { eventually } from "./eventually.mjs";

const PAIRS = 20;
/** The median may be off by this, in ms. */
const WITHIN_MS = 50;

/**
 * Waits until the median of the last 20 pairs is within 50 ms, and returns it. What was read around a stall of an audio device
 * (a loaded machine) is dropped.
 */
export async function samePosition(one, other) {
  let before = null;
  let apart = [];
  return eventually(`${one.called} and ${other.called} hear the same position`, async () => {
    const looks = await Promise.all([one.look(), other.look()]);
    const stalls = `${looks[0].stalls} ${looks[1].stalls}`;
    const steady = before === stalls && looks[0].play !== null && looks[0].play === looks[1].play;
    before = stalls;
    if (!steady) return null;
    // In ms of music, at the time of the first look: the second one is set back by what passed in between.
    const [a, b] = looks.map(({ samples, hostMs }) => samples / 48 - (hostMs - looks[0].hostMs));
    apart = [...apart, Math.abs(a - b)].slice(-PAIRS);
    if (apart.length < PAIRS) return null;
    const medianMs = median(apart);
    if (medianMs > WITHIN_MS) throw new Error(`they are ${medianMs.toFixed(1)} ms apart`);
    return { medianMs };
  });
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}
