//! The ground of a room: terraces of lawn laid on each other round the stage, the path to it, the dance floor.

import { mix, rgba } from "../draw/colour";
import type { Palette } from "../draw/palette";
import { patches, sow, tufts } from "../draw/plants";
import { type Ctx, ell, K, paper, TAU } from "../draw/shapes";
import type { Box } from "./bake";
import type { PaintGround } from "./chunks";
import { STAGE } from "./layout";

/** The stage's front, in world pixels. */
export const CX = STAGE.x;
export const BY = STAGE.y * K;
/** Everything drawn of a room, in world pixels. */
export const ROOM_BOX: Box = { x: CX - 1300, y: BY - 620, w: 2600, h: 1800 };
/** Half the width of the dance floor, and where its middle is below the stage's front. */
export const FLOOR_R = 266;
export const FLOOR_DY = 19;

/** Paints a room's ground. */
export function roomGround(): PaintGround {
  const { x, y, w, h } = ROOM_BOX;
  const sown = sow(2000, x, y, w, h, 11).filter((t) => Math.hypot(t.x - CX, t.y - BY - 18) > 290);
  return (c, p, box) => {
    c.fillStyle = p.lawn;
    c.fillRect(box.x, box.y, box.w, box.h);
    patches(c, p, 70, ROOM_BOX, 3, box);
    const haze = c.createLinearGradient(0, BY - 366, 0, BY);
    haze.addColorStop(0, mix(p.lawnLo, p.haze, 0.34));
    haze.addColorStop(1, rgba(p.lawnLo, 0));
    c.fillStyle = haze;
    c.fillRect(ROOM_BOX.x, ROOM_BOX.y, ROOM_BOX.w, BY - ROOM_BOX.y);
    const y = BY + 18;
    const terraces: [number, string][] = [
      [690, p.lawnLo],
      [575, mix(p.lawn, p.lawnLo, 0.4)],
      [465, p.lawn],
      [362, mix(p.lawn, p.lawnHi, 0.6)],
    ];
    for (const [q, colour] of terraces) {
      paper(c, p, () => ell(c, CX, y, q, q * K, colour), 0.42, 22, 9);
      c.save();
      c.beginPath();
      c.ellipse(CX, y, q, q * K, 0, 0, TAU);
      c.clip();
      c.strokeStyle = rgba(p.lawnHi, 0.55);
      c.lineWidth = 3;
      c.beginPath();
      c.ellipse(CX, y + 2, q - 1, q * K - 1, 0, 0, TAU);
      c.stroke();
      c.strokeStyle = rgba(p.lawnHi, 0.1);
      c.lineWidth = 18;
      for (let k = 1; k < 14; k += 2) {
        c.beginPath();
        c.ellipse(CX, y, q - k * 16, (q - k * 16) * K, 0, 0, TAU);
        c.stroke();
      }
      c.restore();
    }
    tufts(
      c,
      p,
      sown.filter((t) => t.x > box.x - 16 && t.x < box.x + box.w + 16 && t.y > box.y - 16 && t.y < box.y + box.h + 16),
    );
    pathTo(c, p);
    danceFloor(c, p, BY + FLOOR_DY);
  };
}

function pathTo(c: Ctx, p: Palette): void {
  c.save();
  c.beginPath();
  c.rect(ROOM_BOX.x, BY + 60, ROOM_BOX.w, ROOM_BOX.h);
  c.clip();
  for (const [d, colour] of [
    [7, p.lawnLo],
    [3, p.pathLo],
    [-3, p.path],
  ] as const) {
    c.strokeStyle = colour;
    c.lineWidth = 58 + d * 2;
    c.lineCap = "round";
    c.beginPath();
    c.moveTo(CX, BY + 120 + (d === 7 ? 4 : 0));
    c.bezierCurveTo(CX + 6, BY + 260, CX - 46, BY + 360, CX + 30, BY + 620);
    c.lineTo(CX + 96, BY + 1400);
    c.stroke();
  }
  c.restore();
}

function danceFloor(c: Ctx, p: Palette, y: number): void {
  paper(c, p, () => ell(c, CX, y + 5, 268, 268 * K, p.stoneLo), 0.4, 20, 8);
  ell(c, CX, y, FLOOR_R, FLOOR_R * K, p.stone);
  c.save();
  c.beginPath();
  c.ellipse(CX, y, FLOOR_R, FLOOR_R * K, 0, 0, TAU);
  c.clip();
  c.strokeStyle = rgba(p.stoneLo, 0.55);
  c.lineWidth = 1.4;
  for (let i = 9; i > 0; i--) {
    const q = i * 30;
    c.beginPath();
    c.ellipse(CX, y, q, q * K, 0, 0, TAU);
    c.stroke();
    c.beginPath();
    for (let j = 0; j < i * 5; j++) {
      const a = ((j + (i % 2) * 0.5) / (i * 5)) * TAU;
      c.moveTo(CX + Math.cos(a) * q, y + Math.sin(a) * q * K);
      c.lineTo(CX + Math.cos(a) * (q - 30), y + Math.sin(a) * (q - 30) * K);
    }
    c.stroke();
  }
  c.restore();
}
