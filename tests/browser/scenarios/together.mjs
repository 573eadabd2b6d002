//! People in a room: they see each other, talk, react, put tracks on and agree to skip.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
import { followPositions, seenAt, walkTowards } from "../lib/feet.mjs";
import { openRoom } from "../lib/room.mjs";

const rows = (person) => person.at("person-row");

async function seeEachOther(t) {
  const [ada, ben] = [await t.person("Ada"), await t.person("Ben", { scene: true, viewport: { width: 400, height: 600 } })];
  await ada.stepIn("/r/bandstand");
  await ada.say("Said before Ben came");
  await ada.counts(ada.lines("Said before Ben came"), 1);
  await ben.stepIn("/r/bandstand");
  await ben.counts(ben.lines("Said before Ben came"), 1);
  assert.match(await ben.page.getByRole("log").innerText(), /Earlier[^]*Said before Ben came[^]*You stepped in at/);
  const [{ name: adas }, { name: bens, account }] = [await ada.me(), await ben.me()];

  for (const person of [ada, ben]) {
    await person.at("people-tab").click();
    await person.counts(rows(person), 2);
    for (const name of [adas, bens]) await person.counts(rows(person).filter({ hasText: name }), 1);
    await person.at("chat-tab").click();
  }

  await followPositions(ada);
  await followPositions(ben);
  const from = await eventually("Ada sees where Ben came in", () => seenAt(ada, account));
  await ben.page.locator("#scene > canvas").waitFor();
  const far = async () => Math.abs((await seenAt(ada, account)).x - from.x) >= 60;
  await walkTowards(ben, { x: from.x < 500 ? from.x + 200 : from.x - 200, y: from.y }, far);

  await ada.at("chat-input").pressSequentially("Hello");
  await ben.page.getByText(`${adas} is writing`).waitFor();
  await ada.say("Hello from the other browser");
  await ben.counts(ben.lines("Hello from the other browser"), 1);
  await ben.say("I hear you");
  for (const person of [ada, ben]) await person.counts(person.lines("I hear you"), 1);
  await ada.counts(ada.lines("Hello from the other browser"), 1);
  assert.match(await ben.page.getByRole("log").innerText(), /You stepped in at[^]*Hello from the other browser[^]*I hear you/);

  await ben.page.evaluate(() => {
    window.reactions = [];
    window.park.onReactions(({ by, counts }) => window.reactions.push(...by, ...counts));
  });
  await ada.page.locator("#scene").focus();
  await ada.page.keyboard.press("1");
  await ada.at("react-encore").click();
  for (const kind of ["love", "encore"]) {
    await eventually(`Ben sees ${kind}`, () => ben.page.evaluate((k) => window.reactions.some((one) => one.includes(k)), kind));
  }
}

async function queueAndSkip(t) {
  const [ada, ben, cleo] = [await t.person("Ada"), await t.person("Ben"), await t.person("Cleo")];
  const { path } = await openRoom(ada, { name: "Skip School", mode: "open" });
  for (const person of [ada, ben, cleo]) await person.stepIn(path);
  const everybody = [ada, ben, cleo];
  for (const person of everybody) await person.reads(person.at("skip-count"), "Skip: 0 of 2 votes, half of those listening");

  const before = await ada.at("now-playing-title").innerText();
  const title = await ben.addTrack(before === "Harbour Lights" ? "Slow Lanterns" : "Harbour Lights");
  for (const person of everybody) {
    await person.counts(person.at("queue-row"), 1);
    await person.counts(person.at("queue-row").filter({ hasText: title }), 1);
  }
  await ben.counts(ben.at("queue-row").filter({ hasText: "Yours" }), 1);
  await ada.page.getByRole("button", { name: `Vote for ${title}, 0 votes` }).click();
  await cleo.page.getByRole("button", { name: `Vote for ${title}, 1 vote`, exact: true }).waitFor();

  await cleo.close();
  for (const person of [ada, ben]) await person.reads(person.at("skip-count"), "Skip: 0 of 2 votes, with two here both must agree");
  await ada.at("skip-vote").click();
  await ben.reads(ben.at("skip-count"), "Skip: 1 of 2 votes, with two here both must agree");
  assert.equal(await ben.at("now-playing-title").innerText(), before, "one of two is not enough");
  await ben.at("skip-vote").click();
  for (const person of [ada, ben]) {
    await person.reads(person.at("now-playing-title"), title);
    await person.until(`hears ${title}`, (park, wanted) => park.heard()?.play.track.title === wanted, title);
    await person.counts(person.at("queue-row"), 0);
    await person.hearsMusic();
  }
}

export default [
  { name: "people in a room see each other walk, talk and react", run: seeEachOther },
  { name: "a track is put on, voted for, and skipped to when half agree", run: queueAndSkip },
];
