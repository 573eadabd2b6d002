//! Runs scenarios one after the other on each deployment, and counts.
//!
//! A scenario is `{ name, on?, patienceMs?, run(t) }`: `on` names the deployments it makes sense on (both unless given), `t` is its
//! stage.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { endEverything } from "./ends.mjs";
import { startPark } from "./park.mjs";
import { Person } from "./person.mjs";
import { ARTEFACTS } from "./places.mjs";

/** How long one scenario may take, in ms, unless it says otherwise. */
const PATIENCE_MS = 180_000;

const say = (line) => process.stderr.write(`${line}\n`);

/** What a scenario has to work with: a park, and people. */
export class Stage {
  people = [];

  constructor(park) {
    this.park = park;
  }

  /** Opens a browser for somebody. Options: see Person.open. */
  async person(called, options = {}) {
    const person = await Person.open(this.park, called, options);
    this.people.push(person);
    return person;
  }

  /** Tells a figure that was measured. */
  measured(name, value) {
    say(`  ${name} ${value} (${this.park.deployment})`);
  }

  async close() {
    for (const person of this.people) await person.close();
  }
}

export async function runAll(deployments, scenarios) {
  let passed = 0;
  let failed = 0;
  await rm(ARTEFACTS, { recursive: true, force: true });
  await mkdir(ARTEFACTS, { recursive: true });
  for (const deployment of deployments) {
    const mine = scenarios.filter(({ on }) => !on || on.includes(deployment));
    if (mine.length === 0) continue;
    const since = performance.now();
    let park;
    try {
      park = await startPark(deployment);
    } catch (why) {
      say(`FAILED ${deployment}: the park does not start: ${why.message}`);
      failed += mine.length;
      await endEverything();
      continue;
    }
    say(`${deployment}: ${park.url}, ${seconds(since)}`);
    for (const [done, scenario] of mine.entries()) {
      if (await perform(scenario, park)) passed += 1;
      else failed += 1;
      if (!park.child.ended) continue;
      say(`FAILED the park has gone (${park.child.ended}): ${mine.length - done - 1} more scenarios are not run\n${indented(park.log())}`);
      failed += mine.length - done - 1;
      break;
    }
    await park.end();
    say(`${deployment}: ${seconds(since)} in all`);
  }
  return { passed, failed };
}

async function perform(scenario, park) {
  const since = performance.now();
  const stage = new Stage(park);
  const wrong = await attempt(scenario, stage);
  if (wrong === null) say(`ok     ${scenario.name} (${park.deployment}, ${seconds(since)})`);
  else {
    say(`FAILED ${scenario.name} (${park.deployment}, ${seconds(since)})\n${indented(wrong.stack ?? String(wrong))}`);
    await keep(scenario, stage).catch((also) => say(`  nothing could be kept: ${also.message}`));
  }
  await stage.close().catch((why) => say(`  while closing: ${why.message}`));
  return wrong === null;
}

/** How the scenarios under way learn of a rejection that this program forgot to handle; it would otherwise end it. */
const underWay = [];
process.on("unhandledRejection", (why) => {
  if (underWay.length === 0) throw why;
  underWay.at(-1)(why);
});

/** Runs a scenario; what went wrong, in it or in a page meanwhile, or null. */
export async function attempt(scenario, stage) {
  let forget;
  const forgotten = new Promise((_, reject) => {
    forget = reject;
  });
  underWay.push(forget);
  try {
    await limited(Promise.race([scenario.run(stage), forgotten]), scenario.patienceMs ?? PATIENCE_MS);
    for (const { called, faults } of stage.people) {
      if (faults.unexpected.length > 0) throw new Error(`faults in the page of ${called}:\n  ${faults.unexpected.join("\n  ")}`);
    }
    return null;
  } catch (why) {
    return why;
  } finally {
    underWay.splice(underWay.indexOf(forget), 1);
  }
}

const STATE_IN_SHORT = () => {
  const { boot, rooms, room, ...state } = window.park?.state ?? {};
  return JSON.stringify({ ...state, room: room?.slug, queue: room?.queue.length, chat: room?.chat.length });
};

/** Keeps what everybody saw, and the last words of the park. */
async function keep(scenario, stage) {
  const name = `failed-${stage.park.deployment}-${scenario.name.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 60)}`;
  for (const { called, page, faults } of stage.people) {
    const state = await page.evaluate(STATE_IN_SHORT).catch(() => "gone");
    say(indented(`${called} at ${page.url()}: ${state}\n${faults.unexpected.join("\n")}`));
    await page.screenshot({ path: join(ARTEFACTS, `${name}-${called}.png`), timeout: 10_000 }).catch(() => {});
  }
  await writeFile(join(ARTEFACTS, `${name}.log`), stage.park.log());
}

async function limited(running, patienceMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${patienceMs / 1000} s`)), patienceMs);
  });
  await Promise.race([running, late]).finally(() => clearTimeout(timer));
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const indented = (text) => text.split("\n").map((line) => `    ${line}`).join("\n");
