//! Which names are shown, and where labels find room: none over another, none under a panel or past an edge. Pure; CSS pixels.

import type { Free } from "./camera";

/** Names shown besides one's own, the stage's and the speakers'. */
export const NEAREST = 12;
/** On a small screen fewer: each has at least this much of the free part, in square pixels. */
const PIXELS_EACH = 20_000;
/** Candidates for them: some find no room. */
const TRIED = 26;
/** A name that is shown stays until somebody is nearer by this, in units. */
const STAYS = 30;
/** Space between two labels. */
const GAP = 2;

/** Who may be named. */
export interface Nameable {
  account: number;
  x: number;
  y: number;
  stage: boolean;
}

/** In which order people are named: oneself, the stage, speakers, then who is nearest to oneself. `shown` are named already. */
export function named<Who extends Nameable>(
  people: Iterable<Who>,
  own: Who | null,
  speakers: ReadonlySet<number>,
  shown: { has: (account: number) => boolean },
): { first: Who[]; near: Who[] } {
  const first: Who[] = own ? [own] : [];
  const near: [number, Who][] = [];
  for (const one of people) {
    if (one === own) continue;
    if (one.stage || speakers.has(one.account)) first.push(one);
    else if (own) near.push([Math.hypot(one.x - own.x, one.y - own.y) - (shown.has(one.account) ? STAYS : 0), one]);
  }
  first.sort((a, b) => Number(b === own) - Number(a === own) || Number(b.stage) - Number(a.stage));
  near.sort((a, b) => a[0] - b[0]);
  return { first, near: near.slice(0, TRIED).map(([, one]) => one) };
}

/** A label's rectangle: the middle of its upper edge, and its size. */
export interface Label {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The room for labels in one picture. */
export class Room {
  readonly #taken: Label[] = [];
  readonly #free: Free;

  constructor(free: Free) {
    this.#free = free;
  }

  /** How many of the nearest are named. */
  get nearest(): number {
    const { left, right, top, bottom } = this.#free;
    return Math.min(NEAREST, Math.floor(((right - left) * (bottom - top)) / PIXELS_EACH));
  }

  /** Keeps a place free of labels: one's own figure is seen. */
  keep(label: Label): void {
    this.#taken.push(label);
  }

  /** Whether a point is where one can see it, or at most `margin` from there. */
  sees(x: number, y: number, margin = 0): boolean {
    const { left, right, top, bottom } = this.#free;
    return x >= left - margin && x <= right + margin && y >= top - margin && y <= bottom + margin;
  }

  /** Moves a label wholly into the free part. */
  #inside({ x, y, w, h }: Label): Label {
    const { left, right, top, bottom } = this.#free;
    const half = w / 2;
    return {
      x: Math.round(Math.max(left + half, Math.min(right - half, x))),
      y: Math.round(Math.max(top, Math.min(bottom - h, y))),
      w,
      h,
    };
  }

  #clear(label: Label): boolean {
    return this.#taken.every(
      (t) =>
        Math.abs(t.x - label.x) >= (t.w + label.w) / 2 + GAP ||
        t.y + t.h + GAP <= label.y ||
        label.y + label.h + GAP <= t.y,
    );
  }

  /** Takes room for a label, trying `higher` times a little higher, then `lower` times a little lower; null when there is none. */
  take(label: Label, higher = 0, lower = 0): Label | null {
    const first = this.#inside(label);
    for (let i = -higher; i <= lower; i++) {
      const steps = i <= 0 ? -higher - i : i;
      const at = this.#inside({ ...first, y: first.y + steps * (label.h / 2 + GAP) });
      if (!this.#clear(at)) continue;
      this.#taken.push(at);
      return at;
    }
    return null;
  }
}
