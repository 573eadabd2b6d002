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
  return { url, screens: SCREENS, open: (page, screen, how) => openScreen(page, url, screen, how), settle, close: toEnd(close) };
}
