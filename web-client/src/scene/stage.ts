//! Where music comes from in a world: shell, bandstand, glasshouse or bench, each lit as far as it plays.

import { Container, type Sprite } from "pixi.js";
import { mix, tint } from "../draw/colour";
import { bench, radio } from "../draw/furniture";
import { LAMP } from "../draw/palette";
import { bandstandBulbs, bandstandFloor, bandstandRoof, glasshouse, glasshouseGlow } from "../draw/places";
import { K, TAU } from "../draw/shapes";
import type { Place } from "../protocol/generated";
import { light } from "./bake";
import { COVER, type Kit } from "./kit";
import type { Pulse } from "./music";
import { shellStage } from "./shellstage";

/** A stage in a world: what stands there by depth, and the light added over it. */
export interface Stage {
  items: Container[];
  lights: Container;
  /** Where the feet of whoever plays are, in world pixels, how large they are, and at which depth they are drawn. */
  spot: { x: number; y: number; scale: number; depth: number };
  animate(pulse: Pulse, seconds: number, calm: boolean): void;
}

/** Seen from the lawn, or from its own floor. */
export type Nearness = "lawn" | "room";

/** The stage of a room of this size whose middle is at (x, y) in world pixels. */
export function stageOf(kit: Kit, place: Place, x: number, y: number, near: Nearness, hue: string): Stage {
  switch (place) {
    case "shell":
      return shellStage(kit, x, y, near === "room" ? 258 : 150, hue, near === "room");
    case "bandstand":
      return near === "room" ? bandstandStage(kit, x, y - 40, 1.8, hue) : bandstandStage(kit, x, y, 0.92, hue);
    case "glasshouse":
      return near === "room" ? glasshouseStage(kit, x, y - 10, 2.6, hue) : glasshouseStage(kit, x, y, 1, hue);
    case "bench":
      return benchStage(kit, x, y, near === "room" ? 2.4 : 1.05, hue);
  }
}

/** What nobody plays in is a shade duller than what is lit. */
function dull(sprites: readonly Sprite[]): (on: number) => void {
  let shown = -1;
  return (on) => {
    const step = Math.round(on * 32);
    if (step === shown) return;
    shown = step;
    const colour = tint(mix("#AFA9C6", "#FFFFFF", step / 32));
    for (const sprite of sprites) sprite.tint = colour;
  };
}

/** How strong bulb light `turn` (0 or 1: every other one) is: the beat is passed from one half to the other. */
const passed = (pulse: Pulse, turn: 0 | 1, calm: boolean): number =>
  calm ? 0.4 : Math.max(0, Math.cos((pulse.bar * 2 + turn * 0.5) * TAU)) * pulse.energy;

function bandstandStage(kit: Kit, x: number, y: number, s: number, hue: string): Stage {
  const box = { x: -120 * s, y: -160 * s, w: 250 * s, h: 225 * s };
  const floor = kit.stand(
    kit.sprite(`bandstand floor ${s} ${hue}`, box, (c, p) => bandstandFloor(c, p, 0, 0, s, hue)),
    x,
    y,
    y - 62 * s,
  );
  const roof = kit.stand(
    kit.sprite(`bandstand roof ${s} ${hue}`, box, (c, p) => bandstandRoof(c, p, 0, 0, s, hue)),
    x,
    y,
    y + 37 * s,
  );
  const lights = new Container();
  const pool = light(kit.glow, x, y + 4 * s, 128 * s, tint(LAMP), 0, 0.62);
  const halo = light(kit.glow, x, y - 40 * s, 170 * s, kit.warm(hue, 0.45), 0);
  const bulbs = ([0, 1] as const).map((from) => {
    const sprite = kit.sprite(`bandstand bulbs ${s} ${from}`, box, (c) => bandstandBulbs(c, 0, 0, s, from));
    sprite.position.set(x, y);
    sprite.blendMode = "add";
    return sprite;
  });
  lights.addChild(pool, halo, ...bulbs);
  const shade = dull([floor, roof]);
  return {
    items: [floor, roof],
    lights,
    // Between the front pillars, in front of the scalloped eaves: under the roof, with the whole head to be seen.
    spot: { x, y: y + 31 * s, scale: 0.7 * s, depth: y + 38 * s },
    animate(pulse, _seconds, calm) {
      const on = 1 - pulse.dim;
      const g = kit.palette.glow;
      const low = calm ? 0.4 : pulse.bands[0];
      shade(on);
      pool.alpha = (0.1 + 0.34 * g + 0.08 * low) * on;
      halo.alpha = (0.03 + 0.1 * g + 0.06 * low) * on;
      bulbs.forEach((sprite, i) => {
        sprite.alpha = (0.2 + 0.55 * passed(pulse, i as 0 | 1, calm)) * (0.3 + 0.7 * g) * on;
      });
    },
  };
}

