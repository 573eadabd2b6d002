//! Every screen and sheet for everybody: by eye, by finger, by keyboard and by voice, over the pretended park.

import assert from "node:assert/strict";
import { findings } from "../lib/axe.mjs";
import { outOfReach, sideways, tabStops } from "../lib/fingers.mjs";
import { openPretended } from "../lib/pretended.mjs";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Narrow phone, phone, 1440x900 at 200 %, and the narrowest with a queue of its own. */
const SIZES = [{ width: 320, height: 640 }, PHONE, { width: 720, height: 450 }, { width: 1100, height: 800 }];

/** Opens every screen with a browser of this kind, and gathers what `look` finds wrong. */
async function everyScreen(t, { phone }, look) {
  const pretended = await openPretended();
  const ada = await t.person("Ada", phone ? { viewport: PHONE, hasTouch: true, isMobile: true } : { viewport: WIDE });
  ada.faults.expected.push(/the pretended library does not answer/);
  /** The screens by what is wrong with them: most of it is wrong with several. */
  const wrong = new Map();
  const note = (what, { name }) => wrong.set(what, [...(wrong.get(what) ?? []), name]);
  for (const screen of pretended.screens.filter((one) => phone || !one.phone)) {
    const settle = () => pretended.settle(ada.page);
    try {
      await ada.page.setViewportSize(phone ? PHONE : WIDE);
      await pretended.open(ada.page, screen);
      for (const one of await look(ada.page, settle)) note(one, screen);
    } catch (why) {
      note(why.message, screen);
    }
  }
  await pretended.close();
  if (wrong.size > 0) throw new Error([...wrong].map(([what, where]) => `${what}\n    on ${where.join(", ")}`).join("\n  "));
}

async function axe(page, settle) {
  const wrong = [];
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await settle();
    // What is not about colour is the same in both.
    for (const one of await findings(page, colorScheme === "light" ? ["color-contrast"] : null)) wrong.push(`${colorScheme}: ${one}`);
  }
  return wrong;
}

async function fits(page, settle) {
  const wrong = [];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await settle();
    const wider = await sideways(page);
    if (wider > 0) wrong.push(`${wider} px wider than a window of ${size.width}`);
    const touch = size.width <= 390;
    // With a mouse 24 px will do, as long as one gets there.
    for (const one of await outOfReach(page, touch ? {} : { finger: 24 })) wrong.push(`${size.width}x${size.height}: ${one}`);
  }
  return wrong;
}

/** The parts of a room in the order of the focus. */
const PARTS = { top: "header", "now playing": "footer", queue: "#queue-panel", scene: "#scene", chat: "aside" };

async function focus(t) {
  const pretended = await openPretended();
  const ada = await t.person("Ada", { viewport: WIDE });
  const room = pretended.screens.find(({ name }) => name === "room");
  for (const [viewport, wanted] of [
    [WIDE, ["top", "now playing", "queue", "scene", "chat"]],
    // On a phone now playing is only read: what one presses there is by the chat.
    [PHONE, ["top", "scene", "chat"]],
  ]) {
    await ada.page.setViewportSize(viewport);
    await pretended.open(ada.page, room);
    const stops = await tabStops(ada.page, PARTS);
    assert.deepEqual(stops.map(({ part }) => part).filter((part, i, all) => part !== all[i - 1]), wanted);
    assert.deepEqual(stops.filter(({ ring }) => !ring).map(({ what }) => what), [], "one sees which has the focus");
    assert.deepEqual(stops.filter(({ named }) => !named).map(({ said, what }) => `${said} ${what}`), [], "each has a name");
  }
  await pretended.close();
}

/** All screens, one after the other: a minute on a quiet machine. */
const PATIENCE_MS = 600_000;

export default [
  { name: "no screen has a serious finding of axe, dark or light", on: ["embedded"], patienceMs: PATIENCE_MS, run: (t) => everyScreen(t, { phone: false }, axe) },
  {
    name: "on a phone no screen has a serious finding of axe or scrolls sideways, and a finger reaches everything",
    on: ["embedded"],
    patienceMs: PATIENCE_MS,
    run: (t) => everyScreen(t, { phone: true }, async (page, settle) => [...(await axe(page, settle)), ...(await fits(page, settle))]),
  },
  { name: "the focus goes top, now playing, queue, scene, chat, and is seen", on: ["embedded"], run: focus },
];
