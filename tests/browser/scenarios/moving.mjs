//! A reload returns to the same place.

import assert from "node:assert/strict";
import { openRoom } from "../lib/room.mjs";
import { samePosition } from "../lib/sync.mjs";

async function reload(t) {
  const [ada, ben] = [await t.person("Ada"), await t.person("Ben")];
  const { path } = await openRoom(ada, { name: "Twice Round", mode: "open" });
  await ada.stepIn(path);
  await ben.stepIn(path);
  for (const title of ["Harbour Lights", "Slow Lanterns"]) await ada.addTrack(title);
  await ada.counts(ada.at("queue-row"), 2);
  await ben.say("Said before the reload");
  await ada.counts(ada.lines("Said before the reload"), 1);
  const before = await ada.ask((park) => [park.state.me.person, park.state.floor, park.state.room.queue]);

  await ada.page.reload();
  await ada.hearsSomething();
  assert.deepEqual(await ada.ask((park) => [park.state.me.person, park.state.floor, park.state.room.queue]), before);
  await ada.counts(ada.at("queue-row").filter({ hasText: "Yours" }), 2);
  await ada.counts(ada.lines("Said before the reload"), 1);
  await samePosition(ada, ben);
  await ben.at("people-tab").click();
  await ben.counts(ben.at("person-row"), 2);
}

export default [{ name: "a reload returns to the same place, its queue and its chat", run: reload }];
