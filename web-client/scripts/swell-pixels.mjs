// Reads the scene's pixels back, frame by frame, while drums as loud as can be play, and says how much the whole picture's brightness
// changes within a beat and how often it rises: what src/scene/swell.ts promises. Fails where the promise is broken.
//
//   node scripts/swell-pixels.mjs [QUERY...]     of the pretended park, e.g. "view=park&light=night"
//
// The page's clock is put forward by hand, 20 frames a second, so that a slow machine reads the same.
// DEV_URL: a page of `npm run dev` to use instead of a build of one's own (http://127.0.0.1:5173/dev/).
import { chromium } from "playwright-core";
import { servePretended } from "./pretended.mjs";

const QUERIES = ["view=room&light=night", "view=room&light=dusk", "view=park&light=night"];
const FPS = 20;
const SECONDS = 6;
/** As in src/scene/swell.ts: the longest beat in seconds, how much within it, how many rises a second. */
const BEAT_S = 1.5;
const MOST = 0.08;
const RISES = 3;
/** A smaller share of the brightness than this is no rise that anybody sees. */
const STIR = 0.004;

/** Runs in the page before anything else: `held.next()` draws one frame and returns its mean brightness, 0 to 255. */
function holdClock(fps) {
  const real = requestAnimationFrame.bind(window);
  const [realNow, realDate] = [performance.now.bind(performance), Date.now];
  let waiting = new Map();
  let on = false;
  let shift = 0;
  let at = 0;
  let last = 0;
  let gl = null;
  window.requestAnimationFrame = (call) => {
    const id = ++last;
    waiting.set(id, call);
    if (!on) real((now) => !on && waiting.delete(id) && call(now));
    return id;
  };
  window.cancelAnimationFrame = (id) => void waiting.delete(id);
  performance.now = () => (on ? at : realNow());
  Date.now = () => (on ? Math.round(at + shift) : realDate());
  window.held = {
    begin() {
      gl = document.querySelector("#scene canvas").getContext("webgl2");
      at = realNow();
      shift = realDate() - at;
      on = true;
    },
    next() {
      at += 1000 / fps;
      const due = waiting;
      waiting = new Map();
      for (const call of due.values()) call(at);
      const [w, h] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
      const pixels = new Uint8Array(w * h * 4);
      gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      let sum = 0;
      for (let i = 0; i < pixels.length; i += 4) sum += pixels[i] + pixels[i + 1] + pixels[i + 2];
      return sum / (w * h * 3);
    },
  };
}

/** All bands at once, loud for the first third of every beat: no music does worse. */
function drum() {
  const { park } = window;
  park.bands = () => {
    const heard = park.heard();
    return heard && new Float32Array(6).fill((((heard.samples / 48000) * 112) / 60) % 1 < 0.34 ? 1 : 0);
  };
}

/** The largest change within a beat, as a share of the least brightness in it, and the most rises within a second. */
function judge(means, fps) {
  let change = 0;
  const beat = Math.round(BEAT_S * fps);
  for (let i = 0; i < means.length; i++) {
    const within = means.slice(i, i + beat);
    const least = Math.min(...within);
    change = Math.max(change, (Math.max(...within) - least) / least);
  }
  const rises = [];
  let low = means[0];
  let counted = false;
  means.forEach((mean, i) => {
    if (i && mean < means[i - 1]) [low, counted] = [mean, false];
    else if (!counted && mean > low * (1 + STIR)) counted = rises.push(i) > 0;
  });
  const often = Math.max(0, ...rises.map((at) => rises.filter((one) => one >= at && one < at + fps).length));
  return { change, often };
}

const served = process.env.DEV_URL ? { url: process.env.DEV_URL, close() {} } : await servePretended();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
let broken = 0;
try {
  for (const query of process.argv.length > 2 ? process.argv.slice(2) : QUERIES) {
    const page = await browser.newPage({ viewport: { width: 960, height: 600 } });
    page.setDefaultTimeout(180_000);
    await page.addInitScript(holdClock, FPS);
    await page.goto(`${served.url}?${query}&people=7&stand&loud=1`);
    await page.locator("#scene canvas").waitFor();
    await page.evaluate(drum);
    const means = await page.evaluate(
      ([frames, unread]) => {
        window.held.begin();
        for (let i = 0; i < unread; i++) window.held.next();
        return Array.from({ length: frames }, () => window.held.next());
      },
      [SECONDS * FPS, 2 * FPS],
    );
    const { change, often } = judge(means, FPS);
    const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
    const kept = change <= MOST && often <= RISES && mean > 0;
    if (!kept) broken += 1;
    console.log(
      `${query}: ${kept ? "kept" : "BROKEN"}; mean ${mean.toFixed(1)} of 255, ${(change * 100).toFixed(2)} % within ${BEAT_S} s, ${often} rises a second`,
    );
    await page.close();
  }
} finally {
  await browser.close();
  await served.close();
}
process.exit(broken ? 1 : 0);
