//! When the scene draws, and when it does not: hidden tabs, and people who asked for less motion.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
import { openPretended } from "../lib/pretended.mjs";

/** Counts the calls that draw, and lets a test say whether the tab is seen. */
const COUNT_DRAWING = () => {
  window.draws = 0;
  for (const name of ["drawElements", "drawArrays", "drawElementsInstanced", "drawArraysInstanced"]) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...how) {
      window.draws += 1;
      return draw.apply(this, how);
    };
  }
  let seen = "visible";
  Object.defineProperty(document, "visibilityState", { get: () => seen });
  Object.defineProperty(document, "hidden", { get: () => seen === "hidden" });
  window.showTab = (state) => {
    seen = state;
    document.dispatchEvent(new Event("visibilitychange"));
  };
};

const draws = (page) => page.evaluate(() => window.draws);
/** Waits for as many pictures as a second has. */
const pictures = (page) =>
  page.evaluate(async () => {
    for (let i = 0; i < 60; i++) await new Promise((next) => requestAnimationFrame(next));
  });

/** By how much of 255 two pictures (PNG) differ at most, in any colour of any pixel. */
const apart = (page, ...pngs) =>
  page.evaluate(async (pictures) => {
    const [one, other] = await Promise.all(
      pictures.map(async (png) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))], { type: "image/png" }));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        canvas.drawImage(bitmap, 0, 0);
        return canvas.getImageData(0, 0, bitmap.width, bitmap.height).data;
      }),
    );
    return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
  }, pngs.map((png) => png.toString("base64")));

/** So little nobody sees. */
const UNSEEN = 8;

async function openScene(t, options = {}) {
  const pretended = await openPretended();
  const ada = await t.person("Ada", { scene: true, viewport: { width: 480, height: 360 }, ...options });
  await ada.context.addInitScript(COUNT_DRAWING);
  await pretended.open(ada.page, { query: "view=room&people=7&stand" }, { scene: true });
  return ada;
}

async function hidden(t) {
  const { page } = await openScene(t);
  const drawsOn = async () => {
    const before = await draws(page);
    await eventually("the scene draws", async () => (await draws(page)) > before);
  };
  await drawsOn();
  await page.evaluate(() => window.showTab("hidden"));
  const before = await draws(page);
  await pictures(page);
  assert.equal(await draws(page), before, "nothing is drawn for a tab that nobody sees");
  await page.evaluate(() => window.showTab("visible"));
  await drawsOn();
}

async function reducedMotion(t) {
  const { page } = await openScene(t, { reducedMotion: "reduce" });
  // The screens over it may change: time passes on them.
  await page.addStyleTag({ content: "#app > :not(#scene) { visibility: hidden }" });
  const shot = () => page.locator("#scene").screenshot();
  await eventually("pictures a second apart look the same", async () => {
    const before = await shot();
    for (let i = 0; i < 3; i++) {
      await pictures(page);
      assert.ok((await apart(page, before, await shot())) <= UNSEEN);
    }
    return true;
  });
  const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.effect.getComputedTiming().activeDuration > 0).length);
  assert.equal(moving, 0, "and nothing on the screens moves");
}

export default [
  { name: "a hidden tab draws nothing", on: ["embedded"], run: hidden },
  { name: "with reduced motion the picture holds still while the music goes on", on: ["embedded"], run: reducedMotion },
];
