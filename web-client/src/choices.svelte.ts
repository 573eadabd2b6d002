//! What a person chose for this browser: theme, motion, letters as keys, list mode. Kept in localStorage; works without it.

export type Theme = "auto" | "dark" | "light";

/** As kept: whatever is missing or strange is the first choice. */
export interface Choices {
  /** `auto` follows the system. */
  theme: Theme;
  /** No beams, rings, bobbing or gliding, whatever the system says; without it the system decides. */
  calm: boolean;
  /** Letters and digits act while the scene has focus. */
  letters: boolean;
  /** Lists in place of the scene. */
  list: boolean;
}

const KEPT = "musicpark.choices";
const FIRST: Choices = { theme: "auto", calm: false, letters: true, list: false };
const THEMES: readonly unknown[] = ["auto", "dark", "light"] satisfies Theme[];

/** What was kept, told apart from what somebody else wrote there. */
export function readChoices(text: string | null): Choices {
  let kept: Partial<Record<keyof Choices, unknown>> = {};
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    if (found && typeof found === "object") kept = found;
  } catch {
    // Not ours: the first choices hold.
  }
  const flag = (name: "calm" | "letters" | "list") => {
    const value = kept[name];
    return typeof value === "boolean" ? value : FIRST[name];
  };
  const theme = THEMES.includes(kept.theme) ? (kept.theme as Theme) : FIRST.theme;
  return { theme, calm: flag("calm"), letters: flag("letters"), list: flag("list") };
}

let made = $state<Choices>(readChoices(stored()));

/** The choices that hold now; screens that read them follow. */
export const choices: Readonly<Choices> = {
  get theme() {
    return made.theme;
  },
  get calm() {
    return made.calm;
  },
  get letters() {
    return made.letters;
  },
  get list() {
    return made.list;
  },
};

/** Changes some of them, at once and for the next visit. */
export function choose(change: Partial<Choices>): void {
  made = { ...made, ...change };
  try {
    localStorage.setItem(KEPT, JSON.stringify(made));
  } catch {
    // Storage is switched off or full: it holds until the page is closed.
  }
  wear();
}

/** Whether moving things shall be still: by choice, or because the system asks for it. */
export function isCalm(): boolean {
  return made.calm || matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Writes theme and calm onto the page, for tokens.css; once at the start, then by `choose`. */
export function wear(): void {
  const { dataset } = document.documentElement;
  if (made.theme === "auto") delete dataset.theme;
  else dataset.theme = made.theme;
  if (made.calm) dataset.calm = "";
  else delete dataset.calm;
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
