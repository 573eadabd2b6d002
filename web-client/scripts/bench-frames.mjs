// What a frame of the scene takes of the processor, with 300 people on screen and 2,000 in the world, as JSON. See dev/frames.ts.
//   node scripts/bench-frames.mjs [PEOPLE WORLD]      PROFILE=FILE keeps a profile of the frames for the browser's own tools
//
// Counted is the processor's time of the page's thread, not the time that passed: what else runs on the machine takes the
// processor away in between, which says nothing about the frame. (It still costs caches and clock rate: on a busy machine
// the numbers are too high, never too low.)
import { writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { servePretended } from "./pretended.mjs";

const WEBGL = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
];
/** Frames until everything is drawn once, compiled and optimised. */
const WARM = 120;
const FRAMES = 300;

/** Draws frames; what each took of the processor, in ms. */
async function frames(page, devtools, count) {
  const scriptMs = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ScriptDuration").value * 1000;
  };
  const took = [];
  for (let before = await scriptMs(); took.length < count; ) {
    await page.evaluate(async () => (await window.crowd).next());
    const now = await scriptMs();
    took.push(now - before);
    before = now;
  }
  took.sort((a, b) => a - b);
  const at = (part) => took[Math.min(count - 1, Math.floor(count * part))];
  return { median: at(0.5), p95: at(0.95), longest: at(1) };
}

/** Builds, draws and measures; `script` is with all WebGL calls, `stubbed` with those that draw and send doing nothing, in ms. */
export async function measureFrames({ people = 300, world = 2000, profile = "" } = {}) {
  const served = await servePretended({ page: "frames.html", minify: !profile });
  try {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: WEBGL });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
      await page.goto(`${served.url}?people=${people}&world=${world}`);
      await frames(page, devtools, WARM);
      if (profile) {
        await devtools.send("Profiler.enable");
        await devtools.send("Profiler.start");
      }
      const script = await frames(page, devtools, FRAMES);
      if (profile) await writeFile(profile, JSON.stringify((await devtools.send("Profiler.stop")).profile));
      await page.evaluate(async () => (await window.crowd).stub());
      return { people, world, frames: FRAMES, script, stubbed: await frames(page, devtools, FRAMES) };
    } finally {
      await browser.close();
    }
  } finally {
    await served.close();
  }
}

if (import.meta.filename === process.argv[1]) {
  const [people, world] = process.argv.slice(2).map(Number);
  process.stdout.write(`${JSON.stringify(await measureFrames({ people, world, profile: process.env.PROFILE }))}\n`);
}
