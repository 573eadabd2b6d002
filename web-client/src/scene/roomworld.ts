//! A room's floor: the stage, trees behind it, lanterns and benches, the beat running over the dance floor.

import { Container } from "pixi.js";
import { mix, tint } from "../draw/colour";
import { bench } from "../draw/furniture";
import { LAMP } from "../draw/palette";
import { K, rng, TAU } from "../draw/shapes";
import type { Place } from "../protocol/generated";
import { baked, ringTexture } from "./bake";
import { bulbString } from "./bulbstring";
import { Chunks } from "./chunks";
import type { Kit } from "./kit";
import { Lamps, MOST } from "./lamps";
import { FLOOR, STAGE } from "./layout";
import type { Pulse } from "./music";
import { BY, CX, FLOOR_DY, FLOOR_R, ROOM_BOX, roomGround } from "./roomground";
import { stageOf } from "./stage";
import type { LooksAt, World } from "./world";

export function roomWorld(kit: Kit, place: Place, hue: string, looksAt: LooksAt): World {
  const chunks = new Chunks(kit, "room", ROOM_BOX, roomGround(), looksAt);
  const rings = ringsOf(hue);
  const ground = new Container();
  ground.addChild(chunks.view, rings.view);
  const items = standing(kit, hue);
  const lights = new Container();
  const lamps = new Lamps(kit.glow, kit.palette);
  for (const [dx, dy] of LANTERNS) {
    items.push(kit.lantern(CX + dx, BY + dy, 1.1));
    lamps.lantern(CX + dx, BY + dy, 1.1);
  }
  const stage = stageOf(kit, place, CX, BY, "room", hue);
  items.push(...stage.items);
  const strings = place === "shell" ? strung(kit) : [];
  for (const s of strings) {
    s.item.zIndex = BY + 40;
    items.push(s.item);
    lights.addChild(s.lights);
  }
  const offStage = (x: number, y: number) => Math.abs(x - CX) > 300 || y > BY + 190;
  lamps.fireflies(46, 77, { x: CX - 800, y: BY - 200, w: 1600, h: 760 }, offStage);
  lamps.relight(kit.palette);
  lights.addChild(stage.lights, lamps.view);
  const others = stage.lights.children.length + strings.reduce((sum, s) => sum + s.lights.children.length, 0);

  return {
    ground,
    items,
    lights,
    box: ROOM_BOX,
    stage,
    lookX: STAGE.x,
    walk: FLOOR,
    animate(pulse, seconds, calm) {
      chunks.tend();
      stage.animate(pulse, seconds, calm);
      for (const s of strings) s.animate(pulse, calm);
      rings.animate(pulse, calm);
      lamps.animate(seconds, calm);
      lamps.cull(looksAt, MOST - others);
    },
    relight() {
      lamps.relight(kit.palette);
    },
    ahead: () => chunks.ahead(),
    close() {
      chunks.close();
      rings.close();
    },
  };
}

/** Trees behind the stage and to its sides, bushes on the terraces, benches. */
function standing(kit: Kit, hue: string): Container[] {
  const items: Container[] = [];
  const r = rng(42);
  const rim = (x: number) => ({ dx: x < CX ? 1 : -1, col: mix(hue, LAMP, 0.4) });
  BEHIND.forEach(([dx, dy], i) => {
    const tree = kit.tree(CX + dx, BY + dy, 1.05 + r() * 0.5, i * 7 + 5, rim(CX + dx));
    tree.zIndex = BY + dy - 60;
    items.push(tree);
  });
  for (const [dx, dy] of BENCHES)
    items.push(
      kit.stand(
        kit.sprite("room bench", { x: -36, y: -34, w: 78, h: 52 }, (c, p) => bench(c, p, 0, 0, 1.1)),
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
  return items;
}

/** Two rings that run outward over the dance floor, one on every beat: everybody sees them at the same moment. */
function ringsOf(hue: string) {
  const ring = ringTexture(FLOOR_R - 8, K, 9);
  const view = new Container();
  const sprites = [0, 1].map(() => {
    const sprite = baked(ring.texture, ring.box);
    sprite.position.set(CX, BY + FLOOR_DY);
    sprite.tint = tint(hue);
    view.addChild(sprite);
    return sprite;
  });
  const rest = { x: sprites[0].scale.x, y: sprites[0].scale.y };
  return {
    view,
    animate(pulse: Pulse, calm: boolean) {
      sprites.forEach((sprite, turn) => {
        const u = (pulse.phase + turn) / 2;
        const q = (70 + u * 196) / FLOOR_R;
        sprite.scale.set(rest.x * q, rest.y * q);
        sprite.alpha = calm ? 0 : 0.5 * (1 - u) * (1 - pulse.dim) * (0.3 + 0.7 * pulse.energy);
      });
    },
    close() {
      ring.texture.destroy(true);
    },
  };
}

const BENCHES = [
  [-470, 90],
  [470, 96],
  [-230, 330],
  [246, 326],
];
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

/** Strings of bulbs from the crown of the shell to the poles. */
function strung(kit: Kit) {
  const top = [CX, BY - 262];
  return [-1, 1].flatMap((d) => {
    const pole: [number, number] = [CX + d * 395, BY - 26];
    const low: [number, number] = [CX + d * 520, BY + 94];
    return [bulbString(kit, [top[0] + d * 60, top[1] + 26], pole, 60, 15, 0), bulbString(kit, pole, low, 44, 9, 0.3)];
  });
}
