//! The pretended park: the web client's screens in any state, without a server behind them.

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { toEnd } from "./ends.mjs";
import { ROOT } from "./places.mjs";

const client = (path) => import(pathToFileURL(join(ROOT, "web-client/scripts", path)));

/** Builds and serves it; with the list of screens and how to get to one. */
export async function openPretended() {
  const [{ servePretended }, { SCREENS, openScreen, settle }] = await Promise.all([client("pretended.mjs"), client("screens.mjs")]);
  const { url, close } = await servePretended();
  const end = toEnd(close);
  const visitors = new Set();
  const open = (page, screen, how) => {
    visitors.add(page);
    return openScreen(page, url, screen, how);
  };
  return {
    url,
    screens: SCREENS,
    open,
    settle,
    // Everybody leaves first: a page fetches its sheets when it has nothing else to do, and finding no server then is a fault.
    close: async () => {
      for (const page of visitors) if (!page.isClosed()) await page.goto("about:blank");
      await end();
    },
  };
}
