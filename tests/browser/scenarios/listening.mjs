//! One press, and there is music; for everybody the same bar of it.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
import { samePosition } from "../lib/sync.mjs";

async function oneButton(t) {
  const ada = await t.person("Ada");
  // A park that has just opened may still be looking for the first track of the room it offers.
  await eventually("the first answer names what plays, and its title too", async () => {
    await ada.goto("/");
    const offered = await ada.at("now-playing-title").innerText();
    assert.ok((await ada.page.title()).startsWith(`${offered} · `), await ada.page.title());
    assert.match(await ada.page.title(), / · .+ — .+/);
    return true;
  });
  await ada.reads(ada.at("step-in"), "Step in and listen");
  await ada.at("step-in").click();
  await ada.hearsMusic();

  const [{ title, artist }, { name, slug }] = await ada.ask((park) => [park.heard().play.track, { ...park.state.room.settings, slug: park.state.room.slug }]);
  await ada.reads(ada.at("now-playing-title"), title);
  assert.equal(await ada.page.title(), `${title} · ${artist} — ${name}`);
  assert.equal(new URL(ada.page.url()).pathname, `/r/${slug}`);
}

async function samePlace(t) {
  const ada = await t.person("Ada");
  await ada.stepIn("/");
  const slug = await ada.ask((park) => park.state.room.slug);
  const ben = await t.person("Ben");
  await ben.stepIn(`/r/${slug}`);
  if (t.park.deployment === "split") {
    await eventually("each gateway holds one of the two sockets", async () => {
      assert.deepEqual(await t.park.sockets(), [1, 1]);
      return true;
    });
  }
  const { medianMs } = await samePosition(ada, ben);
  t.measured("sync.median_ms", medianMs.toFixed(2));
  await ada.reads(ada.at("listeners"), "2");

  const cleo = await t.person("Cleo");
  await cleo.stepIn(`/r/${slug}`);
  const late = await samePosition(ada, cleo);
  t.measured("sync.late_median_ms", late.medianMs.toFixed(2));
  await ada.reads(ada.at("listeners"), "3");
  await ada.hearsMusic();
}

export default [
  { name: "a guest presses one button and hears music", run: oneButton },
  { name: "a second person hears the same position, and a third who comes later", run: samePlace },
];
