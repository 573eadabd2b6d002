//! A pretended lawn as full as the frame budget counts with: so many people in the world, so many of them in view, half of those
//! walking, the rest dancing, reactions rising. The page moves them on, so that every run does the same.

import type { Positions, Reactions } from "../src/client";
import { rng } from "../src/draw/shapes";
import type { Part } from "../src/park.svelte";
import { DANCING, WALKING } from "../src/protocol/binary";
import type { Reaction, Standing } from "../src/protocol/generated";
import { PretendedPark } from "./pretended";
import { person } from "./pretended-people";

const KINDS: Reaction[] = ["love", "fire", "wow", "sing", "tears", "encore"];
/** Reactions a tick: twelve a second, the most that rise singly. */
const REACTIONS = 1.2;
/** Units a walker goes in a tick, a tenth of a second. */
const STEP = 11;
const ME = 1;

export class CrowdedPark extends PretendedPark {
  readonly #heard = new Set<(p: Positions) => void>();
  readonly #felt = new Set<(r: Reactions) => void>();
  readonly #told = new Set<(s: PretendedPark["state"]) => void>();
  #walking: { account: number; x: number; y: number; heading: number; box: Part }[] = [];
  #inView: number[] = [];
  #tick = 0;
  #random = rng(11);

  override subscribe(listener: (s: PretendedPark["state"]) => void) {
    this.#told.add(listener);
    return super.subscribe(listener);
  }
  override onPositions(listener: (p: Positions) => void) {
    this.#heard.add(listener);
    return super.onPositions(listener);
  }
  override onReactions(listener: (r: Reactions) => void) {
    this.#felt.add(listener);
    return super.onReactions(listener);
  }

  /** Puts `people` into what is in view, and the others of `world` below it. */
  fill(view: Part, people: number, world: number): void {
    const r = this.#random;
    // A margin, so that whoever walks stays in view.
    const inner: Part = { x: view.x + 30, y: view.y + 60, w: view.w - 60, h: view.h - 80 };
    const away: Part = { x: view.x - 500, y: view.y + view.h + 200, w: view.w + 1000, h: 900 };
    const spot = (box: Part) => ({ x: Math.round(box.x + r() * box.w), y: Math.round(box.y + r() * box.h) });
    const me = this.state.crowd.people.get(ME);
    const all = new Map<number, Standing>(me ? [[ME, me]] : []);
    for (let account = ME + 1; account <= world; account++) {
      const box = account <= people ? inner : away;
      const at = spot(box);
      all.set(account, { person: person(account), away: false, ...at });
      if (account <= people) this.#inView.push(account);
      if (account % 2) this.#walking.push({ account, ...at, heading: Math.floor(r() * 8), box });
    }
    this.state = { ...this.state, crowd: { ...this.state.crowd, count: world, present: world, people: all } };
    for (const listener of this.#told) listener(this.state);
    const dancing = [...all.values()].filter(({ person }) => person.account % 2 === 0);
    this.#say(dancing.map(({ person, x, y }) => ({ account: person.account, x, y, pose: 6 | DANCING })));
  }

  /** A tenth of a second passes. */
  tick(): void {
    const r = this.#random;
    for (const one of this.#walking) {
      if (r() < 0.06) one.heading = Math.floor(r() * 8);
      const angle = (one.heading / 8) * Math.PI * 2;
      const [x, y] = [one.x + Math.cos(angle) * STEP, one.y + Math.sin(angle) * STEP];
      const { box } = one;
      if (x < box.x || x > box.x + box.w || y < box.y || y > box.y + box.h) one.heading = (one.heading + 4) % 8;
      else [one.x, one.y] = [x, y];
    }
    this.#say(this.#walking.map(({ account, x, y, heading }) => ({ account, x, y, pose: heading | WALKING })));
    for (let n = REACTIONS; n > r(); n--) {
      const account = this.#inView[Math.floor(r() * this.#inView.length)];
      const kind = KINDS[Math.floor(r() * KINDS.length)];
      for (const listener of this.#felt) listener({ by: [[account, kind]], counts: [[kind, 1]] });
    }
  }

  #say(people: Positions["people"]): void {
    const said: Positions = { is: "positions", floor: 0, tick: this.#tick++, key: false, more: 0, people };
    for (const listener of this.#heard) listener(said);
  }
}
