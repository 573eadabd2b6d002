//! Walking by the keyboard, looking where one gets to, as people do.

import { eventually } from "./eventually.mjs";

const ARROWS = [
  ["x", -1, "ArrowLeft"],
  ["x", 1, "ArrowRight"],
  ["y", -1, "ArrowUp"],
  ["y", 1, "ArrowDown"],
];
/** Nearer than this on an axis, in units, one lets go of its arrow. */
const NEAR = 30;

/** Lets a page remember where everybody on its floor was last seen. */
export function followPositions(person) {
  return person.page.evaluate(() => {
    window.seenAt = new Map();
    window.park.onPositions((positions) => {
      for (const spot of positions.people) window.seenAt.set(spot.account, { x: spot.x, y: spot.y });
    });
  });
}

/** Where `account` was last seen by this person, or came in; null when it is not here. */
export function seenAt(person, account) {
  return person.page.evaluate((who) => {
    const { x, y } = window.seenAt.get(who) ?? window.park.state.crowd.people.get(who) ?? {};
    return x === undefined ? null : { x, y };
  }, account);
}

/** Walks towards a point with the arrows until `there` answers yes. */
export async function walkTowards(person, to, there) {
  const { account } = await person.me();
  await person.page.locator("#scene").focus();
  const down = new Set();
  const hold = async (key, held) => {
    if (down.has(key) === held) return;
    if (held) down.add(key);
    else down.delete(key);
    await person.page.keyboard[held ? "down" : "up"](key);
  };
  try {
    await eventually(`${person.called} gets to ${to.x}, ${to.y}`, async () => {
      if (await there()) return true;
      const at = await seenAt(person, account);
      for (const [axis, sign, key] of ARROWS) await hold(key, at !== null && (to[axis] - at[axis]) * sign > NEAR);
      return false;
    });
  } finally {
    for (const key of [...down]) await hold(key, false);
  }
}
