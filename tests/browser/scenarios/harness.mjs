//! Whether these tests go red: a fault planted in a page, or in a scenario itself, fails the scenario.

import assert from "node:assert/strict";
import { eventually } from "../lib/eventually.mjs";
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

export default [{ name: "a fault planted in a page fails its scenario", on: ["embedded"], run: faults }];
