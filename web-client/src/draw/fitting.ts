//! The fitting room: trying on looks, with steps back and forward again. Pure: each step is a new value.

/** The look worn now, those before it and those taken back. */
export interface Fitting {
  readonly past: readonly number[];
  readonly worn: number;
  readonly future: readonly number[];
}

const STEPS = 50;

export const enter = (worn: number): Fitting => ({ past: [], worn, future: [] });

/** Puts another look on; what was taken back is gone. The same look again is no step. */
export function wearLook(now: Fitting, look: number): Fitting {
  if (look === now.worn) return now;
  return { past: [...now.past, now.worn].slice(-STEPS), worn: look, future: [] };
}

/** One step back, if there is one. */
export function undo({ past, worn, future }: Fitting): Fitting {
  const before = past.at(-1);
  return before === undefined
    ? { past, worn, future }
    : { past: past.slice(0, -1), worn: before, future: [worn, ...future] };
}

/** One step forward again, if there is one. */
export function redo({ past, worn, future }: Fitting): Fitting {
  const [next, ...rest] = future;
  return next === undefined ? { past, worn, future } : { past: [...past, worn], worn: next, future: rest };
}
