// How long a frame of the scene holds the processor, with 300 people on screen and 2,000 in the world, as JSON. See dev/frames.ts.
//   node scripts/bench-frames.mjs [PEOPLE WORLD]
import { chromium } from "playwright-core";
import { servePretended } from "./pretended.mjs";

const WEBGL = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
];

/** Builds, draws and measures; see `Frames` in dev/frames.ts. */
export async function measureFrames({ people = 300, world = 2000 } = {}) {
  const served = await servePretended({ page: "frames.html", minify: true });
  try {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: WEBGL });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${served.url}?people=${people}&world=${world}`);
      return await page.evaluate(() => window.frames);
    } finally {
      await browser.close();
    }
  } finally {
    await served.close();
  }
}

if (import.meta.filename === process.argv[1]) {
  const [people, world] = process.argv.slice(2).map(Number);
  process.stdout.write(`${JSON.stringify(await measureFrames({ people, world }))}\n`);
}
