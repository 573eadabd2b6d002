// Screenshots of the screens over the pretended park: `npm run dev` in one shell, `npm run shots -- FOLDER [NAME...]` in another.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const folder = process.argv[2] ?? "shots";
const only = process.argv.slice(3);
const base = process.env.DEV_URL ?? "http://127.0.0.1:5173/dev/";
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const shots = [
  ["join-wide", WIDE, "dark", "view=join"],
  ["join-phone", PHONE, "dark", "view=join"],
  ["room-wide", WIDE, "dark", "view=room&still"],
  ["room-wide-light", WIDE, "light", "view=room&still"],
  ["room-phone", PHONE, "dark", "view=room&people=46&still"],
  ["room-phone-light", PHONE, "light", "view=room&people=46&still"],
  ["room-owner-open", WIDE, "dark", "view=room&still&mode=open&role=owner&people=12"],
  ["room-empty", WIDE, "dark", "view=room&state=empty"],
  ["room-quiet", PHONE, "dark", "view=room&state=quiet"],
  ["room-lost", WIDE, "dark", "view=room&still&state=lost"],
  ["room-trying", PHONE, "dark", "view=room&still&state=trying"],
  ["room-blocked", PHONE, "light", "view=room&still&state=blocked&people=20"],
  ["room-long", WIDE, "dark", "view=room&still&state=full&role=listener&people=300"],
  ["room-1100", { width: 1100, height: 800 }, "dark", "view=room&still"],
  ["room-768", { width: 768, height: 1024 }, "light", "view=room&still"],
  ["room-320", { width: 320, height: 640 }, "dark", "view=room&still&state=full"],
  ["park-wide", WIDE, "dark", "view=park&still"],
  ["park-wide-light", WIDE, "light", "view=park&still"],
  ["park-phone", PHONE, "dark", "view=park&still"],
  ["park-320", { width: 320, height: 640 }, "light", "view=park&still"],
  ["join-320", { width: 320, height: 640 }, "light", "view=join"],
  ["join-768", { width: 768, height: 1024 }, "light", "view=join"],
  ["missing", WIDE, "dark", "view=missing"],
  ["missing-phone", PHONE, "light", "view=missing"],
  ["sheet-profile", WIDE, "dark", "view=room&still&people=3", (p) => p.getByTestId("me").click()],
  ["sheet-profile-phone", PHONE, "light", "view=room&still&people=3", (p) => p.getByTestId("me").click()],
  ["sheet-share", PHONE, "dark", "view=room&still&people=3", (p) => p.getByTestId("share").click()],
  ["sheet-login", WIDE, "light", "view=join", (p) => p.getByTestId("login").click()],
  [
    "sheet-library",
    WIDE,
    "dark",
    "view=room&still&people=3",
    (p) => p.locator("[data-testid=queue-add]:visible").first().click(),
  ],
  [
    "sheet-library-phone",
    PHONE,
    "dark",
    "view=room&still&people=3",
    (p) => p.locator("[data-testid=queue-add]:visible").first().click(),
  ],
  ["sheet-make", WIDE, "dark", "view=park&still", (p) => p.getByTestId("make-room").click()],
  [
    "sheet-settings",
    WIDE,
    "light",
    "view=room&still&role=owner&people=3",
    (p) => p.getByLabel("Room settings").click(),
  ],
  ["tab-people", WIDE, "dark", "view=room&still&role=owner", (p) => p.getByTestId("people-tab").click()],
  ["tab-queue-phone", PHONE, "dark", "view=room&still", (p) => p.getByTestId("queue-tab").click()],
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
for (const [name, viewport, colorScheme, query, then] of shots) {
  if (only.length && !only.some((o) => name.includes(o))) continue;
  const touch = viewport.width < 700;
  const page = await browser.newPage({
    viewport,
    colorScheme,
    deviceScaleFactor: touch ? 2 : 1,
    hasTouch: touch,
    isMobile: touch,
  });
  page.on("console", (m) => {
    if (["error", "warning"].includes(m.type())) console.log(`${name}: ${m.type()}: ${m.text()}`);
  });
  page.on("pageerror", (e) => console.log(`${name}: ${e.message}`));
  await page.goto(`${base}?${query}`);
  await page.waitForTimeout(Number(process.env.WAIT ?? 1500));
  if (then) {
    await then(page);
    await page.waitForTimeout(500);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) console.log(`${name}: ${wide} px wider than the window`);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.close();
  console.log(name);
}
await browser.close();
