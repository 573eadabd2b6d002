//! List mode does all that the map does, by keyboard alone; and it is what shows where there is no WebGL.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
import { followPositions, seenAt } from "../lib/feet.mjs";
import { pressByKey, tabTo } from "../lib/keyboard.mjs";
import { openRoom } from "../lib/room.mjs";

const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

async function lists(t) {
  const ben = await t.person("Ben", { scene: true, viewport: { width: 400, height: 600 } });
  const { path } = await openRoom(ben, { name: "By Heart", mode: "open" });
  await ben.stepIn(path);
  await followPositions(ben);
  await ben.page.evaluate(() => {
    window.reactions = [];
    window.park.onReactions(({ by, counts }) => window.reactions.push(...by, ...counts));
  });

  // Ada has a scene, and would rather not: L.
  const ada = await t.person("Ada", { scene: true, viewport: { width: 1100, height: 700 } });
  const { keyboard } = ada.page;
  await ada.goto(path);
  await pressByKey(ada, "Step in and listen");
  await ada.hearsSomething();
  await ada.page.locator("#scene > canvas").waitFor();
  await keyboard.press("Escape");
  await keyboard.press("l");
  await ada.at("list-mode").waitFor();
  await ada.counts(ada.page.locator("#scene > canvas"), 0);
  const { account, name } = await ada.me();
  const bens = await ben.me();

  // She walks, and he sees where.
  const at = await eventually("Ben sees where Ada came in", () => seenAt(ben, account));
  await pressByKey(ada, /^To the front$/);
  const front = await eventually("Ben sees Ada walk to the front", async () => {
    const now = await seenAt(ben, account);
    return now.y < at.y - 60 && now;
  });
  await pressByKey(ada, `Stand by ${bens.name}`);
  await eventually("Ben sees Ada walk up to him", async () => {
    const [now, his] = [await seenAt(ben, account), await seenAt(ben, bens.account)];
    return far(now, front) > 60 && far(now, his) < 90;
  });

  // She reacts, talks, and puts on a track.
  await keyboard.press("Escape");
  await keyboard.press("1");
  await eventually("Ben sees her love it", () => ben.page.evaluate(() => window.reactions.some((one) => one.includes("love"))));
  await keyboard.press("Enter");
  await keyboard.type("All of it by keyboard");
  await keyboard.press("Enter");
  await ben.counts(ben.lines("All of it by keyboard"), 1);
  await pressByKey(ada, "Add a track");
  // The sheet is fetched when it is first wanted.
  await ada.page.locator("[data-testid=library-search]:focus").waitFor();
  await keyboard.type("Harbour Lights");
  await ada.counts(ada.at("library-row"), 1);
  await pressByKey(ada, /Add Harbour Lights/);
  await ben.until("has her track in his queue", (park) => park.state.room.queue.some((entry) => entry.track.title === "Harbour Lights"));

  // Out, up to another place, and in by its door.
  await pressByKey(ada, "To the park");
  await ada.until("is on the lawn", (park) => park.state.floor === 0);
  await ben.until("no longer sees Ada", (park, who) => !park.state.crowd.people.has(who), account);
  await pressByKey(ada, "Walk to Bandstand");
  await eventually("Ada stands at its door", async () => /Bandstand/.test(await ada.at("list-where").innerText()));
  await keyboard.press("Escape");
  await keyboard.press("Space");
  await ada.until("is in the Bandstand", (park) => park.state.room?.slug === "bandstand" && park.state.floor === park.state.room.id);
  await ada.hearsMusic();
  assert.equal((await ada.me()).name, name);

  // She comes back to lists, until she wants the scene again.
  await ada.page.reload();
  await ada.at("list-mode").waitFor();
  await ada.until("is back", (park) => park.state.floor !== null);
  await pressByKey(ada, /^Show the park$/);
  await ada.page.locator("#scene > canvas").waitFor();
}

async function withoutWebgl(t) {
  const [ada, ben] = [await t.person("Ada"), await t.person("Ben")];
  for (const person of [ada, ben]) await person.stepIn("/r/bandstand");
  await ada.at("list-mode").waitFor();
  const bens = await ben.me();
  await ada.counts(ada.at("list-person").filter({ hasText: bens.name }), 1);
  await tabTo(ben, /^Dance$/);
  await ben.page.keyboard.press("Enter");
  await ada.counts(ada.at("list-person").filter({ hasText: "dances" }), 1);
  await ben.page.keyboard.press("Escape");
  await ben.page.keyboard.press("2");
  await ada.at("list-person").filter({ hasText: bens.name }).getByRole("img", { name: /fire/i }).waitFor();
}

export default [
  { name: "list mode does by keyboard all that the map does", run: lists },
  { name: "without WebGL the park is lists, of people who dance and react", on: ["embedded"], run: withoutWebgl },
];
