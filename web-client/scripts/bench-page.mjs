// The page of a built park, measured in a real Chromium, drawn by software, each time with nothing cached: medians of five visits.
//   node scripts/bench-page.mjs PROGRAM     the `musicpark` to run; NAME VALUE UNIT on standard output, budgets on standard error

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser } from "../../tests/browser/lib/browser.mjs";
import { Child } from "../../tests/browser/lib/child.mjs";
import { endEverything, endOnSignals, toEnd } from "../../tests/browser/lib/ends.mjs";
import { eventually } from "../../tests/browser/lib/eventually.mjs";
import { median } from "../../tests/browser/lib/sync.mjs";
import { measureFrames } from "./bench-frames.mjs";

const VISITS = 5;
/** What DESIGN.md allows: milliseconds, kilobytes of 1,000 bytes. */
const BUDGETS = {
  "page.first_paint": 1000,
  "page.button_live": 1500,
  "page.music": 1500,
  "page.bytes_to_first_sound": 300,
  "page.frame.script_ms": 4,
};
/** Softer than this is silence, as in tests/browser/lib/person.mjs. */
const SILENCE = 1e-4;
/** The page's own files by what they are for; `card` is whatever is asked for before the scene, and not the others. */
const KINDS = { card: 0, scene: 0, fonts: 0, audio_data: 0, other: 0 };

function kindOf(url) {
  const { pathname } = new URL(url);
  if (pathname.startsWith("/audio/")) return "audio_data";
  if (pathname.endsWith(".woff2") || /\/fonts-[^/]*\.css$/.test(pathname)) return "fonts";
  if (/\/assets\/(scene|feet|palette)-/.test(pathname)) return "scene";
  if (pathname.startsWith("/assets/") || pathname.startsWith("/r/") || pathname === "/") return "card";
  return "other";
}

/** Watches for the button and the sound from within the page, by its own clock, every 4 ms. */
function watch(silence) {
  const seen = { button: null, pressed: null, music: null };
  window.bench = seen;
  addEventListener(
    "click",
    () => {
      seen.pressed ??= performance.now();
    },
    { capture: true },
  );
  const look = setInterval(() => {
    const button = document.querySelector('[data-testid="step-in"]:not(:disabled)');
    // The engine is made in the task that mounts the screens: with it there, whoever presses is heard.
    if (window.park && button) seen.button ??= performance.now();
    if (seen.pressed === null || !window.park.heard()?.play || window.park.energy() <= silence) return;
    seen.music = performance.now();
    clearInterval(look);
  }, 4);
}

/** One visit with a new profile: when things were there, and the bytes that had come when the first sound was heard. */
async function visit(url) {
  const { context, page, close } = await openBrowser({ scene: true, viewport: { width: 1440, height: 900 } });
  const network = await context.newCDPSession(page);
  const asked = new Map();
  const came = [];
  await network.send("Network.enable");
  network.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, request.url));
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (asked.has(requestId))
      came.push({ kind: kindOf(asked.get(requestId)), bytes: encodedDataLength, at: Date.now() });
  });
  await page.addInitScript(watch, SILENCE);
  await page.goto(url);
  await page.getByTestId("step-in").click();
  await eventually("the first sound", () => page.evaluate(() => window.bench.music !== null));
  const { button, pressed, music, origin, paint } = await page.evaluate(() => ({
    ...window.bench,
    origin: performance.timeOrigin,
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  }));
  await close();
  const kinds = { ...KINDS };
  for (const { kind, bytes, at } of came) if (at <= origin + music) kinds[kind] += bytes / 1000;
  return { paint, button, music: music - pressed, kinds };
}

async function startPark(program) {
  const folder = await mkdtemp(join(tmpdir(), "musicpark-bench."));
  toEnd(() => rm(folder, { recursive: true, force: true }));
  const { DATABASE_URL, REDIS_URL, MUSICPARK_WEB_CLIENT, ...environment } = process.env;
  const settings = { MUSICPARK_ADDR: "127.0.0.1:0", MUSICPARK_DATA: join(folder, "data") };
  return new Child(program, [], { env: { ...environment, ...settings } }).says("listening");
}

function print(name, value, unit) {
  const budget = BUDGETS[name];
  process.stdout.write(`${name} ${value.toFixed(unit === "ms" && value >= 100 ? 0 : 1)} ${unit}\n`);
  if (budget === undefined) return;
  process.stderr.write(`${value <= budget ? "holds" : "SHORT"}  ${name}: at most ${budget} ${unit}\n`);
}

async function bench(program) {
  const url = await startPark(program);
  const visits = [];
  for (let n = 0; n < VISITS; n++) visits.push(await visit(url));
  const middle = (pick) => median(visits.map(pick));
  print(
    "page.first_paint",
    middle((one) => one.paint),
    "ms",
  );
  print(
    "page.button_live",
    middle((one) => one.button),
    "ms",
  );
  print(
    "page.music",
    middle((one) => one.music),
    "ms",
  );
  const own = ({ card, scene, fonts, other }) => card + scene + fonts + other;
  print(
    "page.bytes_to_first_sound",
    middle(({ kinds }) => own(kinds)),
    "KB",
  );
  for (const kind of Object.keys(KINDS))
    print(
      `page.bytes.${kind}`,
      middle(({ kinds }) => kinds[kind]),
      "KB",
    );
  const { script, stubbed } = await measureFrames();
  print("page.frame.script_ms", script.median, "ms");
  print("page.frame.script_p95_ms", script.p95, "ms");
  print("page.frame.without_webgl_ms", stubbed.median, "ms");
}

endOnSignals();
await bench(process.argv[2]).finally(endEverything);
