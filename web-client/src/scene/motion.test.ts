//! Walks as they are seen over a poor line, in virtual time: 150 ms each way, 50 ms of jitter, frames that never come.

import { describe, expect, it } from "vitest";
import { rng } from "../draw/shapes";
import { WALK_SPEED } from "../protocol/generated";
import { Feet, type Ground } from "./feet";
import { Playout, TICK_MS, TickClock } from "./playout";

const FRAME = 1000 / 60;
const OPEN: Ground = { left: 0, top: 0, right: 100_000, bottom: 100_000, blocks: [] };

interface Line<T> {
  send: (now: number, what: T) => void;
  arrived: (now: number) => T[];
}

/** A socket in virtual time: nothing overtakes, everything is late by `delay` and up to `jitter` more or less. */
function line<T>(random: () => number, delay: number, jitter: number): Line<T> {
  let last = 0;
  const onWay: { at: number; what: T }[] = [];
  return {
    send: (now, what) => {
      last = Math.max(last, now + delay + (random() * 2 - 1) * jitter);
      onWay.push({ at: last, what });
    },
    arrived: (now) => {
      const here = onWay.filter(({ at }) => at <= now).map(({ what }) => what);
      onWay.splice(0, here.length);
      return here;
    },
  };
}

interface Picture {
  now: number;
  /** Where the walker's own figure is drawn, and where somebody else sees it. */
  own: { x: number; y: number };
  seen: { x: number; y: number; walking: boolean };
  truth: { x: number; y: number };
}

/** Somebody walks east for `walkMs` and stands; `floor` is the park's say about each step. */
function watch(seed: number, walkMs: number, restMs: number, floor = (x: number, _now: number) => x): Picture[] {
  const random = rng(seed);
  const up = line<{ x: number; y: number; pose: number }>(random, 150, 50);
  const echo = line<{ x: number; y: number }>(random, 150, 50);
  const down = line<{ tick: number; x: number; y: number; pose: number }>(random, 150, 50);
  const feet = new Feet(1000, 500);
  const clock = new TickClock();
  const other = new Playout(1000, 500);
  let spot = { x: 1000, y: 500, pose: 6 };
  let told = spot;
  let [tick, tickAt, sentAt] = [0, 0, Number.NEGATIVE_INFINITY];
  let unsent = false;
  const pictures: Picture[] = [];
  for (let now = 0; now < walkMs + restMs; now += FRAME) {
    if (feet.walk(FRAME / 1000, now < walkMs ? { dx: 1, dy: 0 } : null, OPEN)) unsent = true;
    if (unsent && now - sentAt >= 100) {
      up.send(now, { x: Math.round(feet.x), y: Math.round(feet.y), pose: feet.pose });
      [sentAt, unsent] = [now, false];
    }
    for (const step of up.arrived(now)) spot = { ...step, x: floor(step.x, now) };
    for (; tickAt <= now; tickAt += TICK_MS) {
      const key = tickAt % 1000 === 0;
      if (!key && spot === told) continue;
      told = spot;
      tick++;
      // One frame in fifteen is dropped on the way to the other.
      if (random() > 1 / 15) down.send(now, { tick, ...spot });
      echo.send(now, { x: spot.x, y: spot.y });
    }
    for (const f of down.arrived(now)) other.seen(clock.made(f.tick, now, (f.pose & 8) !== 0), f.x, f.y, f.pose);
    for (const at of echo.arrived(now)) if (feet.told(at.x, at.y, now)) unsent = true;
    const seen = other.play(now);
    pictures.push({
      now,
      own: { ...feet.shown },
      seen: { x: seen.x, y: seen.y, walking: seen.walking },
      truth: { x: feet.x, y: feet.y },
    });
  }
  return pictures;
}

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);

