//! Where one can choose to stand, by name: before a stage, at a door, by somebody. Pure; units of the floor.

import { K } from "../draw/shapes";
import type { RoomSummary } from "../protocol/generated";
import { PLAZA, STAGE } from "../scene/layout";
import { doorOf, plotAtDoor, plots } from "../scene/plots";

export interface Point {
  x: number;
  y: number;
}

/** The parts of a room's floor, from the stage to the gate. */
export type Row = "front" | "middle" | "back" | "gate";

/** How far each is from the stage's edge. */
const ROWS: Readonly<Record<Row, number>> = { front: 150, middle: 320, back: 520, gate: 760 };
export const ROW_NAMES = Object.keys(ROWS) as Row[];
/** People who choose the same row stand so far apart from its middle, at the most. */
const ASIDE = 190;
/** Beside somebody, not on them. */
const BESIDE = 38;
const PLAZA_FAR = 240;

/** A spot in a row; whose account it is decides how far aside, so that not everybody stands on one point. */
export function inRow(row: Row, account: number): Point {
  const aside = (((account * 2654435761) % 1000) / 500 - 1) * ASIDE;
  return { x: Math.round(STAGE.x + aside), y: STAGE.y + ROWS[row] };
}

/** The row one stands in. */
export function rowOf(at: Point): Row {
  const from = (row: Row) => Math.abs(at.y - STAGE.y - ROWS[row]);
  return ROW_NAMES.reduce((best, row) => (from(row) < from(best) ? row : best));
}

/** Next to somebody, on the side one comes from. */
export function beside(them: Point, from: Point): Point {
  return { x: them.x + (from.x < them.x ? -BESIDE : BESIDE), y: them.y + 4 };
}

/** Before the door of a room; null when there is no such place. */
export function atDoor(rooms: readonly RoomSummary[], room: number): Point | null {
  const plot = plots(rooms).find((p) => p.room.id === room);
  return plot ? doorOf(plot) : null;
}

/** Where on the lawn one is: at somebody's door, by the fountain, or just out there. */
export function placeOf(rooms: readonly RoomSummary[], at: Point): RoomSummary | "fountain" | "lawn" {
  const plot = plotAtDoor(plots(rooms), at.x, at.y);
  if (plot) return plot.room;
  return Math.hypot(at.x - FOUNTAIN.x, at.y - FOUNTAIN.y) < PLAZA_FAR ? "fountain" : "lawn";
}

/** Where people come in on the lawn, and the middle of the plaza; the layout has it in world pixels. */
export const FOUNTAIN: Point = { x: PLAZA.x, y: Math.round(PLAZA.y / K) };
