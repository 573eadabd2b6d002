//! Strings of bulbs between poles: the bulbs swell one after another, so that the beat walks along.

import { Container } from "pixi.js";
import { tint } from "../draw/colour";
import { LAMP } from "../draw/palette";
import { TAU } from "../draw/shapes";
import { type Box, light } from "./bake";
import type { Kit } from "./kit";
import type { Pulse } from "./music";

export interface BulbString {
  item: Container;
  lights: Container;
  box: Box;
  animate(pulse: Pulse, calm: boolean): void;
}

/** A string between two points, hanging `sag` low in its middle; `turn` (0 to 1) is where the beat enters it. */
export function bulbString(
  kit: Kit,
  from: [number, number],
  to: [number, number],
  sag: number,
  n: number,
  turn: number,
): BulbString {
  const mid = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2 + sag];
  const at = (t: number): [number, number] => {
    const u = 1 - t;
    return [0, 1].map((k) => u * u * from[k] + 2 * u * t * mid[k] + t * t * to[k]) as [number, number];
  };
  const points = Array.from({ length: n - 1 }, (_, i) => at((i + 1) / n));
  const left = Math.min(from[0], to[0]) - 8;
  const top = Math.min(from[1], to[1], ...points.map((q) => q[1])) - 8;
  const box = {
    x: left,
    y: top,
    w: Math.abs(from[0] - to[0]) + 16,
    h: Math.max(from[1], to[1], ...points.map((q) => q[1])) - top + 14,
  };
  const item = kit.sprite(`string ${from} ${to}`, box, (c) => {
    c.strokeStyle = "rgba(27,23,48,.75)";
    c.lineWidth = 1.3;
    c.beginPath();
    c.moveTo(...from);
    c.quadraticCurveTo(mid[0], mid[1], ...to);
    c.stroke();
    for (const [x, y] of points) {
      c.fillStyle = "#FFE9C4";
      c.beginPath();
      c.arc(x, y + 3, 2.7, 0, TAU);
      c.fill();
    }
  });
  const lights = new Container();
  const glows = points.map(([x, y]) => light(kit.glow, x, y + 3, 19, tint(LAMP), 0));
  lights.addChild(...glows);
  return {
    item,
    lights,
    box,
    animate(pulse, calm) {
      glows.forEach((glow, i) => {
        const level = calm ? 0.3 : Math.max(0, Math.cos((pulse.bar * 4 - i * 0.22 + turn) * TAU)) * pulse.energy;
        glow.alpha = (0.28 + 0.3 * level) * (0.2 + 0.8 * kit.palette.glow);
      });
    },
  };
}
