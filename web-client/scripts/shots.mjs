// Pictures of every screen in every state, over the pretended park:
//
//   npm run shots -- FOLDER [WORDS...]     only pictures whose name has all these words, e.g. room phone light
//   npm run shots -- --list [WORDS...]     their names alone
//
// A name is the screen, the window, the theme, and what else is special: `room.phone.dark.night`, `join.wide.light.arabic`.
// DEV_URL: a page of `npm run dev` to use instead of a build of one's own (http://127.0.0.1:5173/dev/).
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { servePretended } from "./pretended.mjs";
import { openScreen, SCREENS } from "./screens.mjs";

const SIZES = {
  wide: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 },
  tablet: { width: 768, height: 1024 },
  middle: { width: 1100, height: 800 },
  /** A phone whose keyboard is open. */
  keyboard: { width: 390, height: 500 },
};
/** Where the scene is what one looks at; elsewhere it only costs ten seconds a picture. */
const WITH_SCENE = ["join", "room", "park", "room-empty", "room-bandstand", "room-glasshouse", "room-bench"];

const picture = (name, size, scheme, rest = {}) => ({
  screen: SCREENS.find((one) => one.name === name),
  size,
  scheme,
  more: "",
  special: [],
  scene: WITH_SCENE.includes(name),
  ...rest,
});

function* pictures() {
  for (const { name, phone } of SCREENS)
    for (const size of phone ? ["phone"] : ["wide", "phone"])
      for (const scheme of ["dark", "light"]) yield picture(name, size, scheme);
  for (const name of ["join", "room", "park"]) {
    for (const light of ["day", "dusk", "night"])
      for (const size of ["wide", "phone"])
        yield picture(name, size, light === "day" ? "light" : "dark", { more: `light=${light}`, special: [light] });
    for (const size of ["narrow", "tablet", "middle"])
      for (const scheme of ["dark", "light"]) yield picture(name, size, scheme);
  }
  for (const people of [1, 7, 128, 1000])
    for (const name of ["join", "room", "room-people"])
      for (const size of ["wide", "phone"])
        yield picture(name, size, "dark", { more: `people=${people}`, special: [`${people}-people`] });
  for (const names of ["long", "arabic", "cjk"])
    for (const name of [
      "join",
      "room",
      "park",
      "room-people",
      "room-queue",
      "list-room",
      "sheet-profile",
      "sheet-library",
    ])
      for (const size of ["wide", "phone", "narrow"])
        if (name !== "room-queue" || size !== "wide")
          yield picture(name, size, "light", {
            more: `names=${names}`,
            special: [names],
            scene: name === "room" && size !== "narrow",
          });
  for (const scheme of ["dark", "light"]) yield picture("room-composing", "keyboard", scheme);
  for (const loud of [0.05, 1])
    yield picture("room", "wide", "dark", { more: `loud=${loud}`, special: [loud < 0.5 ? "soft" : "loud"] });
}

const named = ({ screen, size, scheme, special }) => [screen.name, size, scheme, ...special].join(".");

const list = process.argv[2] === "--list";
const folder = process.argv[2] ?? "shots";
const words = process.argv.slice(3);
const wanted = [...pictures()].filter((one) => words.every((word) => named(one).includes(word)));
if (list || wanted.length === 0) {
  console.log((wanted.length ? wanted : [...pictures()]).map(named).join("\n"));
  process.exit(list ? 0 : 1);
}

mkdirSync(folder, { recursive: true });
const served = process.env.DEV_URL ? { url: process.env.DEV_URL, close() {} } : await servePretended();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
let failed = 0;
for (const one of wanted) {
  const name = named(one);
  const viewport = SIZES[one.size];
  const touch = viewport.width < 700;
  const page = await browser.newPage({
    viewport,
    colorScheme: one.scheme,
    deviceScaleFactor: touch ? 2 : 1,
    hasTouch: touch,
    isMobile: touch,
  });
  page.setDefaultTimeout(90_000);
  page.on("console", (m) => {
    if (["error", "warning"].includes(m.type()) && !/GL Driver Message/.test(m.text()))
      console.log(`${name}: ${m.type()}: ${m.text()}`);
  });
  page.on("pageerror", (e) => console.log(`${name}: ${e.message}`));
  try {
    await openScreen(page, served.url, one.screen, one);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wider > 0) console.log(`${name}: ${wider} px wider than the window`);
    await page.screenshot({ path: `${folder}/${name}.png`, timeout: 90_000 });
    console.log(name);
  } catch (why) {
    failed += 1;
    console.log(`${name}: not taken: ${why.message}`);
  }
  await page.close();
}
await browser.close();
await served.close();
process.exit(failed ? 1 : 0);
