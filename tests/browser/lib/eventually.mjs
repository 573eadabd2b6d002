//! Waiting for a condition, the only way to wait in these tests.

/** How long a condition may take, in ms. Long, as machines that run tests are busy; a condition that holds ends the wait. */
export const PATIENCE_MS = 30_000;
/** Between two looks, in ms. */
const LOOK_EVERY_MS = 50;

/**
 * Looks until `look` returns something truthy, and returns that. What it throws counts as "not yet", and is told when it never
 * comes; so `look` may assert.
 */
export async function eventually(what, look, patienceMs = PATIENCE_MS) {
  const giveUp = performance.now() + patienceMs;
  let last = null;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
      last = null;
    } catch (why) {
      last = why;
    }
    if (performance.now() > giveUp) throw new Error(`never happened: ${what}${last ? `\n  at last: ${last.message}` : ""}`);
    await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
  }
}