describe("walking over a poor line", () => {
  it.each(SEEDS)("never takes one's own figure back (line %i)", (seed) => {
    let before = 0;
    for (const { own } of watch(seed, 6000, 3000)) {
      expect(own.x).toBeGreaterThanOrEqual(before);
      before = own.x;
    }
    expect(before).toBeGreaterThan(1000 + WALK_SPEED * 5);
  });

  it.each(SEEDS)("shows others walking on and on, not far behind (line %i)", (seed) => {
    const pictures = watch(seed, 6000, 3000);
    let before = pictures[0].seen.x;
    let stood = 0;
    let longest = 0;
    for (const { now, seen, truth } of pictures) {
      expect(seen.x).toBeGreaterThanOrEqual(before - 1e-9);
      // Nobody leaps: at the most a few times the pace of a walk, while catching up.
      expect(seen.x - before).toBeLessThan((WALK_SPEED * FRAME * 3.2) / 1000);
      // 200 ms up, a tick, 200 ms down, the longest delay of the picture, the eye's share.
      expect(truth.x - seen.x).toBeLessThan((WALK_SPEED * (200 + 100 + 200 + 450 + 60)) / 1000);
      if (now > 1200 && now < 6000) {
        stood = seen.x - before < 0.2 ? stood + FRAME : 0;
        longest = Math.max(longest, stood);
      }
      before = seen.x;
    }
    expect(longest).toBeLessThan(160);
    expect(pictures.at(-1)?.seen.x).toBeCloseTo(pictures.at(-1)?.truth.x ?? 0, -1);
    expect(pictures.at(-1)?.seen.walking).toBe(false);
  });

  it("shows others hardly later than a frame ago where the line is good", () => {
    const clock = new TickClock();
    const other = new Playout(0, 0);
    let worst = 0;
    for (let now = 0; now < 4000; now += 10) {
      const x = (now / 1000) * WALK_SPEED;
      if (now % TICK_MS === 0) other.seen(clock.made(now / TICK_MS, now, true), x, 0, 8);
      const seen = other.play(now);
      if (now > 1000) worst = Math.max(worst, x - seen.x);
    }
    expect(worst).toBeLessThan((WALK_SPEED * 260) / 1000);
  });
});

describe("a correction by the park", () => {
  it("stops one at a wall the page did not know, in a slide and not in a jump", () => {
    const wall = 1500;
    const pictures = watch(7, 4000, 4000, (x) => Math.min(x, wall));
    const last = pictures.at(-1);
    expect(last?.own.x).toBeCloseTo(wall, 0);
    expect(last?.seen.x).toBeCloseTo(wall, 0);
    const turns = pictures.filter(({ own }, i) => i > 0 && own.x < pictures[i - 1].own.x);
    expect(turns.length).toBeGreaterThan(8);
  });

  it("puts one elsewhere at once when that is far", () => {
    const feet = new Feet(100, 100);
    expect(feet.told(1400, 900, 0)).toBe(false);
    expect(feet.shown).toEqual({ x: 1400, y: 900 });
  });

  it("asks to be told again when the park stopped on the way", () => {
    const feet = new Feet(100, 100);
    for (let i = 0; i < 60; i++) feet.walk(1 / 60, { dx: 1, dy: 0 }, OPEN);
    for (let i = 0; i < 120; i++) feet.walk(1 / 60, null, OPEN);
    expect(feet.told(180, 100, 3000)).toBe(true);
    expect(feet.x).toBeGreaterThan(290);
    expect(feet.told(Math.round(feet.x), 100, 3100)).toBe(false);
  });

  it("is no correction while the page's own steps are on their way", () => {
    const feet = new Feet(100, 100);
    for (let i = 0; i < 60; i++) feet.walk(1 / 60, { dx: 1, dy: 0 }, OPEN);
    const { x } = feet;
    for (const behind of [100, 130, 190]) {
      feet.told(behind, 100, 1000 + behind);
      expect(feet.x).toBe(x);
    }
  });
});

describe("dancing", () => {
  it("begins and ends with a press, and ends with the first step", () => {
    const feet = new Feet(100, 100);
    feet.dance();
    expect(feet.pose & 16).toBe(16);
    feet.dance();
    expect(feet.pose & 16).toBe(0);
    feet.dance();
    feet.walk(1 / 60, { dx: 1, dy: 0 }, OPEN);
    feet.walk(1 / 60, null, OPEN);
    expect(feet.pose & 24).toBe(0);
  });
});
