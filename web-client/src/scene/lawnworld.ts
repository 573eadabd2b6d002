//! The lawn: paths, plaza and fountain, pond, trees, and the rooms as places one walks up to.

import { Container, type Sprite, type Texture } from "pixi.js";
import { mix, rgba, tint } from "../draw/colour";
import { bench, lantern, radio } from "../draw/furniture";
import { HUES, LAMP, type Palette } from "../draw/palette";
import { bandstandFloor, bandstandRoof, fountain, glasshouse, jets, pond } from "../draw/places";
import { patches, tufts } from "../draw/plants";
import { type Ctx, ell, K, paper, rng } from "../draw/shapes";
import { LAWN_HEIGHT, LAWN_WIDTH } from "../protocol/generated";
import { bake, baked, light } from "./bake";
import type { Block } from "./feet";
import type { Kit } from "./kit";
import { LAWN, onPath, PATHS, PLAZA, POND, PX, PY } from "./layout";
import { beats, type Pulse } from "./music";
import type { Plot } from "./plots";
import type { World } from "./roomworld";
import { type Stage, shellStage } from "./shellstage";

const BOX = { x: -240, y: -260, w: LAWN_WIDTH + 480, h: LAWN_HEIGHT * K + 520 };
const CHUNK = { w: 1120, h: 1190 };

/** Walking speed of the lights of a place one only sees: its own tempo. */
interface Seen {
  plot: Plot;
  stage: Stage | null;
  glow: Sprite | null;
}

export function lawnWorld(
  kit: Kit,
  plots: readonly Plot[],
  nowUs: () => number,
  lower: (box: { x: number; y: number; w: number; h: number }) => boolean,
): World {
  const p = kit.palette;
  const ground = new Container();
  const items: Container[] = [];
  const lights = new Container();
  const chunks = chunked(kit, ground, plots, lower);
  const seen: Seen[] = [];
  const blocks: Block[] = [...LAWN.blocks];

  items.push(
    kit.stand(
      kit.sprite("fountain", { x: -60, y: -40, w: 124, h: 84 }, (c) => fountain(c, p, 0, 0)),
      PLAZA.x,
      PLAZA.y,
      PLAZA.y - 30,
    ),
    kit.stand(
      kit.sprite("jets", { x: -40, y: -90, w: 80, h: 96 }, (c) => jets(c, p, 0, 0, 0.5)),
      PLAZA.x,
      PLAZA.y,
      PLAZA.y + 2,
    ),
  );
  lights.addChild(light(kit.glow, PLAZA.x, PLAZA.y - 20, 70, tint(p.waterHi), 0.22));

  for (const plot of plots) seen.push(build(kit, plot, items, lights, blocks));
  growTrees(kit, plots, items);
  for (const [x, y] of LANTERNS) {
    items.push(
      kit.stand(
        kit.sprite("lantern", { x: -12, y: -62, w: 30, h: 72 }, (c) => lantern(c, p, 0, 0, 1.1)),
        x + PX,
        y + PY,
      ),
    );
    kit.lampLight(lights, x + PX, y + PY, 0.9, 0.8);
  }
  for (const [x, y] of [
    [585, 590],
    [815, 606],
    [905, 655],
  ])
    items.push(
      kit.stand(
        kit.sprite("bench", { x: -34, y: -32, w: 74, h: 50 }, (c) => bench(c, p, 0, 0, 1.1)),
        x + PX,
        y + PY,
      ),
    );
  const flies = fireflies(kit);
  lights.addChild(...flies.map((f) => f.sprite));
  const quiet: Pulse = { phase: 0, bar: 0, energy: 0, bands: [0, 0, 0, 0, 0, 0], dim: 1 };

  return {
    ground,
    items,
    lights,
    box: BOX,
    stage: null,
    lookX: PLAZA.x,
    walk: { ...LAWN, blocks },
    animate(pulse, seconds, calm) {
      chunks();
      for (const { plot, stage, glow } of seen) {
        const play = plot.room.now;
        const at = play ? beats(play, (nowUs() - play.start_us) / 1e6) : 0;
        const phase = at - Math.floor(at);
        const kick = Math.exp(-phase * 4.2) * 0.7;
        const own: Pulse = play
          ? { phase, bar: (at / 4) % 1, energy: 0.7, bands: [kick, 0.4, 0.35, 0.3, 0.3, 0.35 * kick], dim: 0 }
          : quiet;
        stage?.animate(own, seconds, calm);
        if (glow) glow.alpha = play ? (0.1 + 0.3 * p.glow) * (0.85 + (calm ? 0 : 0.15 * kick)) : 0.05;
      }
      for (const f of flies) {
        f.sprite.position.set(f.x + Math.sin(seconds * 0.6 + f.i) * 14, f.y + Math.cos(seconds * 0.5 + f.i * 2) * 10);
        f.sprite.alpha = calm ? 0.25 : Math.max(0, 0.3 + 0.3 * Math.sin(seconds * 1.7 + f.i * 1.3));
      }
      void pulse;
    },
    close() {
      for (const child of ground.children) (child as Sprite).texture?.destroy(true);
    },
  };
}

