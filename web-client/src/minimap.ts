//! The little map: which part of the lawn it shows, and how it is drawn. Points are in units of the floor, pixels are CSS px.

import { HUES, LAMP, type Palette } from "./draw/palette";
import { type Ctx, ell, K, TAU } from "./draw/shapes";
import type { Part } from "./park.svelte";
import { LAWN_HEIGHT, LAWN_WIDTH } from "./protocol/generated";
import { PATHS, PLAZA, POND, PX, PY } from "./scene/layout";
import type { Plot } from "./scene/plots";

export interface Point {
  x: number;
  y: number;
}

/** Beside the outermost place, in world pixels; and the least that is shown. */
const MARGIN = 220;
const LEAST = 1500;

/** The part of the lawn with the plaza, all places and oneself, in the shape of a map of `w` by `h`; in world pixels. */
export function shownPart(plots: readonly Point[], own: Point | null, w: number, h: number): Part {
  const points = [PLAZA, ...[...plots, ...(own ? [own] : [])].map(({ x, y }) => ({ x, y: y * K }))];
  const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
  const [left, right] = [Math.min(...xs) - MARGIN, Math.max(...xs) + MARGIN];
  const [top, bottom] = [Math.min(...ys) - MARGIN, Math.max(...ys) + MARGIN];
  const wide = Math.min(Math.max(right - left, ((bottom - top) * w) / h, LEAST), LAWN_WIDTH, (LAWN_HEIGHT * K * w) / h);
  const high = (wide * h) / w;
  const inside = (middle: number, size: number, all: number) => Math.max(0, Math.min(all - size, middle - size / 2));
  return {
    x: inside((left + right) / 2, wide, LAWN_WIDTH),
    y: inside((top + bottom) / 2, high, LAWN_HEIGHT * K),
    w: wide,
    h: high,
  };
}

/** The point of the floor under a point of the map. */
export function floorAt(part: Part, w: number, x: number, y: number): Point {
  const scale = part.w / w;
  return { x: Math.round(part.x + x * scale), y: Math.round((part.y + y * scale) / K) };
}

export interface MapPicture {
  part: Part;
  plots: readonly Plot[];
  people: Iterable<Point>;
  own: Point | null;
  /** What the scene shows, in units. */
  view: Part | null;
}

/** Draws the whole map, `w` by `h` px. */
export function drawMap(
  c: Ctx,
  p: Palette,
  w: number,
  h: number,
  { part, plots, people, own, view }: MapPicture,
): void {
  const scale = w / part.w;
  const at = (x: number, y: number): [number, number] => [(x - part.x) * scale, (y * K - part.y) * scale];
  const dot = ([x, y]: [number, number], r: number, colour: string) => {
    c.fillStyle = colour;
    c.beginPath();
    c.arc(x, y, r, 0, TAU);
    c.fill();
  };
  c.fillStyle = p.lawn;
  c.fillRect(0, 0, w, h);
  c.save();
  c.scale(scale, scale);
  c.translate(-part.x, -part.y);
  ell(c, POND.x + 20, POND.y, POND.w, POND.h, p.water);
  c.strokeStyle = p.path;
  c.lineWidth = 54;
  c.lineCap = "round";
  for (const [[x0, y0], ...curves] of PATHS) {
    c.beginPath();
    c.moveTo(x0 + PX, y0 + PY);
    for (const [x1, y1, x2, y2, x3, y3] of curves)
      c.bezierCurveTo(x1 + PX, y1 + PY, x2 + PX, y2 + PY, x3 + PX, y3 + PY);
    c.stroke();
  }
  ell(c, PLAZA.x, PLAZA.y, 110, 110 * K, p.path);
  c.restore();
  for (const { x, y } of people) dot(at(x, y), 1.2, p.people);
  for (const { room, x, y } of plots) {
    dot(at(x, y), room.place === "shell" ? 7 : 5.5, "rgb(0 0 0 / 25%)");
    dot(at(x, y), room.place === "shell" ? 6 : 4.5, HUES[room.hue]);
  }
  if (view) {
    const [x, y] = at(view.x, view.y);
    c.strokeStyle = "#FFFFFF";
    c.lineWidth = 1.5;
    c.strokeRect(x, y, view.w * scale, view.h * K * scale);
  }
  if (own) {
    dot(at(own.x, own.y), 5, "rgb(0 0 0 / 35%)");
    dot(at(own.x, own.y), 4, LAMP);
  }
}
