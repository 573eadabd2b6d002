//! Whether these tests go red: for a fault planted in a page or in a scenario itself, and for a page that is hard to use.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
import { findings } from "../lib/axe.mjs";
import { outOfReach, sideways, tabStops } from "../lib/fingers.mjs";
import { PLANTED, servePlanted } from "../lib/planted.mjs";
import { attempt, Stage } from "../lib/scenario.mjs";

/** What a scenario of its own on this park fails with; null when it does not. */
async function failureOf(t, run) {
  const stage = new Stage(t.park);
  try {
    return await attempt({ name: "planted", run }, stage);
  } finally {
    await stage.close();
  }
}

async function faults(t) {
  const url = await servePlanted();
  const visit = (name, seen) => async (stage) => {
    const ada = await stage.person("Ada");
    await ada.page.goto(`${url}/${encodeURIComponent(name)}`);
    await eventually(`${name} is noticed`, () => ada.faults.unexpected.some((fault) => seen.test(fault)));
  };
  const wrong = await Promise.all(
    Object.entries(PLANTED).map(async ([name, { told }]) => [name, told, await failureOf(t, visit(name, told))]),
  );
  for (const [name, told, failure] of wrong) assert.match(failure?.message ?? "nothing", new RegExp(`^faults in the page of Ada:[^]*${told.source}`), name);

  const forgotten = await failureOf(t, async () => {
    void Promise.reject(new Error("nobody waits for this"));
    await new Promise(() => {});
  });
  assert.equal(forgotten?.message, "nobody waits for this");
  assert.equal(await failureOf(t, async (stage) => void (await stage.person("Ada"))), null, "and nothing planted is nothing found");
}

/** A page that nobody should have to use. */
const HARD_TO_USE = `<!doctype html><html lang="en"><title>Hard to use</title><style>:focus-visible { outline: 3px solid }</style><main>
  <button style="width: 60px; height: 60px"></button>
  <button style="width: 60px; height: 20px; outline: none">Low</button>
  <button style="position: fixed; top: 200px; left: 20px; width: 60px; height: 60px">Covered</button>
  <p style="position: fixed; top: 190px; left: 10px; margin: 0; width: 90px; height: 90px; background: #fff; color: #eee">Pale</p>
  <p style="width: 3000px">Wide</p>
</main>`;

async function eyes(t) {
  const ada = await t.person("Ada");
  await ada.page.setContent(HARD_TO_USE);
  assert.ok((await sideways(ada.page)) > 1000);
  const reach = await outOfReach(ada.page);
  assert.equal(reach.length, 2, reach.join());
  assert.match(reach[0], /"Low" is smaller than 44 px \(60 x 20\)/);
  assert.match(reach[1], /"Covered" is covered/);
  const stops = await tabStops(ada.page, { main: "main" });
  assert.deepEqual(stops.map(({ part, ring, named }) => [part, ring, named]), [["main", true, false], ["main", false, true], ["main", true, true]]);
  const found = (await findings(ada.page)).map((one) => one.split(":")[0]);
  for (const rule of ["button-name", "color-contrast"]) assert.ok(found.includes(rule), `${rule} is found among ${found}`);
}

export default [
  { name: "a fault planted in a page fails its scenario", on: ["embedded"], run: faults },
  { name: "a page that is hard to use is seen to be", on: ["embedded"], run: eyes },
];
