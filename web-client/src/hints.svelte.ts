//! The first minute's hints: never two at once, never a modal, and each only once in this browser. Seconds as in DESIGN.md.

const KEPT = "park.hints";

export type Hint = "love" | "walk" | "add" | "keep";

/** Seconds after stepping in, or after what the hint answers to. */
const LOVE_S = 5;
const WALK_S = 10;
const ADD_S = 60;
const AFTER_S = 1.5;
/** A hint that nobody follows leaves again, and may come back on the next visit. */
const STAYS_S = 24;

/** What makes sense only in a room: reacting to it, adding to it. */
const INDOORS: ReadonlySet<Hint> = new Set<Hint>(["love", "add"]);

const seen = new Set<string>(read());
let current = $state<Hint | null>(null);
const timers = new Map<Hint | "leave", ReturnType<typeof setTimeout>>();
let steppedAt = 0;
/** Whether a hint fits who one is and where: the screens say so. */
let fits: (which: Hint) => boolean = () => true;

export const hint = {
  get now(): Hint | null {
    return current;
  },
};

function read(): string[] {
  try {
    return (localStorage.getItem(KEPT) ?? "").split(",");
  } catch {
    return [];
  }
}

function keep(): void {
  try {
    localStorage.setItem(KEPT, [...seen].filter(Boolean).join(","));
  } catch {
    // Without storage the hints come again next time; nothing else is lost.
  }
}

function later(which: Hint | "leave", seconds: number, then: () => void): void {
  clearTimeout(timers.get(which));
  timers.set(which, setTimeout(then, seconds * 1000));
}

/** A later hint takes the place of an earlier one. */
function show(which: Hint): void {
  if (seen.has(which) || !fits(which)) return;
  current = which;
  later("leave", STAYS_S, () => {
    current = null;
  });
}

/** Takes the hint away for good. */
export function done(which: Hint | null = current): void {
  if (!which) return;
  seen.add(which);
  keep();
  clearTimeout(timers.get(which));
  if (current === which) current = null;
}

/** Somebody stepped into a room: the minute begins. */
export function stepped(suits: (which: Hint) => boolean = () => true): void {
  fits = suits;
  steppedAt = Date.now();
  later("love", LOVE_S, () => show("love"));
  later("add", ADD_S, () => show("add"));
}

/** Out of the room: what was said about it goes. */
export function steppedOut(): void {
  for (const which of INDOORS) clearTimeout(timers.get(which));
  if (current && INDOORS.has(current)) current = null;
}

/** The first reaction: now the feet. */
export function reacted(): void {
  if (seen.has("love")) return;
  done("love");
  const since = (Date.now() - steppedAt) / 1000;
  later("walk", Math.max(AFTER_S, WALK_S - since), () => show("walk"));
}

/** One's own first step: nobody has to say how. */
export function walked(): void {
  if (!seen.has("walk")) done("walk");
}

/** The first own track or message: worth keeping the name. */
export function acted(): void {
  done("add");
  later("keep", AFTER_S, () => show("keep"));
}

export function quiet(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  current = null;
}
