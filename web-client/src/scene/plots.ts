//! Where rooms stand on the lawn: the first three at fixed fine spots, the others by their id, never on top of each other.

import { rng } from "../draw/shapes";
import { LAWN_HEIGHT, LAWN_WIDTH, type RoomSummary } from "../protocol/generated";

/** A room's plot, in lawn units. */
export interface Plot {
  room: RoomSummary;
  x: number;
  y: number;
}

/** Shell, bandstand, glasshouse of the picture. */
const FINE: readonly [number, number][] = [
  [2070, 918],
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
