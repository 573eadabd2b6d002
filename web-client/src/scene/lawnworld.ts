//! The lawn: its ground and woods, the fountain, and the rooms as places one walks up to, each lit by its own music.

import { Container } from "pixi.js";
import { tint } from "../draw/colour";
import { HUES } from "../draw/palette";
import { fountain, jets } from "../draw/places";
import { K } from "../draw/shapes";
import type { Place } from "../protocol/generated";
import { Chunks } from "./chunks";
import type { Block } from "./feet";
import type { Kit } from "./kit";
import { Lamps, MOST } from "./lamps";
import { LAWN_BOX, lawnGround } from "./lawnground";
import { LAWN, PLAZA, PX, PY } from "./layout";
import type { Loudness } from "./loudness";
import { Sights, steady } from "./music";
import type { Plot } from "./plots";
import { type Stage, stageOf } from "./stage";
import { grow } from "./woods";
import type { LooksAt, World } from "./world";

/** What one walks around of a place, as an ellipse about its middle, in units: nobody gets lost behind a roof. */
const BODY: Record<Place, Block> = {
  shell: { x: 0, y: -70, rx: 168, ry: 130 },
  bandstand: { x: 0, y: -38, rx: 92, ry: 104 },
  glasshouse: { x: 0, y: -58, rx: 92, ry: 84 },
  bench: { x: 0, y: -6, rx: 46, ry: 18 },
};

export function lawnWorld(
  kit: Kit,
  plots: readonly Plot[],
  loudness: Loudness,
  nowUs: () => number,
  looksAt: LooksAt,
): World {
  const items: Container[] = [];
  const lights = new Container();
  const lamps = new Lamps(kit.glow, kit.palette);
  const chunks = new Chunks(kit, "lawn", LAWN_BOX, lawnGround(plots), looksAt);
  const places = plots.map((plot) => {
    const stage = stageOf(kit, plot.room.place, plot.x, plot.y * K, "lawn", HUES[plot.room.hue]);
    items.push(...stage.items);
    lights.addChild(stage.lights);
    return { plot, stage, box: { x: plot.x - 200, y: plot.y * K - 180, w: 400, h: 320 } };
  });
  const water = fountainOf(kit, items, lamps);
  const strings = grow(kit, plots, items, lamps);
  for (const string of strings) lights.addChild(string.lights);
  lamps.fireflies(70, 77, { x: PX - 160, y: PY, w: 1720, h: 940 }, () => true);
  lamps.relight(kit.palette);
  lights.addChild(lamps.view);
  const sights = new Sights(loudness);
  let last = 0;

  return {
    ground: chunks.view,
    items,
    lights,
    box: LAWN_BOX,
    stage: null,
    lookX: PLAZA.x,
    walk: {
      ...LAWN,
      blocks: [
        ...LAWN.blocks,
        ...plots.map((plot) => {
          const { x, y, rx, ry } = BODY[plot.room.place];
          return { x: plot.x + x, y: plot.y + y, rx, ry };
        }),
      ],
    },
    animate(pulse, seconds, calm) {
      chunks.tend();
      const dt = Math.min(0.4, Math.max(0, seconds - last));
      last = seconds;
      const near = places.filter(({ stage, box }) => {
        stage.lights.visible = looksAt(box);
        return stage.lights.visible;
      });
      const seen = sights.follow(
        near.map(({ plot }) => ({ key: plot.room.id, play: plot.room.now })),
        nowUs(),
        dt,
      );
      for (const { plot, stage } of near) {
        const own = seen.get(plot.room.id);
        if (own) stage.animate(calm ? steady(own) : own, seconds, calm);
      }
      let bulbs = 0;
      for (const string of strings) {
        string.lights.visible = looksAt(string.box);
        if (!string.lights.visible) continue;
        bulbs += string.lights.children.length;
        string.animate(pulse, calm);
      }
      water(pulse.bands[1], calm);
      lamps.animate(seconds, calm);
      lamps.cull(looksAt, MOST - bulbs - lit(near));
    },
    relight() {
      lamps.relight(kit.palette);
    },
    ahead: () => chunks.ahead(),
    close() {
      chunks.close();
    },
  };
}

const lit = (places: readonly { stage: Stage }[]): number =>
  places.reduce((sum, { stage }) => sum + stage.lights.children.length, 0);

/** The fountain; its water springs as high as the music is loud. */
function fountainOf(kit: Kit, items: Container[], lamps: Lamps): (level: number, calm: boolean) => void {
  const basin = kit.sprite("fountain", { x: -60, y: -40, w: 124, h: 84 }, (c, p) => fountain(c, p, 0, 0));
  const spring = kit.sprite("jets", { x: -40, y: -90, w: 80, h: 96 }, (c, p) => jets(c, p, 0, 0, 0.5));
  items.push(kit.stand(basin, PLAZA.x, PLAZA.y, PLAZA.y - 30), kit.stand(spring, PLAZA.x, PLAZA.y, PLAZA.y + 2));
  lamps.add(PLAZA.x, PLAZA.y - 20, 70, tint("#9FC4E8"), (g) => 0.12 + 0.2 * g);
  const rest = spring.scale.y;
  return (level, calm) => {
    spring.scale.y = rest * (calm ? 1 : 0.94 + 0.16 * level);
  };
}
