//! Pictures to look at: join, room and park, wide and on a phone, dark and light. Nothing scrolls sideways.

import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../lib/eventually.mjs";
import { ARTEFACTS } from "../lib/places.mjs";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const NARROW = { width: 320, height: 640 };

/** Until what moves in has moved in, and fonts and the drawn scene are there. */
async function settled(person) {
  await person.page.locator("#scene > canvas").waitFor();
  await eventually("nothing moves in any more", () =>
    person.page.evaluate(() => document.fonts.status === "loaded" && document.getAnimations().every((one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)),
  );
}

async function fits(person, screen) {
  const { wider, width } = await person.page.evaluate(() => ({ wider: document.documentElement.scrollWidth - innerWidth, width: innerWidth }));
  assert.ok(wider <= 0, `${screen} is ${wider} px wider than a window of ${width}`);
}

async function shoot(person, screen) {
  for (const [size, viewport] of [["wide", WIDE], ["phone", PHONE]]) {
    await person.page.setViewportSize(viewport);
    for (const colorScheme of ["dark", "light"]) {
      await person.page.emulateMedia({ colorScheme });
      await settled(person);
      await fits(person, screen);
      await person.page.screenshot({ path: join(ARTEFACTS, `${screen}-${size}-${colorScheme}.png`) });
    }
  }
  await person.page.setViewportSize(NARROW);
  await settled(person);
  await fits(person, screen);
}

async function pictures(t) {
  const ada = await t.person("Ada", { scene: true, viewport: WIDE });
  const ben = await t.person("Ben");
  await ben.stepIn("/r/shell-stage");
  await ben.say("Is everybody on the same bar?");
  await ben.addTrack("Harbour Lights");

  await ada.goto("/");
  await shoot(ada, "join");
  await ada.at("step-in").click();
  await ada.hearsSomething();
  await ada.say("The very same");
  await ben.counts(ben.lines("The very same"), 1);
  await shoot(ada, "room");
  await ada.at("leave-room").click();
  await ada.at("rooms-list").waitFor();
  await shoot(ada, "park");
}

export default [{ name: "pictures of join, room and park", on: ["embedded"], run: pictures }];
