//! Where things are: the repository, what the tests leave behind, and playwright, which the web client's packages hold.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
export const ARTEFACTS = join(ROOT, "artefacts/browser");
export const { chromium } = createRequire(join(ROOT, "web-client/package.json"))("playwright-core");