function glasshouseStage(kit: Kit, x: number, y: number, s: number, hue: string): Stage {
  const box = { x: -95 * s, y: -105 * s, w: 215 * s, h: 142 * s };
  const house = kit.stand(
    kit.sprite(`glasshouse ${s} ${hue}`, box, (c, p) => glasshouse(c, p, 0, 0, s, hue)),
    x,
    y,
    y - 4,
  );
  house.label = COVER;
  const lights = new Container();
  const panes = kit.sprite(`glasshouse glow ${s} ${hue}`, box, (c) => glasshouseGlow(c, 0, 0, s, hue));
  panes.position.set(x, y);
  panes.blendMode = "add";
  const halo = light(kit.glow, x, y - 40 * s, 140 * s, kit.warm(hue, 0.4), 0, 0.8);
  const pool = light(kit.glow, x, y + 6 * s, 110 * s, kit.warm(hue, 0.4), 0, K * 0.8);
  lights.addChild(panes, halo, pool);
  const shade = dull([house]);
  return {
    items: [house],
    lights,
    // Before the door, on the plaza.
    spot: { x, y: y + 12 * s, scale: 0.5 * s, depth: y + 12 * s },
    animate(pulse, _seconds, calm) {
      const on = 1 - pulse.dim;
      const g = kit.palette.glow;
      const swell = calm ? 0.4 : 0.5 * (pulse.bands[0] + pulse.bands[2]);
      shade(on);
      panes.alpha = (0.1 + 0.28 * g + 0.2 * swell) * on;
      halo.alpha = (0.05 + 0.3 * g + 0.08 * swell) * on;
      pool.alpha = (0.04 + 0.22 * g) * on;
    },
  };
}

function benchStage(kit: Kit, x: number, y: number, s: number, hue: string): Stage {
  const seat = kit.stand(
    kit.sprite(`place bench ${s}`, { x: -34 * s, y: -32 * s, w: 72 * s, h: 50 * s }, (c, p) => bench(c, p, 0, 0, s)),
    x - 19 * s,
    y,
    y - 2 * s,
  );
  const set = kit.stand(
    kit.sprite(`radio ${s} ${hue}`, { x: -22 * s, y: -26 * s, w: 48 * s, h: 38 * s }, (c, p) =>
      radio(c, p, 0, 0, s, hue),
    ),
    x + 24 * s,
    y - 3 * s,
    y - s,
  );
  const lights = new Container();
  const halo = light(kit.glow, x + 24 * s, y - 14 * s, 56 * s, kit.warm(hue, 0.2), 0);
  const pool = light(kit.glow, x, y + 6 * s, 90 * s, kit.warm(hue, 0.4), 0, K);
  lights.addChild(pool, halo);
  const shade = dull([seat, set]);
  return {
    items: [seat, set],
    lights,
    // On the seat, their feet off the ground.
    spot: { x: x - 19 * s, y: y - 3 * s, scale: 0.52 * s, depth: y - 1.5 * s },
    animate(pulse, _seconds, calm) {
      const on = 1 - pulse.dim;
      const g = kit.palette.glow;
      const low = calm ? 0.4 : pulse.bands[0];
      shade(on);
      halo.alpha = (0.1 + 0.3 * g + 0.3 * low) * on;
      pool.alpha = (0.02 + 0.16 * g + 0.06 * low) * on;
    },
  };
}
