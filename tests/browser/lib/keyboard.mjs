//! Getting about by the keyboard alone: Tab until one is there, then Enter.

/** More stops than any page has. */
const STOPS = 200;

/** Presses Tab until what has the focus is called `name` (a string in it, or a pattern). */
export async function tabTo({ page, called }, name) {
  const pattern = name instanceof RegExp ? name : new RegExp(name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const met = [];
  for (let i = 0; i < STOPS; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const el = document.activeElement === document.body ? null : document.activeElement;
      return el?.getAttribute("aria-label") ?? el?.placeholder ?? el?.innerText?.slice(0, 80) ?? "";
    });
    if (pattern.test(at)) return;
    met.push(at);
  }
  throw new Error(`${called} finds no "${name}" by Tab, but ${[...new Set(met)].join(" | ")}`);
}

/** Goes there by Tab and presses it. */
export async function pressByKey(person, name) {
  await tabTo(person, name);
  await person.page.keyboard.press("Enter");
}
