//! A Chromium of one's own: a process and a profile for each person.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toEnd } from "./ends.mjs";
import { Faults } from "./faults.mjs";
import { chromium } from "./places.mjs";

const ALWAYS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AUTOPLAY = "--autoplay-policy=no-user-gesture-required";
/** Three pages drawn by software starve two cores: most people do without the scene, which has to work too. */
const WITHOUT_SCENE = ["--disable-gpu", "--disable-3d-apis"];
const WITH_SCENE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/**
 * Starts one. `scene`: with WebGL, drawn by software. `autoplay`: false for a browser that wants a gesture first. `profile`: a
 * folder from `newProfile`, to come back in the same browser. The rest goes to playwright (viewport, colorScheme, ...).
 */
export async function openBrowser({ scene = false, autoplay = true, profile = null, ...options } = {}) {
  const folder = profile ?? (await newProfile());
  const faults = new Faults();
  const opening = chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...ALWAYS, ...(autoplay ? [AUTOPLAY] : []), ...(scene ? WITH_SCENE : WITHOUT_SCENE)],
    viewport: { width: 1200, height: 800 },
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...options,
  });
  // Also while it still starts, or its profile would be removed under it.
  const close = toEnd(() => opening.then((context) => context.close()));
  const context = await opening;
  context.setDefaultTimeout(30_000);
  await faults.watch(context);
  return { context, page: context.pages()[0] ?? (await context.newPage()), faults, close };
}

/** A new folder for a profile, gone at the end. */
export async function newProfile() {
  const folder = await mkdtemp(join(tmpdir(), "musicpark-chromium."));
  toEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
