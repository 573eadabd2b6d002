//! Lost connections and a lost worker: the music goes on, and nothing is lost.

import assert from "node:assert/strict";
import { openRoom } from "../lib/room.mjs";
import { samePosition } from "../lib/sync.mjs";

const BANNER = "connection-banner";
const chat = (park) => park.state.room.chat.map((line) => [line.id, line.by.account, line.text]);
const queue = (park) => park.state.room.queue;

async function cutLine(t) {
  const [ada, ben] = [await t.person("Ada", { line: true }), await t.person("Ben")];
  const { path } = await openRoom(ada, { name: "Tunnel", mode: "open" });
  await ada.stepIn(path);
  await ben.stepIn(path);
  await ada.addTrack("Harbour Lights");
  await ben.counts(ben.at("queue-row"), 1);

  // The browser itself complains of every try.
  ada.faults.expected.push(/net::ERR_/, /WebSocket connection to .* failed/);
  await ada.page.evaluate((banner) => {
    const look = () => {
      const { connection } = window.park.state;
      if (!document.querySelector(`[data-testid=${banner}]`) || connection.is !== "lost") return;
      window.bannerAfterMs = Date.now() - connection.since;
      watch.disconnect();
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { childList: true, subtree: true });
  }, BANNER);
  ada.line.cut();
  await ada.reads(ada.at(BANNER), "Connection lost. Back in a moment, your place is kept. Try now");
  assert.ok((await ada.page.evaluate(() => window.bannerAfterMs)) >= 1_000, "a short gap is not worth a word");
  await ada.hearsMusic();
  await ben.say("First word meanwhile");
  await ben.say("Second word meanwhile");
  await ben.addTrack("Slow Lanterns");
  await ada.say("Said without a connection");
  await ada.until("waits with it", (park) => park.state.pending.size === 1);
  await ada.counts(ada.lines("First word meanwhile"), 0);

  ada.line.mend();
  await ada.page.getByRole("button", { name: "Try now" }).click();
  await ada.reads(ada.at(BANNER), "You are back. 2 messages came meanwhile.");
  for (const person of [ada, ben]) {
    for (const text of ["First word meanwhile", "Second word meanwhile", "Said without a connection"]) await person.counts(person.lines(text), 1);
    await person.counts(person.at("queue-row"), 2);
  }
  assert.deepEqual(await ada.ask(chat), await ben.ask(chat));
  assert.deepEqual(await ada.ask(queue), await ben.ask(queue));
  await ada.hearsMusic();
  await samePosition(ada, ben);
}

async function lostWorker(t) {
  const [ada, ben] = [await t.person("Ada"), await t.person("Ben")];
  const { path } = await openRoom(ada, { name: "Power Cut", mode: "open" });
  await ada.stepIn(path);
  await ben.stepIn(path);
  await ada.addTrack("Harbour Lights");
  await ben.counts(ben.at("queue-row"), 1);
  const before = await ada.ask(queue);

  await t.park.kill("worker-1");
  await ada.say("Said without a worker");
  await ada.reads(ada.at("notice"), "This takes a moment longer. Your click is kept.");
  await ada.hearsMusic();
  await t.park.startAgain("worker-1");
  for (const person of [ada, ben]) {
    await person.counts(person.lines("Said without a worker"), 1);
    await person.hearsMusic();
  }
  await ada.until("waits for nothing", (park) => park.state.pending.size === 0 && !park.state.slow);
  await samePosition(ada, ben);
  await ben.say("And it goes on");
  for (const person of [ada, ben]) {
    await person.counts(person.lines("And it goes on"), 1);
    await person.counts(person.lines("Said without a worker"), 1);
    assert.deepEqual(await person.ask(queue), before);
  }
}

export default [
  { name: "a cut line shows a banner, the music goes on, and nothing is missing afterwards", run: cutLine },
  { name: "a killed worker is only a pause in acknowledgements", on: ["split"], run: lostWorker },
];
