//! A room's floor: terraces of lawn round a stage, trees behind it, lanterns, the dance floor with the beat running over it.

import { Container, type Sprite, type Texture } from "pixi.js";
import { mix, rgba, tint } from "../draw/colour";
import { bench, lantern, radio } from "../draw/furniture";
import { LAMP, type Palette } from "../draw/palette";
import { bandstandFloor, bandstandRoof, glasshouse } from "../draw/places";
import { patches, tufts } from "../draw/plants";
import { type Ctx, ell, K, paper, rng, TAU } from "../draw/shapes";
import type { Place } from "../protocol/generated";
import { bake, baked, light, ringTexture } from "./bake";
import type { Ground } from "./feet";
import type { Kit } from "./kit";
import { FLOOR, STAGE } from "./layout";
import type { Pulse } from "./music";
import { bulbString, type Stage, shellStage } from "./shellstage";

const CX = STAGE.x;
const BY = STAGE.y * K;
/** Everything drawn, in world pixels. */
const BOX = { x: CX - 1300, y: BY - 620, w: 2600, h: 1800 };
const FLOOR_R = 266;

/** A world the camera can look at. */
export interface World {
  ground: Container;
  items: Container[];
  lights: Container;
  box: { x: number; y: number; w: number; h: number };
  walk: Ground;
  /** Where whoever plays stands; none on the lawn. */
  stage: Stage | null;
  /** The x people at rest look towards, in units. */
  lookX: number;
  animate(pulse: Pulse, seconds: number, calm: boolean): void;
  close(): void;
}

export function roomWorld(kit: Kit, place: Place, hue: string): World {
  const p = kit.palette;
  const res = Math.min(kit.res, 1.25);
  const groundTexture = bake(BOX, res, (c) => drawGround(c, p));
  const ground = new Container();
  const lawn = baked(groundTexture, BOX);
  const ring = ringTexture(FLOOR_R - 8, K, 9);
  const rings = [0, 1].map(() => {
    const sprite = baked(ring.texture, ring.box);
    sprite.position.set(CX, BY + 19);
    sprite.tint = tint(hue);
    return sprite;
  });
  ground.addChild(lawn, ...rings);
  const ringScale = { x: rings[0].scale.x, y: rings[0].scale.y };

  const items: Container[] = [];
  const lights = new Container();
  const rim = (x: number) => ({ dx: x < CX ? 1 : -1, col: mix(hue, LAMP, 0.4) });
  const r = rng(42);
  for (const [dx, dy] of BEHIND) {
    const tree = kit.tree(CX + dx, BY + dy, 1.05 + r() * 0.5, (Math.abs(dx) * 3 + dy) | 0, rim(CX + dx));
    tree.zIndex = BY + dy - 60;
    items.push(tree);
  }
  for (const [dx, dy] of LANTERNS) {
    const [x, y] = [CX + dx, BY + dy];
    items.push(
      kit.stand(
        kit.sprite("lantern", { x: -12, y: -62, w: 30, h: 72 }, (c) => lantern(c, p, 0, 0, 1.1)),
        x,
        y,
      ),
    );
    kit.lampLight(lights, x, y, 1.1, 0.9);
  }
  for (const [dx, dy] of [
    [-470, 90],
    [470, 96],
    [-230, 330],
    [246, 326],
  ])
    items.push(
      kit.stand(
        kit.sprite("bench", { x: -34, y: -32, w: 74, h: 50 }, (c) => bench(c, p, 0, 0, 1.1)),
        CX + dx,
        BY + dy,
      ),
    );
  for (let i = 0; i < 30; i++) {
    const a = r() * TAU;
    const q = 590 + r() * 240;
    const [x, y] = [CX + Math.cos(a) * q, BY + 18 + Math.sin(a) * q * K];
    if (y > BY - 60 && Math.abs(x - CX) > 80) items.push(kit.bush(x, y, 1.1, i));
  }
  for (let i = 0; i < 16; i++) {
    const side = i % 2 ? 1 : -1;
    const [x, y] = [CX + side * (690 + r() * 420), BY + 40 + r() * 520];
    items.push(kit.tree(x, y, 1 + r() * 0.5, i * 5 + 1, rim(x)));
  }

  const stage = buildStage(kit, place, hue);
  items.push(...stage.items);
  lights.addChild(stage.lights);
  const strings = place === "shell" ? strung(kit) : [];
  for (const s of strings) {
    s.item.zIndex = BY + 40;
    items.push(s.item);
    lights.addChild(s.lights);
  }
  const flies = fireflies(kit);
  lights.addChild(...flies.map((f) => f.sprite));

  return {
    ground,
    items,
    lights,
    box: BOX,
    stage,
    lookX: STAGE.x,
    walk: FLOOR,
    animate(pulse, seconds, calm) {
      stage.animate(pulse, seconds, calm);
      for (const s of strings) s.animate(pulse, calm);
      rings.forEach((sprite, d) => {
        const u = (pulse.phase + d) / 2;
        const q = (70 + u * 196) / FLOOR_R;
        sprite.scale.set(ringScale.x * q, ringScale.y * q);
        sprite.alpha = calm ? 0 : 0.45 * (1 - u) * (1 - pulse.dim);
      });
      for (const f of flies) {
        f.sprite.position.set(f.x + Math.sin(seconds * 0.6 + f.i) * 14, f.y + Math.cos(seconds * 0.5 + f.i * 2) * 10);
        f.sprite.alpha = calm ? 0.3 : Math.max(0.06, 0.35 + 0.4 * Math.sin(seconds * 1.7 + f.i * 1.3));
      }
    },
    close() {
      groundTexture.destroy(true);
      ring.texture.destroy(true);
    },
  };
}

