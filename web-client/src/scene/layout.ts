//! How the lawn is laid out: paths, plaza, water. Plain data, so that the little map and list mode know it without the scene.

import { K } from "../draw/shapes";
import { FLOOR_HEIGHT, FLOOR_WIDTH, LAWN_HEIGHT, LAWN_WIDTH } from "../protocol/generated";
import type { Block, Ground } from "./feet";

/** The picture's coordinates (its plaza is at 700, 601) moved to the middle of the lawn, where people come in. */
export const PX = 1300;
export const PY = 329;
export const PLAZA = { x: 2000, y: 930 };
export const POND = { x: 2310, y: 1064, w: 150, h: 74 };

/** The fountain and the pond, which one walks around. */
export const WATER: readonly Block[] = [
  { x: PLAZA.x, y: PLAZA.y / K, rx: 56, ry: 56 },
  { x: POND.x + 20, y: POND.y / K, rx: 176, ry: 130 },
];

/** Where one may walk on the lawn, before any place is built there. */
export const LAWN: Ground = { left: 40, right: LAWN_WIDTH - 40, top: 60, bottom: LAWN_HEIGHT - 40, blocks: WATER };

/** The front edge of a room's stage; people are before it. */
export const STAGE = { x: 800, y: 340 };

/** Where one may walk in a room. */
export const FLOOR: Ground = {
  left: 60,
  right: FLOOR_WIDTH - 60,
  top: 300,
  bottom: FLOOR_HEIGHT - 90,
  blocks: [{ x: STAGE.x, y: STAGE.y - 30, rx: 292, ry: 112 }],
};

/** The paths of the park: cubic curves in the picture's coordinates, running on to its edges. */
export const PATHS: readonly number[][][] = [
  [
    [770, 350],
    [790, 460, 660, 560, 690, 760],
    [700, 900, 700, 1100, 690, 1700],
  ],
  [
    [-1500, 760],
    [-900, 700, -500, 720, -140, 640],
    [180, 560, 420, 640, 690, 610],
    [900, 590, 1080, 520, 1500, 640],
    [1900, 740, 2300, 620, 2900, 700],
  ],
  [
    [470, 600],
    [450, 520, 430, 470, 420, 440],
  ],
  [
    [1000, 560],
    [1060, 480, 1130, 380, 1180, 320],
  ],
  [
    [690, 760],
    [560, 800, 460, 860, 380, 960],
    [300, 1060, 200, 1200, 160, 1700],
  ],
];

/** Points along the paths, in world pixels: trees keep off them, the little map draws them. */
export const ALONG: [number, number][] = PATHS.flatMap((path) => {
  const points: [number, number][] = [];
  let [x0, y0] = path[0];
  for (const [x1, y1, x2, y2, x3, y3] of path.slice(1)) {
    for (let t = 0; t <= 1; t += 0.04) {
      const u = 1 - t;
      const on = (a: number, b: number, c: number, d: number) =>
        u ** 3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t ** 3 * d;
      points.push([on(x0, x1, x2, x3) + PX, on(y0, y1, y2, y3) + PY]);
    }
    [x0, y0] = [x3, y3];
  }
  return points;
});

export const onPath = (x: number, y: number, near: number): boolean =>
  ALONG.some(([ax, ay]) => Math.hypot(ax - x, ay - y) < near);
