//! Where rooms stand on the lawn: the first three at fixed fine spots, the others by their id, never on top of each other.

import { K, rng } from "../draw/shapes";
import { LAWN_HEIGHT, LAWN_WIDTH, type RoomSummary } from "../protocol/generated";

/** A room's plot, in lawn units. */
export interface Plot {
  room: RoomSummary;
  x: number;
  y: number;
}

/** Shell, bandstand, glasshouse of the picture. */
const FINE: readonly [number, number][] = [
  [2070, 955],
  [1720, 1214],
  [2480, 1024],
];
/** The plaza, where people arrive, the pond, the great lawn: nobody builds there. */
const KEEP_FREE: readonly [number, number, number][] = [
  [2000, 1500, 330],
  [2310, 1716, 330],
  [2070, 1000, 420],
];
const APART = 400;

function free(x: number, y: number, taken: readonly { x: number; y: number }[]): boolean {
  if (KEEP_FREE.some(([fx, fy, r]) => Math.hypot(fx - x, fy - y) < r)) return false;
  return taken.every((t) => Math.hypot(t.x - x, t.y - y) >= APART);
}

/** The plots of all rooms; the same on every screen that knows the same rooms. */
export function plots(rooms: readonly RoomSummary[]): Plot[] {
  const inOrder = [...rooms].sort((a, b) => a.id - b.id);
  const placed: Plot[] = inOrder.slice(0, FINE.length).map((room, i) => ({ room, x: FINE[i][0], y: FINE[i][1] }));
  for (const room of inOrder.slice(FINE.length)) {
    const r = rng(room.id * 2654435761);
    let [x, y] = [0, 0];
    // Near the plaza first, wider and wider: a small park stays together.
    for (let tries = 0; tries < 200; tries++) {
      const reach = 480 + tries * 12;
      const turn = r() * Math.PI * 2;
      x = Math.round(Math.min(LAWN_WIDTH - 160, Math.max(160, 2000 + Math.cos(turn) * reach * (0.7 + r() * 0.5))));
      y = Math.round(Math.min(LAWN_HEIGHT - 160, Math.max(260, 1450 + Math.sin(turn) * reach * (0.7 + r() * 0.5))));
      if (free(x, y, placed)) break;
    }
    placed.push({ room, x, y });
  }
  return placed;
}

/** Where one stands to step in: just in front of the place. */
export const doorOf = (plot: Plot): { x: number; y: number } => ({
  x: plot.x,
  y: plot.y + (plot.room.place === "shell" ? 130 : plot.room.place === "bandstand" ? 110 : 60),
});

/** How near the door one has to be, in units. */
export const DOOR_REACH = 130;

/** The plot at whose door one stands at (x, y), the nearest first; none when no door is near. */
export function plotAtDoor(placed: readonly Plot[], x: number, y: number): Plot | null {
  let best: Plot | null = null;
  let near = DOOR_REACH;
  for (const plot of placed) {
    const door = doorOf(plot);
    const d = Math.hypot(door.x - x, door.y - y);
    if (d < near) [near, best] = [d, plot];
  }
  return best;
}

/** Half the width, and the height, of what one can press of a place, in world pixels. */
const BODY = { shell: [160, 150], bandstand: [96, 140], glasshouse: [84, 100], bench: [60, 36] } as const;

/** The plot whose place was pressed at the point (x, y) of the lawn. */
export function plotUnder(placed: readonly Plot[], x: number, y: number): Plot | null {
  for (const plot of placed) {
    const [w, high] = BODY[plot.room.place];
    const [dx, dy] = [x - plot.x, (y - plot.y) * K];
    if (Math.abs(dx) < w && dy > -high && dy < 30) return plot;
  }
  return null;
}
