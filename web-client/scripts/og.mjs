// Writes public/og.png from dev/og.ts: `npm run dev` in one shell, `npm run og` in another.
import { chromium } from "playwright-core";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 630 } });
await page.goto(`${process.env.DEV_URL ?? "http://127.0.0.1:5173/dev/"}og.html`);
await page.waitForSelector("html[data-drawn]");
await page.locator("#og").screenshot({ path: "public/og.png" });
await browser.close();
