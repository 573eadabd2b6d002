//! The ground of the lawn: grass, the terraces of the shells, paths and lanes, the plaza, the pond.

import { mix, rgba } from "../draw/colour";
import type { Palette } from "../draw/palette";
import { pond } from "../draw/places";
import { patches, sow, type Tuft, tufts } from "../draw/plants";
import { type Ctx, ell, K, paper, rng, TAU } from "../draw/shapes";
import { LAWN_HEIGHT, LAWN_WIDTH } from "../protocol/generated";
import type { Box } from "./bake";
import type { PaintGround } from "./chunks";
import { ALONG, PATHS, PLAZA, POND, PX, PY } from "./layout";
import type { Plot } from "./plots";

/** Everything drawn of the lawn, in world pixels. */
export const LAWN_BOX: Box = { x: -240, y: -260, w: LAWN_WIDTH + 480, h: LAWN_HEIGHT * K + 520 };
const PATH = 44;
const LANE = 30;

/** Paints the lawn on which these places stand. */
export function lawnGround(plots: readonly Plot[]): PaintGround {
  const { x, y, w, h } = LAWN_BOX;
  const sown = sow(7200, x, y, w, h, 4);
  const gravel = specks();
  const lanes = plots.flatMap((plot) => lane(plot) ?? []);
  return (c, p, box) => {
    c.fillStyle = p.lawn;
    c.fillRect(box.x, box.y, box.w, box.h);
    patches(c, p, 240, LAWN_BOX, 8, box);
    tufts(
      c,
      p,
      sown.filter((t) => within(t, box, 16)),
    );
    for (const plot of plots) if (plot.room.place === "shell") terraces(c, p, plot);
    paths(c, p, lanes);
    for (const plot of plots) forecourt(c, p, plot);
    c.fillStyle = rgba(p.pathLo, 0.55);
    for (const q of gravel) if (within(q, box, 4)) ellipse(c, q.x, q.y, q.r, q.r * 0.7);
    plaza(c, p);
    if (reaches(box, POND.x, POND.y, POND.w * 1.4, POND.h * 1.6)) pond(c, p, POND.x, POND.y, POND.w, POND.h);
  };
}

const within = (at: Pick<Tuft, "x" | "y">, box: Box, margin: number): boolean =>
  at.x > box.x - margin && at.x < box.x + box.w + margin && at.y > box.y - margin && at.y < box.y + box.h + margin;

const reaches = (box: Box, x: number, y: number, rx: number, ry: number): boolean =>
  x + rx > box.x && x - rx < box.x + box.w && y + ry > box.y && y - ry < box.y + box.h;

function ellipse(c: Ctx, x: number, y: number, rx: number, ry: number): void {
  c.beginPath();
  c.ellipse(x, y, rx, ry, 0, 0, TAU);
  c.fill();
}

/** Fine gravel on the paths: specks along them, denser towards their edges. */
function specks(): { x: number; y: number; r: number }[] {
  const r = rng(6);
  return ALONG.flatMap(([x, y]) =>
    Array.from({ length: 9 }, () => {
      const side = (r() < 0.5 ? -1 : 1) * Math.sqrt(r()) * (PATH / 2 - 5);
      return { x: x + side + r() * 26 - 13, y: y + side * 0.3 + r() * 22 - 11, r: 0.8 + r() * 1.1 };
    }),
  );
}

type Lane = readonly [number, number, number, number, number, number, number, number];

/** A small path from a place that none of the great ones leads to; none where it stands at one. */
function lane(plot: Plot): Lane[] {
  const [x, y] = [plot.x, plot.y * K + 14];
  let [tx, ty, near] = [x, y, Number.POSITIVE_INFINITY];
  for (const [ax, ay] of ALONG) {
    const d = Math.hypot(ax - x, (ay - y) * 1.4);
    if (d < near) [tx, ty, near] = [ax, ay, d];
  }
  if (near < 60) return [];
  const bend = ((plot.room.id * 37) % 60) - 30;
  return [[x, y, x + bend, y + (ty - y) * 0.4 + 20, tx - bend, ty - (ty - y) * 0.3, tx, ty]];
}

function terraces(c: Ctx, p: Palette, plot: Plot): void {
  const [x, y] = [plot.x, plot.y * K - 1];
  for (const [rx, colour] of [
    [330, mix(p.lawn, p.lawnLo, 0.5)],
    [265, p.lawn],
    [200, mix(p.lawn, p.lawnHi, 0.6)],
  ] as const) {
    paper(c, p, () => ell(c, x, y, rx, rx * K, colour), 0.36, 16, 7);
    c.strokeStyle = rgba(p.lawnHi, 0.5);
    c.lineWidth = 2;
    c.beginPath();
    c.ellipse(x, y + 1, rx - 1, rx * K - 1, 0, 0, TAU);
    c.stroke();
  }
}

function paths(c: Ctx, p: Palette, lanes: readonly Lane[]): void {
  c.lineCap = "round";
  c.lineJoin = "round";
  // All edges first, as one drawing, so that crossings join.
  for (const [d, colour] of [
    [7, p.lawnLo],
    [4, p.pathLo],
    [-2, p.path],
  ] as const) {
    const drop = d === 7 ? 5 : 0;
    c.strokeStyle = colour;
    c.lineWidth = LANE + d * 2;
    for (const [x0, y0, x1, y1, x2, y2, x3, y3] of lanes) {
      c.beginPath();
      c.moveTo(x0, y0 + drop);
      c.bezierCurveTo(x1, y1 + drop, x2, y2 + drop, x3, y3 + drop);
      c.stroke();
    }
    c.lineWidth = PATH + d * 2;
    for (const path of PATHS) {
      c.beginPath();
      path.forEach((q, i) => {
        const [x1, y1, x2, y2, x3, y3] = q.map((v, k) => v + (k % 2 ? PY + drop : PX));
        if (i) c.bezierCurveTo(x1, y1, x2, y2, x3, y3);
        else c.moveTo(x1, y1);
      });
      c.stroke();
    }
  }
}

function plaza(c: Ctx, p: Palette): void {
  paper(c, p, () => ell(c, PLAZA.x, PLAZA.y + 5, 128, 128 * K, p.pathLo), 0.3, 14, 6);
  ell(c, PLAZA.x, PLAZA.y, 126, 126 * K, p.path);
  rings(c, PLAZA.x, PLAZA.y, 29, K, rgba(p.pathLo, 0.6));
}

function rings(c: Ctx, x: number, y: number, step: number, flat: number, colour: string): void {
  c.strokeStyle = colour;
  c.lineWidth = 1.5;
  for (let i = 1; i < 5; i++) {
    c.beginPath();
    c.ellipse(x, y, i * step, i * step * flat, 0, 0, TAU);
    c.stroke();
  }
}

/** The stones in front of a place. */
function forecourt(c: Ctx, p: Palette, plot: Plot): void {
  const [x, y] = [plot.x, plot.y * K];
  if (plot.room.place === "shell") {
    ell(c, x, y + 22, 150, 150 * K * 0.8, p.stoneLo);
    ell(c, x, y + 18, 148, 148 * K * 0.8, p.stone);
    rings(c, x, y + 18, 32, K * 0.8, rgba(p.stoneLo, 0.7));
    return;
  }
  const wide = plot.room.place === "bench" ? 60 : 100;
  ell(c, x, y + 12, wide + 3, (wide + 3) * 0.48, p.pathLo);
  ell(c, x, y + 9, wide, wide * 0.48, p.path);
}
