//! What is fetched, in this order: the card with the engine and its audio (the first files of the page), the scene, the fonts,
//! and once one is inside, the sheets. Each begins when the one before is there, so that none takes another's line.

import type { Component } from "svelte";
import type { SheetName } from "./park.svelte";
import { whenIdle } from "./scene/idle";

let shown: Promise<void> | null = null;

/** The card's first picture is on screen. A hidden page shows none, and needs no scene either. */
function painted(): Promise<void> {
  shown ??= new Promise((done) => {
    // A browser that does not tell of its pictures is not waited for.
    if (!globalThis.PerformanceObserver?.supportedEntryTypes.includes("paint")) done();
    else new PerformanceObserver(() => done()).observe({ type: "paint", buffered: true });
  });
  return shown;
}

/** Starting the scene takes the graphics card and the processor for a while: not before the card is seen. */
export const sceneCode = () => painted().then(() => import("./scene/scene"));
export const listCode = () => import("./screens/list/ListMode.svelte");

/** Text is read in its fallback until the fonts come; without them it stays so. */
const fonts = () => import("./style/fonts.css");

const account = () => import("./screens/sheets/Account.svelte");
const SHEETS: Record<SheetName, () => Promise<{ default: Component<{ kind: "login" | "register" }> | Component }>> = {
  login: account,
  register: account,
  profile: () => import("./screens/sheets/Profile.svelte"),
  share: () => import("./screens/sheets/Share.svelte"),
  make: () => import("./screens/sheets/MakeRoom.svelte"),
  library: () => import("./screens/sheets/Library.svelte"),
  settings: () => import("./screens/sheets/Settings.svelte"),
  personal: () => import("./screens/sheets/Personal.svelte"),
  keys: () => import("./screens/sheets/Keys.svelte"),
};

/** The code of a sheet. What takes no `kind` does not look at it. */
export async function sheetCode(name: SheetName): Promise<Component<{ kind: "login" | "register" }>> {
  return (await SHEETS[name]()).default as Component<{ kind: "login" | "register" }>;
}

/** Fetches what the park (or its lists) is shown by, then the fonts. */
export async function fetchFirst(lists: boolean): Promise<void> {
  const park: () => Promise<unknown> = lists ? listCode : sceneCode;
  // Whoever shows it hears of a failure; the fonts come all the same.
  await park().catch(() => null);
  await fonts().catch(() => null);
}

/** Fetches the sheets one by one in idle moments: they open at once, also when the line is lost or the park renewed meanwhile. */
export function fetchSheets(): () => void {
  const left = Object.values(SHEETS);
  const idle = whenIdle(() => {
    void left
      .shift()?.()
      .catch(() => null)
      .then(() => {
        if (left.length) idle.again();
      });
    return false;
  });
  idle.again();
  return idle.close;
}
