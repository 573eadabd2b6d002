//! The first minute, second by second: what is there before any script runs, and one hint at a time.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
import { followPositions, seenAt, walkTowards } from "../lib/feet.mjs";
import { openPretended } from "../lib/pretended.mjs";

/** Remembers whether a dialog ever opened by itself, and whether two hints were ever there at once. */
const WATCH_FOR_INTERRUPTIONS = () => {
  window.interruptions = [];
  const look = () => {
    if (document.querySelector("dialog[open], [role=dialog], [role=alertdialog]")) window.interruptions.push("a dialog");
    if (document.querySelectorAll("[data-testid=hint]").length > 1) window.interruptions.push("two hints");
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
};

/** The page's words as they come from the server: without scripts, and so without the boot data. */
const wordsOf = (html) => html.replace(/<(script|style)\b[^]*?<\/\1>/g, "").replace(/<[^>]*>/g, " ").replaceAll("&#39;", "'").replaceAll("&amp;", "&");

async function firstSeconds(t) {
  const ben = await t.person("Ben");
  await ben.stepIn("/r/shell-stage");
  await ben.say("Said before Ada came");
  const ada = await t.person("Ada", { scene: true, viewport: { width: 480, height: 600 } });
  await ada.context.addInitScript(WATCH_FOR_INTERRUPTIONS);

  // 0: in the first answer.
  const answer = await ada.goto("/r/shell-stage");
  const first = wordsOf(await answer.text());
  const name = await eventually("Ada reads who she is", () => ada.page.locator("main .you bdi").innerText());
  const { title } = await ben.ask((park) => park.heard().play.track);
  for (const word of ["Shell Stage", title, "Step in and listen", name]) assert.ok(first.includes(word), `"${word}" is in the first answer: ${first}`);
  // ... and it stays what it was.
  await ada.reads(ada.at("step-in"), "Step in and listen");
  await ada.reads(ada.at("now-playing-title"), title);
  assert.match(await ada.page.locator("main").innerText(), /1 listening/);
  assert.notEqual(await ada.at("step-in").getAttribute("aria-disabled"), "true", "the button is live");

  // 3: pressed. Music, the card becomes now playing, she walks in as who she was told to be.
  await ada.at("step-in").click();
  await ada.hearsSomething();
  await ada.counts(ada.at("step-in"), 0);
  await ada.reads(ada.page.locator("footer").getByTestId("now-playing-title"), title);
  assert.equal((await ada.me()).name, name);

  // 5: the chat has what was said earlier; the first hint.
  await ada.counts(ada.lines("Said before Ada came"), 1);
  assert.match(await ada.page.getByRole("log").innerText(), /Earlier[^]*Said before Ada came[^]*You stepped in at/);
  const hint = ada.at("hint");
  await ada.reads(hint, "Love it? Press 1");

  // 10: after the first reaction, the feet; a step and it is gone.
  await ada.page.locator("#scene").focus();
  await ada.page.keyboard.press("1");
  await ada.reads(hint, "Walk with the arrows");
  await followPositions(ada);
  const { account } = await ada.me();
  const from = await eventually("Ada stands in the room", () => seenAt(ada, account));
  await walkTowards(ada, { x: from.x < 500 ? from.x + 200 : from.x - 200, y: from.y }, async () => (await hint.count()) === 0);
  assert.deepEqual(await ada.page.evaluate(() => window.interruptions), []);
}

/** The rest of the minute with a clock that is put forward: over the pretended park, where nothing else goes by it. */
async function hints(t) {
  const pretended = await openPretended();
  const ada = await t.person("Ada");
  const { page } = ada;
  await page.clock.install();
  await ada.context.addInitScript(WATCH_FOR_INTERRUPTIONS);
  await pretended.open(page, { query: "view=join&hints", open: () => ada.at("step-in").click() });
  const hint = ada.at("hint");
  const after = (seconds) => page.clock.fastForward(seconds * 1000);

  await after(4);
  await ada.counts(hint, 0);
  await after(2);
  await ada.reads(hint, "Love it? Press 1");
  await page.locator("#scene").focus();
  await page.keyboard.press("1");
  await ada.counts(hint, 0);
  await after(6);
  await ada.reads(hint, "Walk with the arrows");
  // Nobody follows it: it leaves by itself, and does not come back.
  await after(30);
  await ada.counts(hint, 0);
  await after(20);
  await ada.reads(hint, "Know a track for this? Add it");
  await ada.say("I like it here");
  await ada.counts(hint.filter({ hasText: "Know a track" }), 0);
  await after(5);
  await ada.reads(hint, "Keep this name and look");
  assert.deepEqual(await page.evaluate(() => window.interruptions), []);
  await hint.getByRole("button", { name: "Keep this name and look" }).click();
  await page.getByRole("dialog", { name: "Keep this name and look" }).waitFor();
}

export default [
  { name: "the first ten seconds: everything in the first answer, then music, the chat from earlier, a hint", run: firstSeconds },
  { name: "the first minute has one hint at a time and never a dialog", on: ["embedded"], run: hints },
];
