//! What grows and stands on the lawn by itself: trees, bushes, lanterns, benches. Placed by seed, off the paths, round the places.

import type { Container } from "pixi.js";
import { mix } from "../draw/colour";
import { bench } from "../draw/furniture";
import { HUES, LAMP } from "../draw/palette";
import { K, rng } from "../draw/shapes";
import { LAWN_HEIGHT, LAWN_WIDTH } from "../protocol/generated";
import { type BulbString, bulbString } from "./bulbstring";
import type { Kit } from "./kit";
import type { Lamps } from "./lamps";
import { onPath, PLAZA, POND, PX, PY } from "./layout";
import type { Plot } from "./plots";

/** Of the picture, in its coordinates. */
const LANTERNS = [
  [560, 560],
  [830, 560],
  [600, 660],
  [800, 650],
  [640, 470],
  [905, 395],
  [480, 520],
  [1080, 520],
  [760, 790],
  [620, 820],
  [300, 610],
  [1180, 610],
  [890, 690],
  [60, 640],
  [1420, 640],
  [690, 980],
  [310, 1010],
  [1640, 590],
];
/** From lantern to lantern, with how low it hangs, its bulbs, and where the beat enters. */
const STRINGS = [
  { from: [560, 560], to: [640, 470], sag: 26, bulbs: 8, turn: 0 },
  { from: [830, 560], to: [905, 395], sag: 34, bulbs: 10, turn: 0.2 },
  { from: [600, 660], to: [560, 560], sag: 16, bulbs: 6, turn: 0.4 },
  { from: [480, 520], to: [560, 560], sag: 20, bulbs: 6, turn: 0.6 },
];
/** Bulbs of strings hang at this height over the foot of their lanterns. */
const HUNG = 42;
const BENCHES = [
  [585, 590],
  [815, 606],
  [905, 655],
];
const TREES = [
  [345, 250],
  [290, 330],
  [320, 530],
  [500, 262],
  [470, 180],
  [395, 130],
  [560, 145],
  [985, 150],
  [1040, 210],
  [1085, 130],
  [960, 110],
  [1330, 260],
  [1300, 360],
  [1260, 430],
  [1085, 300],
  [1010, 380],
  [1200, 480],
  [540, 480],
  [540, 800],
  [545, 712],
  [820, 700],
  [860, 820],
  [1190, 720],
  [1220, 800],
  [1150, 860],
  [780, 860],
  [560, 880],
  [300, 860],
  [300, 700],
  [1340, 560],
  [1390, 700],
  [905, 500],
  [560, 330],
  [1300, 160],
  [1200, 130],
  [250, 180],
  [200, 460],
  [140, 760],
];
/** A tree catches the light of a stage this near, in world pixels. */
const LIT = 420;

/** Puts everything that stands by itself into `items`, its light into `lamps`; answers the strings, which move with the beat. */
export function grow(kit: Kit, plots: readonly Plot[], items: Container[], lamps: Lamps): BulbString[] {
  trees(kit, plots, items);
  for (const [x, y] of LANTERNS) {
    items.push(kit.lantern(x + PX, y + PY, 1));
    lamps.lantern(x + PX, y + PY, 1);
  }
  for (const [x, y] of BENCHES)
    items.push(
      kit.stand(
        kit.sprite("bench", { x: -34, y: -32, w: 74, h: 50 }, (c, p) => bench(c, p, 0, 0, 1)),
        x + PX,
        y + PY,
      ),
    );
  return STRINGS.map(({ from, to, sag, bulbs, turn }) => {
    const string = bulbString(
      kit,
      [from[0] + PX, from[1] + PY - HUNG],
      [to[0] + PX, to[1] + PY - HUNG],
      sag,
      bulbs,
      turn,
    );
    string.item.zIndex = Math.max(from[1], to[1]) + PY;
    items.push(string.item);
    return string;
  });
}

/** The nearest place, and how far it is in world pixels. */
function nearest(plots: readonly Plot[], x: number, y: number): { d: number; plot: Plot | null } {
  let best: { d: number; plot: Plot | null } = { d: Number.POSITIVE_INFINITY, plot: null };
  for (const plot of plots) {
    const d = Math.hypot(plot.x - x, plot.y * K - y);
    if (d < best.d) best = { d, plot };
  }
  return best;
}

/** Whether something as tall as a tree at (x, y) would stand in the view of a place: on it, or close before it. */
const hides = (plots: readonly Plot[], x: number, y: number): boolean =>
  plots.some((plot) => {
    const wide = plot.room.place === "shell" ? 190 : plot.room.place === "bench" ? 80 : 125;
    const dy = y - plot.y * K;
    return Math.abs(x - plot.x) < wide && dy > -70 && dy < 150;
  });

function trees(kit: Kit, plots: readonly Plot[], items: Container[]): void {
  const r = rng(17);
  const put = (x: number, y: number, s: number, seed: number) => {
    if (hides(plots, x, y)) return;
    const { d, plot } = nearest(plots, x, y);
    const rim = plot && d < LIT ? { dx: plot.x > x ? 1 : -1, col: mix(LAMP, HUES[plot.room.hue], 0.3) } : null;
    items.push(kit.tree(x, y, s, seed, rim));
  };
  TREES.forEach(([x, y], i) => {
    put(x + PX, y + PY, 0.95 + r() * 0.45, i * 5 + 2);
  });
  // The rest of the park is a looser wood, away from the paths: groves with clearings, no rows.
  for (let i = 0; i < 320; i++) {
    const [x, y] = [r() * LAWN_WIDTH, 40 + r() * (LAWN_HEIGHT * K - 40)];
    const s = 0.95 + r() * 0.5;
    const inPicture = x > PX + 80 && x < PX + 1460 && y > PY + 60 && y < PY + 900;
    const clearing = Math.sin(x / 260 + 1.3) + Math.cos(y / 190 - 0.4) > 1.05;
    if (inPicture || clearing || onPath(x, y, 60)) continue;
    if (i % 4 === 3) items.push(kit.bush(x, y, 0.9 + s * 0.2, i));
    else put(x, y, s, i * 11 + 4);
  }
  for (let i = 0; i < 34; i++) {
    const [x, y] = [240 + r() * 1000 + PX, 120 + r() * 760 + PY];
    const before = nearest(plots, x, y).d < 190 || Math.hypot(x - POND.x, (y - POND.y) / K) < 190;
    if (before || onPath(x, y, 50) || Math.hypot(x - PLAZA.x, (y - PLAZA.y) / K) < 190) continue;
    items.push(kit.bush(x, y, 0.9, i));
  }
}
