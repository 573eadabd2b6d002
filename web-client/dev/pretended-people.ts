//! Who is in the pretended park, and where they stand: oneself in the free middle, the others around the stage.

import { dress, encode, look } from "../src/draw/look";
import { rng } from "../src/draw/shapes";
import type { Person, Standing } from "../src/protocol/generated";
import { guestName } from "../src/words/names";
import type { Names } from "./pretended-words";

/** As many as the frame budget counts with; a real floor shows 200 and counts the others. */
const SHOWN = 300;
/** The accounts that `Names.people` are, in its order: the first is on stage. */
const NAMED = [2, 4, 5, 6, 7, 9, 61];
const ME = 1;
const HOST = 3;
/** Amber Heron as the picture of the design draws them: bob, dungarees, headphones. */
const MY_LOOK = encode({
  ...look(dress(1204)),
  kind: 0,
  skin: 2,
  hair: 1,
  hairColour: 9,
  top: 8,
  pattern: 3,
  topSecond: 6,
  hat: 4,
  hatColour: 1,
  dance: 3,
});

export function person(account: number, name = guestName(account * 7919)): Person {
  return { account, name, look: dress(account * 17 + 3) };
}

/** The people of a case, by account. */
export function peopleOf(names: Names) {
  const known = new Map(NAMED.map((account, i) => [account, person(account, names.people[i])]));
  known.set(ME, { account: ME, name: names.me, look: MY_LOOK });
  known.set(HOST, person(HOST, names.host));
  return (account: number): Person => known.get(account) ?? person(account);
}

/** Oneself and up to `others` around the stage of a room, or of the shell on the lawn (`floor` 0). */
export function crowdOn(floor: number, others: number, who: (account: number) => Person): Standing[] {
  const mine: [number, number] = floor ? [834, 660] : [1905, 1535];
  const r = rng(9);
  const spots: [number, number][] = [];
  for (let tries = 0; spots.length < Math.min(others, SHOWN) && tries < 6000; tries++) {
    const a = Math.PI * (0.02 + r() * 0.96);
    const q = 94 + r() ** 0.72 * 330;
    const [x, y] = floor
      ? [800 + Math.cos(a) * q * 1.04, 372 + Math.sin(a) * q]
      : [2070 + Math.cos(a) * q * 0.9, 1000 + Math.sin(a) * q * 0.9];
    const inFront = y < (floor ? 440 : 1040);
    const onSomebody =
      spots.some((o) => Math.hypot(o[0] - x, o[1] - y) < 31) || Math.hypot(mine[0] - x, mine[1] - y) < 46;
    if (!inFront && !onSomebody) spots.push([x, y]);
  }
  return [
    { person: who(ME), away: false, x: mine[0], y: mine[1] },
    ...spots.map(([x, y], i) => ({ person: who(i + 2), away: i % 29 === 5, x: Math.round(x), y: Math.round(y) })),
  ];
}
