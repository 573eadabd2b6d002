//! What axe-core finds wrong with a page.

import { createRequire } from "node:module";
import { join } from "node:path";
import { ROOT } from "./places.mjs";

const { AxeBuilder } = createRequire(join(ROOT, "web-client/package.json"))("@axe-core/playwright");

/** Its serious and critical findings, each as a sentence; `only` those of some rules. */
export async function findings(page, only = null) {
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  if (only) axe.withRules(only);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} (${any[0]?.message ?? ""})`));
}
