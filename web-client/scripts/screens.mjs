// Every screen and sheet there is, in every state: how to get to it over the pretended park, and when it has settled.

const first = (page, testid) => page.locator(`[data-testid=${testid}]:visible`).first();
const press = (testid) => (page) => first(page, testid).click();
/** On a phone the list of rooms is a sheet that comes up from below. */
const openRoomSheet = press("make-room");

/** `query`: the pretended park's (dev/main.ts); `open`: what one does there. `sheet`: a dialog is open then. */
export const SCREENS = [
  { name: "join", query: "view=join&people=127" },
  { name: "join-known", query: "view=join&known&login&people=127" },
  { name: "join-naming", query: "view=join&people=127", open: (page) => page.getByText("Change name").click() },
  { name: "join-quiet", query: "view=join&state=quiet" },
  { name: "join-no-rooms", query: "view=join&rooms=0" },
  { name: "join-walking", query: "view=join&state=walking", open: press("step-in") },
  { name: "room", query: "view=room" },
  { name: "room-empty", query: "view=room&state=empty" },
  { name: "room-quiet", query: "view=room&state=quiet" },
  { name: "room-lost", query: "view=room&state=lost" },
  { name: "room-trying", query: "view=room&state=trying" },
  { name: "room-renewed", query: "view=room&state=renewed" },
  { name: "room-back", query: "view=room&state=back" },
  { name: "room-blocked", query: "view=room&state=blocked" },
  { name: "room-loading", query: "view=room&state=loading" },
  { name: "room-unplayable", query: "view=room&state=unplayable" },
  { name: "room-slow", query: "view=room&state=slow" },
  { name: "room-refused", query: "view=room&state=refused" },
  { name: "room-full", query: "view=room&state=full-room" },
  { name: "room-owner", query: "view=room&role=owner&mode=open&people=12" },
  { name: "room-listener", query: "view=room&role=listener&typing=2" },
  { name: "room-muted", query: "view=room&muted" },
  { name: "room-bandstand", query: "view=room&place=bandstand&hue=mint&people=40" },
  { name: "room-glasshouse", query: "view=room&place=glasshouse&hue=iris&people=12" },
  { name: "room-bench", query: "view=room&place=bench&hue=sky&people=4" },
  { name: "room-people", query: "view=room&role=owner&people=9", open: press("people-tab") },
  { name: "room-queue", query: "view=room", phone: true, open: press("queue-tab") },
  { name: "room-hint", query: "view=room&hints", open: (page) => page.getByTestId("hint").waitFor() },
  { name: "room-composing", query: "view=room", open: (page) => page.getByTestId("chat-input").focus() },
  { name: "park", query: "view=park" },
  { name: "park-rooms", query: "view=park&rooms=40" },
  { name: "list-room", query: "view=room&people=9&scene=off" },
  { name: "list-room-empty", query: "view=room&state=empty&scene=off" },
  { name: "list-park", query: "view=park&people=9&scene=off" },
  { name: "missing", query: "view=missing" },
  { name: "sheet-profile", query: "view=room&people=3", open: press("me"), sheet: true },
  { name: "sheet-profile-account", query: "view=room&people=3&login", open: press("me"), sheet: true },
  { name: "sheet-share", query: "view=room&people=3", open: press("share"), sheet: true },
  { name: "sheet-login", query: "view=join", open: press("login"), sheet: true },
  {
    name: "sheet-register",
    query: "view=room&people=3",
    sheet: true,
    open: async (page) => {
      await press("me")(page);
      await press("register")(page);
    },
  },
  { name: "sheet-library", query: "view=room&people=3", open: press("queue-add"), sheet: true },
  { name: "sheet-library-empty", query: "view=room&people=3&library=empty", open: press("queue-add"), sheet: true },
  { name: "sheet-library-failed", query: "view=room&people=3&library=failed", open: press("queue-add"), sheet: true },
  { name: "sheet-make", query: "view=park", open: openRoomSheet, sheet: true },
  {
    name: "sheet-settings",
    query: "view=room&role=owner&people=3",
    sheet: true,
    open: (page) => page.getByLabel("Room settings").click(),
  },
  {
    name: "sheet-keys",
    query: "view=room&people=3",
    sheet: true,
    open: async (page) => {
      await page.locator("#scene").focus();
      await page.keyboard.press("?");
    },
  },
];

/** The scene's own file, as built and as the development server has it. */
const SCENE_FILE = /\/scene(-[\w-]+\.js|\.ts)$/;

/**
 * Goes to a screen and waits until it is what one would see for good. `more` goes before its query, and over it. Without `scene`
 * the still shell stays, as while the scene is on its way: that spares ten seconds where nobody looks at the scene.
 */
export async function openScreen(page, url, { query, open, sheet = false }, { more = "", scene = false } = {}) {
  await page.unroute(SCENE_FILE);
  if (!scene && !query.includes("scene=off"))
    await page.route(SCENE_FILE, (route) =>
      route.fulfill({ contentType: "text/javascript", body: "export const openScene = () => new Promise(() => {});" }),
    );
  await page.goto(`${url}?${more}&${query}${new URLSearchParams(query).has("stand") ? "" : "&still"}`);
  await page.locator("#app > *").first().waitFor();
  if (open) await open(page);
  if (sheet) await page.getByRole("dialog").waitFor();
  await settle(page, scene);
}

/** Waits for the fonts, for the scene's first pictures and for whatever moves in. */
export async function settle(page, scene = false) {
  await page.waitForFunction((withScene) => {
    const moving = document.getAnimations().some((one) => {
      const { iterations } = one.effect?.getComputedTiming() ?? {};
      return one.playState === "running" && iterations !== Number.POSITIVE_INFINITY;
    });
    const drawn = !withScene || document.querySelector("#scene > canvas") !== null;
    // They are fetched last, and until then the status says that nothing is missing.
    const written = ["Bricolage Grotesque", "Figtree"].every((name) =>
      [...document.fonts].some((face) => face.family.includes(`${name} Variable`) && face.status === "loaded"),
    );
    return drawn && written && !moving && document.fonts.status === "loaded";
  }, scene);
  // What arrived with the last of these is on screen a picture later.
  await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
}
