//! The six reactions as paths of 24 by 24, used in the bar and in the air: emoji fonts differ or lack.

import type { Reaction } from "../protocol/generated";
import type { Ctx } from "./shapes";

export const REACTIONS: Record<Reaction, { colour: string; path: string }> = {
  love: {
    colour: "#FF8068",
    path: "M12 20.5C5 15.6 2.5 12 2.5 8.6 2.5 5.7 4.7 3.8 7.2 3.8c2 0 3.7 1.1 4.8 3 1.1-1.9 2.8-3 4.8-3 2.5 0 4.7 1.9 4.7 4.8 0 3.4-2.5 7-9.5 11.9z",
  },
  fire: {
    colour: "#FFB84D",
    path: "M12.6 2c.6 3.6-1.2 5-2.9 7C8 11 6.4 12.6 6.4 15.6 6.4 19.2 9 21.8 12.2 21.8c3.3 0 5.8-2.5 5.8-6 0-2.7-1.3-4.4-2.3-6.1-.3 1.3-.9 2.1-1.9 2.7.5-3.7.2-7.2-1.2-10.4z",
  },
  wow: {
    colour: "#FFE08A",
    path: "M12 1.8l2.7 7 7.3.3-5.7 4.6 2 7.1L12 16.7l-6.3 4.1 2-7.1L2 9.1l7.3-.3z",
  },
  sing: {
    colour: "#6CC1FA",
    path: "M9 4.2v11.2a3.6 3.1 0 1 0 2.2 2.9V8.4l7-1.8v6.9a3.6 3.1 0 1 0 2.2 2.9V2z",
  },
  tears: {
    colour: "#8CCBFF",
    path: "M12 2.2c3.6 5 6.2 8.2 6.2 12a6.2 6.2 0 0 1-12.4 0c0-3.8 2.6-7 6.2-12z",
  },
  encore: {
    colour: "#EC8ADB",
    path: "M2 20C2 5.5 22 5.5 22 20h-4.2C17.8 10.5 6.2 10.5 6.2 20zM8.4 20c0-6.4 7.2-6.4 7.2 0z",
  },
};

/** In the order of the keys 1 to 6. */
export const REACTION_KINDS = Object.keys(REACTIONS) as Reaction[];

/** Draws one, centred on (x, y), 24 s wide, with a shadow so that it reads on any ground. */
export function drawReaction(c: Ctx, kind: Reaction, x: number, y: number, s: number): void {
  c.save();
  c.translate(x - 12 * s, y - 12 * s);
  c.scale(s, s);
  c.shadowColor = "rgba(20,10,40,.35)";
  c.shadowBlur = 6 * s;
  c.fillStyle = REACTIONS[kind].colour;
  c.fill(new Path2D(REACTIONS[kind].path));
  c.restore();
}