/** Draws the ground in pieces, each when it is first looked at. */
function chunked(
  kit: Kit,
  ground: Container,
  plots: readonly Plot[],
  seen: (box: { x: number; y: number; w: number; h: number }) => boolean,
): () => void {
  const waiting: { x: number; y: number; w: number; h: number }[] = [];
  for (let y = BOX.y; y < BOX.y + BOX.h; y += CHUNK.h)
    for (let x = BOX.x; x < BOX.x + BOX.w; x += CHUNK.w) waiting.push({ x, y, ...CHUNK });
  return () => {
    for (let i = waiting.length - 1; i >= 0; i--) {
      if (!seen(waiting[i])) continue;
      const [box] = waiting.splice(i, 1);
      const texture: Texture = bake(box, Math.min(kit.res, 1.6), (c) => drawGround(c, kit.palette, plots, box));
      ground.addChild(baked(texture, { x: 0, y: 0, w: box.w, h: box.h })).position.set(box.x, box.y);
    }
  };
}

function build(kit: Kit, plot: Plot, items: Container[], lights: Container, blocks: Block[]): Seen {
  const p = kit.palette;
  const hue = HUES[plot.room.hue];
  const [x, y] = [plot.x, plot.y * K];
  const halo = (dy: number, r: number) => {
    const sprite = light(kit.glow, x, y + dy, r, kit.warm(hue, 0.45), 0);
    lights.addChild(sprite);
    return sprite;
  };
  switch (plot.room.place) {
    case "shell": {
      const stage = shellStage(kit, x, y, 150, hue);
      items.push(...stage.items);
      lights.addChild(stage.lights);
      blocks.push({ x, y: plot.y - 20, rx: 160, ry: 64 });
      return { plot, stage, glow: null };
    }
    case "bandstand": {
      const box = { x: -110, y: -155, w: 240, h: 220 };
      items.push(
        kit.stand(
          kit.sprite(`small bandstand floor ${hue}`, box, (c) => bandstandFloor(c, p, 0, 0, 0.92, hue)),
          x,
          y,
          y - 60,
        ),
      );
      items.push(
        kit.stand(
          kit.sprite(`small bandstand roof ${hue}`, box, (c) => bandstandRoof(c, p, 0, 0, 0.92, hue)),
          x,
          y,
          y + 34,
        ),
      );
      blocks.push({ x, y: plot.y, rx: 84, ry: 62 });
      return { plot, stage: null, glow: halo(0, 150) };
    }
    case "glasshouse": {
      const box = { x: -90, y: -105, w: 200, h: 140 };
      items.push(
        kit.stand(
          kit.sprite(`small glasshouse ${hue}`, box, (c) => glasshouse(c, p, 0, 0, 1, hue)),
          x,
          y,
          y - 4,
        ),
      );
      blocks.push({ x, y: plot.y - 10, rx: 84, ry: 36 });
      return { plot, stage: null, glow: halo(-40, 130) };
    }
    default: {
      items.push(
        kit.stand(
          kit.sprite("place bench", { x: -36, y: -36, w: 80, h: 54 }, (c) => bench(c, p, 0, 0, 1.05)),
          x - 20,
          y,
          y - 2,
        ),
      );
      items.push(
        kit.stand(
          kit.sprite(`radio ${hue}`, { x: -24, y: -28, w: 54, h: 40 }, (c) => radio(c, p, 0, 0, 1, hue)),
          x + 24,
          y - 4,
          y - 1,
        ),
      );
      blocks.push({ x, y: plot.y - 6, rx: 46, ry: 18 });
      return { plot, stage: null, glow: halo(-10, 70) };
    }
  }
}

