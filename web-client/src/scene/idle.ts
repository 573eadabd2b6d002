//! Work that may wait, done piece by piece in the moments the browser has left over.

/** Where the browser does not tell when it is idle: this much work, this often. */
const SLICE_MS = 3;
const EVERY_MS = 30;

/** Calls `piece` in idle moments until it answers that nothing is left; `again` resumes it, `close` ends it. */
export function whenIdle(piece: () => boolean): { again(): void; close(): void } {
  let waiting: number | null = null;
  const idle = globalThis.requestIdleCallback !== undefined;
  const run = (left: () => number) => {
    waiting = null;
    let more = true;
    // The first piece is always done, or a machine that is never idle would never get there.
    do more = piece();
    while (more && left() > SLICE_MS);
    if (more) again();
  };
  const again = () => {
    if (waiting !== null) return;
    waiting = idle
      ? requestIdleCallback((deadline) => run(() => deadline.timeRemaining()), { timeout: 500 })
      : window.setTimeout(() => {
          const from = performance.now();
          run(() => 2 * SLICE_MS - (performance.now() - from));
        }, EVERY_MS);
  };
  return {
    again,
    close() {
      if (waiting === null) return;
      if (idle) cancelIdleCallback(waiting);
      else clearTimeout(waiting);
      waiting = null;
    },
  };
}
