//! Loudness, sharing, and going from room to room.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
import { followPositions, seenAt, walkTowards } from "../lib/feet.mjs";
import { doors } from "../lib/map.mjs";
import { median } from "../lib/sync.mjs";

async function loudness(t) {
  const ada = await t.person("Ada");
  await ada.stepIn("/r/shell-stage");
  await ada.at("mute").click();
  await ada.hearsNothing();
  await ada.at("mute").click();
  await ada.hearsSomething();
  await ada.at("volume").fill("0.3");
  await ada.hearsSomething();

  await ada.page.reload();
  await ada.hearsSomething();
  assert.equal(await ada.at("volume").inputValue(), "0.3");
  await ada.at("mute").click();
  await ada.hearsNothing();
  await ada.page.reload();
  await ada.until("is back in the room", (park) => park.state.sound.is === "playing");
  assert.equal(await ada.at("mute").getAttribute("aria-pressed"), "true");
  assert.ok((await ada.look()).energy < 1e-4, "still muted after a reload");
}

async function share(t) {
  const ada = await t.person("Ada");
  await ada.stepIn("/r/shell-stage");
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: ada.url });
  await ada.at("share").click();
  const link = `${ada.url}/r/shell-stage`;
  assert.equal(await ada.at("share-link").inputValue(), link);
  await ada.at("copy-link").click();
  await ada.reads(ada.at("copy-link"), "Copied");
  assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), link);
  // What was copied leads into the room.
  const ben = await t.person("Ben");
  await ben.page.goto(link);
  await ben.at("step-in").click();
  await ben.hearsSomething();
  assert.equal(await ben.ask((park) => park.state.room.slug), "shell-stage");
}

async function lawn(t) {
  const [ada, ben] = [await t.person("Ada"), await t.person("Ben")];
  await ada.stepIn("/r/shell-stage");
  await ben.stepIn("/r/shell-stage");
  await ben.at("leave-room").click();
  await ben.until("is on the lawn", (park) => park.state.floor === 0 && park.state.sound.outside);
  await ben.at("rooms-list").waitFor();
  await ben.page.getByText("An evening in the park · 2 people").waitFor();
  assert.equal(new URL(ben.page.url()).pathname, "/");
  // The same music at the same moment: his is a third as loud as hers.
  let ratios = [];
  const third = await eventually("Ben hears the music at a third", async () => {
    const [hers, his] = await Promise.all([ada.look(), ben.look()]);
    if (hers.energy > 0.01) ratios = [...ratios, his.energy / hers.energy].slice(-20);
    const middle = median(ratios);
    return ratios.length === 20 && middle > 0.25 && middle < 0.42 && middle;
  });
  t.measured("lawn.loudness", third.toFixed(3));

  await ben.page.locator('[data-testid=room-row][data-slug="bandstand"]').click();
  await ben.until("hears the other room", (park) => park.state.room?.slug === "bandstand" && park.state.sound.is === "playing" && !park.state.sound.outside);
  await ben.hearsMusic();
  assert.equal(new URL(ben.page.url()).pathname, "/r/bandstand");
  await ben.page.goBack();
  await ben.until("is on the lawn again", (park) => park.state.floor === 0);
}

async function door(t) {
  const ada = await t.person("Ada", { scene: true, viewport: { width: 400, height: 600 } });
  await ada.stepIn("/r/bench-by-the-path");
  await ada.at("leave-room").click();
  await ada.page.locator("#scene > canvas").waitFor();
  await ada.until("is on the lawn", (park) => park.state.floor === 0 && park.state.crowd.count > 0);
  await followPositions(ada);
  const { account } = await ada.me();
  const from = await eventually("Ada stands on the lawn", () => seenAt(ada, account));
  const rooms = await ada.ask((park) => park.state.rooms);
  const [{ room, x, y }] = (await doors(rooms, from)).filter((one) => one.room.slug !== "bench-by-the-path");
  const card = ada.page.locator(".door").filter({ hasText: room.name });
  await walkTowards(ada, { x, y }, () => card.isVisible());
  await ada.page.keyboard.press("Space");
  await ada.until("is in the room of the door", (park, id) => park.state.room?.id === id && park.state.floor === id, room.id);
  await ada.hearsMusic();
}

export default [
  { name: "volume and mute are heard, and kept over a reload", run: loudness },
  { name: "the link of a room is copied and leads there", run: share },
  { name: "on the lawn the music goes on at a third, and the list leads into another room", run: lawn },
  { name: "one walks up to a place on the lawn and steps in", run: door },
];
