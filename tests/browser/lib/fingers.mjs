//! What a finger and an eye need of a page: no sideways scrolling, targets that are large enough and reachable, a visible focus.

/** A finger's width, in px. */
const FINGER = 44;

/** How many px a page is wider than its window. */
export function sideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** Whatever one may press that is smaller than a finger, or that cannot be brought on screen uncovered; each as a sentence. */
export function outOfReach(page, { finger = FINGER } = {}) {
  return page.evaluate((size) => {
    const PRESSED = "button, a[href], input:not([type=hidden]), select, textarea, summary, [role=tab], [role=slider]";
    // Behind a dialog nothing can be pressed.
    const top = [...document.querySelectorAll("dialog[open], [role=dialog]")].at(-1) ?? document;
    const wrong = [];
    for (const element of top.querySelectorAll(PRESSED)) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || element.closest("[inert], [aria-hidden=true]")) continue;
      const target = element.closest("label") ?? element;
      target.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
      const { left, top: above, width, height } = target.getBoundingClientRect();
      if (width <= 1 || height <= 1) continue;
      const [x, y] = [left + width / 2, above + height / 2];
      const hits = (dx, dy) => {
        const at = document.elementFromPoint(x + dx, y + dy);
        return at !== null && (target.contains(at) || element.contains(at) || at.closest("label")?.contains(element));
      };
      const name = element.getAttribute("aria-label") || element.innerText?.trim() || element.placeholder || element.dataset.testid || element.outerHTML.slice(0, 80);
      const called = `${element.tagName.toLowerCase()} "${name}"`;
      const reach = size / 2 - 1;
      if (!hits(0, 0)) wrong.push(`${called} is covered or out of the window`);
      else if (![[-reach, 0], [reach, 0], [0, -reach], [0, reach]].every(([dx, dy]) => hits(dx, dy)))
        wrong.push(`${called} is smaller than ${size} px (${Math.round(width)} x ${Math.round(height)})`);
    }
    return wrong;
  }, finger);
}

/**
 * Presses Tab from the top of the page until it comes round; each stop with the part of the screen it is in (by `parts`, selectors by
 * name), what it is called, and whether one sees that it has the focus.
 */
export async function tabStops(page, parts) {
  const stops = [];
  await page.evaluate(() => {
    document.activeElement?.blur?.();
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate((named) => {
      const at = document.activeElement;
      if (!at || at === document.body || at.dataset.tabbed) return null;
      at.dataset.tabbed = "yes";
      const part = Object.entries(named).find(([, selector]) => at.closest(selector))?.[0] ?? "elsewhere";
      const ringed = (style) => (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2);
      let ring = false;
      // Its own ring, its ::after's border, or that of the field around it.
      for (let around = at; around && !ring && around !== document.body; around = around.parentElement)
        ring = ringed(getComputedStyle(around)) || (around === at && Number.parseFloat(getComputedStyle(at, "::after").borderTopWidth) >= 2);
      return { part, what: at.outerHTML.slice(0, 120), ring };
    }, parts);
    if (!stop) break;
    const said = await page.locator(":focus").ariaSnapshot();
    stops.push({ ...stop, named: /^- \S+ (?:"[^"]+"|\/.+\/)/.test(said), said: said.split("\n")[0] });
  }
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("[data-tabbed]")) delete one.dataset.tabbed;
  });
  return stops;
}