const BEHIND = [
  [-640, -30],
  [-560, -70],
  [-500, -20],
  [-470, -112],
  [-415, -66],
  [-370, -128],
  [-330, -84],
  [330, -86],
  [372, -130],
  [418, -64],
  [474, -110],
  [505, -22],
  [566, -70],
  [644, -28],
  [-600, -140],
  [600, -142],
  [-280, -150],
  [280, -150],
  [-760, -60],
  [770, -66],
  [-720, -190],
  [730, -196],
  [-860, -130],
  [880, -120],
];
const LANTERNS = [
  [-462, 64],
  [462, 64],
  [-392, 178],
  [392, 178],
  [-232, 276],
  [232, 276],
  [-560, 190],
  [560, 190],
];

function buildStage(kit: Kit, place: Place, hue: string): Stage {
  if (place === "shell") return shellStage(kit, CX, BY, 258, hue);
  const p = kit.palette;
  const lights = new Container();
  const wash = light(kit.glow, CX, BY - 60, 300, kit.warm(hue, 0.5), 0);
  const pool = light(kit.glow, CX, BY + 40, 330, kit.warm(hue, 0.35), 0, K);
  lights.addChild(wash, pool);
  const items: Container[] = [];
  let spot = { x: CX, y: BY - 8, scale: 1.4 };
  if (place === "bandstand") {
    const s = 1.8;
    const box = { x: -130 * s, y: -160 * s, w: 260 * s, h: 230 * s };
    items.push(
      kit.stand(
        kit.sprite(`bandstand floor ${hue}`, box, (c) => bandstandFloor(c, p, 0, 0, s, hue)),
        CX,
        BY - 40,
        BY - 150,
      ),
    );
    items.push(
      kit.stand(
        kit.sprite(`bandstand roof ${hue}`, box, (c) => bandstandRoof(c, p, 0, 0, s, hue)),
        CX,
        BY - 40,
        BY + 30,
      ),
    );
    spot = { x: CX, y: BY - 20, scale: 1.4 };
  } else if (place === "glasshouse") {
    const s = 2.6;
    const box = { x: -100 * s, y: -105 * s, w: 220 * s, h: 140 * s };
    items.push(
      kit.stand(
        kit.sprite(`glasshouse ${hue}`, box, (c) => glasshouse(c, p, 0, 0, s, hue)),
        CX,
        BY - 10,
        BY - 40,
      ),
    );
    spot = { x: CX, y: BY + 18, scale: 1.3 };
  } else {
    items.push(
      kit.stand(
        kit.sprite("great bench", { x: -80, y: -70, w: 170, h: 110 }, (c) => bench(c, p, 0, 0, 2.4)),
        CX - 40,
        BY + 10,
        BY - 20,
      ),
    );
    items.push(
      kit.stand(
        kit.sprite(`great radio ${hue}`, { x: -50, y: -60, w: 110, h: 80 }, (c) => radio(c, p, 0, 0, 2.4, hue)),
        CX + 66,
        BY + 10,
        BY - 10,
      ),
    );
    spot = { x: CX - 40, y: BY + 24, scale: 1.3 };
  }
  return {
    items,
    lights,
    spot,
    animate(pulse, _seconds, calm) {
      const on = 1 - pulse.dim;
      const low = calm ? 0.4 : pulse.bands[0];
      wash.alpha = (0.12 + 0.28 * p.glow + 0.1 * low) * on;
      pool.alpha = (0.06 + 0.05 * low) * (0.4 + p.glow) * on;
    },
  };
}

function strung(kit: Kit) {
  const top = [CX, BY - 262];
  return [-1, 1].flatMap((d) => {
    const pole: [number, number] = [CX + d * 395, BY - 26];
    const low: [number, number] = [CX + d * 520, BY + 94];
    return [bulbString(kit, [top[0] + d * 60, top[1] + 26], pole, 60, 15, 0), bulbString(kit, pole, low, 44, 9, 0.3)];
  });
}

function fireflies(kit: Kit): { sprite: Sprite; x: number; y: number; i: number }[] {
  if (kit.palette.glow <= 0.3) return [];
  const r = rng(77);
  const all = [];
  for (let i = 0; i < 46; i++) {
    const [x, y] = [CX - 800 + r() * 1600, BY - 200 + r() * 760];
    if (Math.abs(x - CX) < 300 && y < BY + 190) continue;
    all.push({ sprite: light(kit.glow as Texture, x, y, 8, tint("#FFF0A8"), 0.4), x, y, i });
  }
  return all;
}

function drawGround(c: Ctx, p: Palette): void {
  c.fillStyle = p.lawn;
  c.fillRect(BOX.x, BOX.y, BOX.w, BOX.h);
  patches(c, p, 70, BOX.x, BOX.y, BOX.w, BOX.h, 3);
  const haze = c.createLinearGradient(0, BY - 366, 0, BY);
  haze.addColorStop(0, mix(p.lawnLo, p.haze, 0.34));
  haze.addColorStop(1, rgba(p.lawnLo, 0));
  c.fillStyle = haze;
  c.fillRect(BOX.x, BOX.y, BOX.w, BY - BOX.y);
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
  tufts(c, p, 1700, BOX.x, BOX.y, BOX.w, BOX.h, 11, (tx, ty) => Math.hypot(tx - CX, ty - y) > 290);
  pathTo(c, p);
  danceFloor(c, p, BY + 19);
}

function pathTo(c: Ctx, p: Palette): void {
  c.save();
  c.beginPath();
  c.rect(BOX.x, BY + 60, BOX.w, BOX.h);
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
