//! The first minute's hints: never two at once, never a modal, and each only once in this browser.

const KEPT = "park.hints";

export type Hint = "love" | "walk" | "add" | "keep";

const seen = new Set<string>(read());
let current = $state<Hint | null>(null);
let timers: ReturnType<typeof setTimeout>[] = [];

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

function show(which: Hint): void {
  if (seen.has(which) || current) return;
  current = which;
}

/** Takes the hint away for good. */
export function done(which: Hint | null = current): void {
  if (!which) return;
  seen.add(which);
  keep();
  if (current === which) current = null;
}

/** Somebody stepped into a room: the minute begins. */
export function stepped(): void {
  timers.push(setTimeout(() => show("love"), 5000));
  timers.push(
    setTimeout(() => {
      done();
      show("add");
    }, 60_000),
  );
}

/** The first reaction: now the feet. */
export function reacted(): void {
  if (seen.has("love")) return;
  done("love");
  timers.push(setTimeout(() => show("walk"), 5000));
}

export function walked(): void {
  if (current === "walk") done("walk");
}

/** The first own track or message: worth keeping the name. */
export function acted(): void {
  done("add");
  timers.push(setTimeout(() => show("keep"), 4000));
}

export function quiet(): void {
  for (const timer of timers) clearTimeout(timer);
  timers = [];
}
