//! The browser test: every scenario on the one-process park, then on the split stack, each person in a Chromium of their own.
//!
//!   node tests/browser/run.mjs [--on embedded|split] [WORDS...]     only scenarios whose name has these words
//!
//! Progress goes to standard error; the last line on standard output is `N passed, N failed`. Exits 1 when anything failed.
//! Pictures, of what is beautiful and of what failed, are left in artefacts/browser/.

import { endEverything, endOnSignals } from "./lib/ends.mjs";
import { DEPLOYMENTS } from "./lib/park.mjs";
import { runAll } from "./lib/scenario.mjs";
import accounts from "./scenarios/accounts.mjs";
import gesture from "./scenarios/gesture.mjs";
import harness from "./scenarios/harness.mjs";
import listening from "./scenarios/listening.mjs";
import lists from "./scenarios/lists.mjs";
import lost from "./scenarios/lost.mjs";
import minute from "./scenarios/minute.mjs";
import moving from "./scenarios/moving.mjs";
import pages from "./scenarios/pages.mjs";
import pictures from "./scenarios/pictures.mjs";
import rooms from "./scenarios/rooms.mjs";
import scene from "./scenarios/scene.mjs";
import screens from "./scenarios/screens.mjs";
import together from "./scenarios/together.mjs";

const SCENARIOS = [...harness, ...listening, ...minute, ...together, ...rooms, ...lists, ...moving, ...lost, ...accounts, ...gesture, ...pages, ...scene, ...screens, ...pictures];

const words = process.argv.slice(2);
const on = words[0] === "--on" ? words.splice(0, 2)[1] : null;
const deployments = on === null ? DEPLOYMENTS : DEPLOYMENTS.filter((one) => one === on);
const wanted = SCENARIOS.filter(({ name }) => words.every((word) => name.includes(word)));

endOnSignals();
const { passed, failed } = await runAll(deployments, wanted).finally(endEverything);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