const LANTERNS = [
  [560, 560],
  [830, 560],
  [600, 660],
  [800, 650],
  [640, 470],
  [905, 395],
  [480, 520],
  [1080, 520],
  [760, 790],
  [620, 820],
  [300, 610],
  [1180, 610],
  [890, 690],
  [60, 640],
  [1420, 640],
  [690, 980],
  [310, 1010],
  [1640, 590],
];
const TREES = [
  [345, 250],
  [290, 330],
  [320, 530],
  [500, 262],
  [470, 180],
  [395, 130],
  [560, 145],
  [985, 150],
  [1040, 210],
  [1085, 130],
  [960, 110],
  [1330, 260],
  [1300, 360],
  [1260, 430],
  [1085, 300],
  [1010, 380],
  [1200, 480],
  [540, 480],
  [540, 800],
  [545, 712],
  [820, 700],
  [860, 820],
  [1190, 720],
  [1220, 800],
  [1150, 860],
  [780, 860],
  [560, 880],
  [300, 860],
  [300, 700],
  [1340, 560],
  [1390, 700],
  [905, 500],
  [560, 330],
  [1300, 160],
  [1200, 130],
  [250, 180],
  [200, 460],
  [140, 760],
];

function growTrees(kit: Kit, plots: readonly Plot[], items: Container[]): void {
  const r = rng(17);
  const nearest = (x: number, y: number) =>
    plots.reduce<{ d: number; plot: Plot | null }>(
      (best, plot) => {
        const d = Math.hypot(plot.x - x, plot.y * K - y);
        return d < best.d ? { d, plot } : best;
      },
      { d: Infinity, plot: null },
    );
  const put = (x: number, y: number, s: number, seed: number) => {
    const { d, plot } = nearest(x, y);
    if (d < 120) return;
    const rim = plot && d < 420 ? { dx: plot.x > x ? 1 : -1, col: mix(LAMP, HUES[plot.room.hue], 0.3) } : null;
    items.push(kit.tree(x, y, s, seed, rim));
  };
  TREES.forEach(([x, y], i) => {
    put(x + PX, y + PY, 0.95 + r() * 0.45, i * 5 + 2);
  });
  // The rest of the park is a looser wood, away from the paths.
  for (let i = 0; i < 260; i++) {
    const [x, y] = [r() * LAWN_WIDTH, 40 + r() * (LAWN_HEIGHT * K - 40)];
    const s = 0.95 + r() * 0.5;
    const inPicture = x > PX + 80 && x < PX + 1460 && y > PY + 60 && y < PY + 900;
    if (inPicture || onPath(x, y, 60)) continue;
    if (i % 4 === 3) items.push(kit.bush(x, y, 0.9 + s * 0.2, i));
    else put(x, y, s, i * 11 + 4);
  }
  for (let i = 0; i < 34; i++) {
    const [x, y] = [240 + r() * 1000 + PX, 120 + r() * 760 + PY];
    if (nearest(x, y).d < 190 || onPath(x, y, 50) || Math.hypot(x - PLAZA.x, (y - PLAZA.y) / K) < 190) continue;
    if (Math.hypot(x - POND.x, (y - POND.y) / K) < 190) continue;
    items.push(kit.bush(x, y, 0.9, i));
  }
}

