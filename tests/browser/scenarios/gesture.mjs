//! A browser that wants a gesture before it makes a sound.

import assert from "node:assert/strict";
import { newProfile } from "../lib/browser.mjs";
import { eventually } from "../lib/eventually.mjs";
import { samePosition } from "../lib/sync.mjs";

/**
 * Told by a script in the page: whatever the test's driver asks counts as a gesture. The place that a reload returns to is put
 * back by hand, as a browser that was gestured at takes that along over a real reload.
 */
const TELL_WHAT_IS_SHOWN = (place) => {
  sessionStorage.setItem("musicpark.place", place);
  // A press is for where the button is once it has come to rest: other banners leave above it.
  let before = "";
  let still = 0;
  const look = () => {
    const tap = document.querySelector("[data-testid=tap-to-listen]");
    const { x, y, width, height } = tap?.getBoundingClientRect() ?? { x: 0, y: 0, width: 0, height: 0 };
    const now = `${x} ${y} ${width}`;
    still = tap && now === before ? still + 1 : 0;
    before = now;
    if (still < 30) return requestAnimationFrame(look);
    const { userActivation } = navigator;
    const told = { text: tap.innerText.trim(), x: x + width / 2, y: y + height / 2, gesture: userActivation.hasBeenActive, sound: window.park.state.sound.is };
    console.info(`tap-to-listen ${JSON.stringify(told)}`);
  };
  requestAnimationFrame(look);
};

async function oneTap(t) {
  const profile = await newProfile();
  const before = await t.person("Ada before", { profile });
  await before.stepIn("/r/shell-stage");
  const place = await before.page.evaluate(() => sessionStorage.getItem("musicpark.place"));
  await before.close();

  const ada = await t.person("Ada", { profile, autoplay: false });
  ada.faults.expected.push(/The AudioContext was not allowed to start/);
  const told = [];
  ada.context.on("console", (message) => {
    const [, json] = /^tap-to-listen (.*)$/.exec(message.text()) ?? [];
    if (json) told.push(JSON.parse(json));
  });
  await ada.context.addInitScript(TELL_WHAT_IS_SHOWN, place);
  await ada.goto("/r/shell-stage");
  await ada.page.reload();
  const tap = await eventually("Tap to listen is on screen", () => told.at(-1));
  assert.equal(tap.text, "Tap to listen");
  assert.equal(tap.gesture, false, "nothing was pressed so far");
  assert.equal(tap.sound, "blocked");
  await ada.page.mouse.click(tap.x, tap.y);
  await ada.hearsMusic();
  await ada.counts(ada.at("tap-to-listen"), 0);

  const ben = await t.person("Ben");
  await ben.stepIn("/r/shell-stage");
  await samePosition(ada, ben);
}

export default [{ name: "a browser that blocks sound asks for one tap, and plays at the live position", run: oneTap }];