function drawGround(
  c: Ctx,
  p: Palette,
  plots: readonly Plot[],
  box: { x: number; y: number; w: number; h: number },
): void {
  c.fillStyle = p.lawn;
  c.fillRect(box.x, box.y, box.w, box.h);
  const inside = (x: number, y: number) =>
    x > box.x - 20 && x < box.x + box.w + 20 && y > box.y - 20 && y < box.y + box.h + 20;
  patches(c, p, 240, BOX.x, BOX.y, BOX.w, BOX.h, 8);
  tufts(c, p, 5200, BOX.x, BOX.y, BOX.w, BOX.h, 4, inside);
  const shells = plots.filter((plot) => plot.room.place === "shell");
  const terraces = () => {
    for (const plot of shells) {
      const [x, y] = [plot.x, plot.y * K + 22];
      for (const [rx, colour] of [
        [330, mix(p.lawn, p.lawnLo, 0.5)],
        [265, p.lawn],
        [200, mix(p.lawn, p.lawnHi, 0.6)],
      ] as const) {
        paper(c, p, () => ell(c, x, y, rx, rx * K, colour), 0.36, 16, 7);
        c.strokeStyle = rgba(p.lawnHi, 0.5);
        c.lineWidth = 2;
        c.beginPath();
        c.ellipse(x, y + 1, rx - 1, rx * K - 1, 0, 0, Math.PI * 2);
        c.stroke();
      }
    }
  };
  terraces();
  for (const [d, colour] of [
    [7, p.lawnLo],
    [4, p.pathLo],
    [-2, p.path],
  ] as const) {
    c.strokeStyle = colour;
    c.lineWidth = 44 + d * 2;
    c.lineCap = "round";
    c.lineJoin = "round";
    for (const path of PATHS) {
      c.beginPath();
      path.forEach((q, i) => {
        const [a, b, e, f, g, h] = q.map((v, k) => v + (k % 2 ? PY + (d === 7 ? 5 : 0) : PX));
        if (i) c.bezierCurveTo(a, b, e, f, g, h);
        else c.moveTo(a, b);
      });
      c.stroke();
    }
  }
  for (const plot of plots) forecourt(c, p, plot);
  paper(c, p, () => ell(c, PLAZA.x, PLAZA.y + 5, 128, 128 * K, p.pathLo), 0.3, 14, 6);
  ell(c, PLAZA.x, PLAZA.y, 126, 126 * K, p.path);
  c.strokeStyle = rgba(p.pathLo, 0.6);
  c.lineWidth = 1.5;
  for (let i = 1; i < 5; i++) {
    c.beginPath();
    c.ellipse(PLAZA.x, PLAZA.y, i * 29, i * 29 * K, 0, 0, Math.PI * 2);
    c.stroke();
  }
  if (inside(POND.x, POND.y) || Math.abs(POND.x - box.x - box.w / 2) < box.w / 2 + 240)
    pond(c, p, POND.x, POND.y, POND.w, POND.h);
}

/** The stones in front of a place. */
function forecourt(c: Ctx, p: Palette, plot: Plot): void {
  const [x, y] = [plot.x, plot.y * K];
  if (plot.room.place === "shell") {
    ell(c, x, y + 45, 150, 150 * K * 0.8, p.stoneLo);
    ell(c, x, y + 41, 148, 148 * K * 0.8, p.stone);
    c.strokeStyle = rgba(p.stoneLo, 0.7);
    c.lineWidth = 1.5;
    for (let i = 1; i < 5; i++) {
      c.beginPath();
      c.ellipse(x, y + 41, i * 32, i * 32 * K * 0.8, 0, 0, Math.PI * 2);
      c.stroke();
    }
    return;
  }
  const wide = plot.room.place === "bench" ? 62 : 104;
  ell(c, x, y + 12, wide + 3, (wide + 3) * 0.5, p.pathLo);
  ell(c, x, y + 10, wide, wide * 0.5, p.path);
}

function fireflies(kit: Kit): { sprite: Sprite; x: number; y: number; i: number }[] {
  if (kit.palette.glow <= 0.3) return [];
  const r = rng(77);
  return Array.from({ length: 90 }, (_, i) => {
    const [x, y] = [PX + r() * 1500, PY + r() * 900];
    return { sprite: light(kit.glow, x, y, 8, tint("#FFF0A8"), 0.3), x, y, i };
  });
}
