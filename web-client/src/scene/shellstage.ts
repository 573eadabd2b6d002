//! The shell as it plays: baked arches, light over them by band, slats that rise, speakers, bulbs, beams.

import { Container, type Sprite, Texture } from "pixi.js";
import { mix, tint } from "../draw/colour";
import { booth, speaker } from "../draw/furniture";
import { LAMP } from "../draw/palette";
import { TAU } from "../draw/shapes";
import { ARCHES, archLight, deck, shell, slats } from "../draw/stage";
import { bake, baked, light } from "./bake";
import { bar, type Kit } from "./kit";
import type { Pulse } from "./music";

/** A stage in a world: what stands there by depth, and the light added over it. */
export interface Stage {
  items: Container[];
  lights: Container;
  /** Where whoever plays stands, in world pixels, and how large. */
  spot: { x: number; y: number; scale: number };
  animate(pulse: Pulse, seconds: number, calm: boolean): void;
}

/** A shell whose deck's front edge runs through (x, y); `R` half its width, 258 in a room. */
export function shellStage(kit: Kit, x: number, y: number, R: number, hue: string): Stage {
  const p = kit.palette;
  const s = R / 258;
  const base = y - 40 * s;
  const arches = new Container();
  arches.zIndex = y - 55 * s;
  const box = { x: -R * 1.15, y: -R * 0.95, w: R * 2.35, h: R * 1.3 };
  const bright = kit.sprite(`shell ${R} ${hue}`, box, (c) => shell(c, p, 0, 0, R, hue));
  const dull = kit.sprite(`shell ${R} ${hue} quiet`, box, (c) => shell(c, p, 0, 0, R, hue, 0.8));
  for (const sprite of [bright, dull]) sprite.position.set(x, base);
  arches.addChild(bright, dull);
  const bands: Sprite[] = [];
  for (let i = 0; i < ARCHES; i++) {
    const glow = kit.sprite(`arch ${R} ${hue} ${i}`, box, (c) => archLight(c, 0, 0, R, hue, i));
    glow.position.set(x, base);
    glow.blendMode = "add";
    bands.push(glow);
    arches.addChild(glow);
  }

  const w = 236 * s;
  const h = 64 * s;
  const deckY = y - 16 * s;
  const floor = new Container();
  floor.zIndex = y - 40 * s;
  const wood = kit.sprite(`deck ${R} ${hue}`, { x: -w - 30, y: -h - 10, w: 2 * w + 60, h: h * 2 + 90 * s }, (c) =>
    deck(c, p, 0, 0, w, h, hue),
  );
  wood.position.set(x, deckY);
  floor.addChild(wood);
  const quietSlat = tint(mix(hue, "#5A2F63", 0.45));
  const hotSlat = tint(mix(mix(hue, "#5A2F63", 0.45), "#FFE9B8", 0.5));
  const rows = slats(x, deckY, w, h).map((slat) => {
    const sprite = bar(Texture.WHITE, 5.2 * s, 4, quietSlat);
    sprite.position.set(slat.x, slat.y - 1);
    floor.addChild(sprite);
    return { ...slat, sprite };
  });

  const items: Container[] = [arches, floor];
  for (const d of [-1, 1]) {
    for (const [dx, dy, q, depth] of [
      [208, -22, 1.02, -26],
      [166, -36, 0.84, -27],
    ]) {
      const name = `speaker ${q * s} ${hue}`;
      const sprite = kit.sprite(name, { x: -30 * s, y: -80 * s, w: 64 * s, h: 96 * s }, (c) =>
        speaker(c, p, 0, 0, q * s, hue),
      );
      items.push(kit.stand(sprite, x + d * dx * s, y + dy * s, y + depth * s));
    }
  }
  const table = kit.sprite(`booth ${R} ${hue}`, { x: -60 * s, y: -50 * s, w: 130 * s, h: 76 * s }, (c) =>
    booth(c, p, 0, 0, 1.16 * s, hue),
  );
  items.push(kit.stand(table, x, y + 2 * s, y - 20 * s));

  const lights = new Container();
  const wash = light(kit.glow, x, base - R * 0.2, R * 1.15, kit.warm(hue, 0.3), 0);
  const pool = light(kit.glow, x, y + 40 * s, 330 * s, kit.warm(hue, 0.35), 0, 0.62);
  lights.addChild(wash, pool);
  const beam = beamTexture();
  const beams = [-0.95, -0.5, 0, 0.5, 0.95].map((b, i) => {
    const sprite = baked(beam, BEAM);
    sprite.scale.set((560 * s) / BEAM.w);
    sprite.position.set(x + b * 226 * s, y - (32 + 226 * Math.sqrt(1 - b * b * 0.98)) * s);
    sprite.tint = i % 2 ? tint(mix(hue, "#EC8ADB", 0.55)) : kit.warm(hue, 0.55);
    sprite.blendMode = "add";
    lights.addChild(sprite);
    return { sprite, b, i };
  });

  return {
    items,
    lights,
    spot: { x, y: y - 22 * s, scale: 1.5 * s },
    animate(pulse, seconds, calm) {
      const on = 1 - pulse.dim;
      dull.alpha = pulse.dim;
      for (let i = 0; i < ARCHES; i++) {
        const level = calm ? 0.5 : pulse.bands[ARCHES - 1 - i];
        // A change of track dims the arches from outside in.
        const lit = Math.max(0, Math.min(1, on * ARCHES - (ARCHES - 1 - i) * 0.6));
        bands[i].alpha = (0.12 + 0.55 * level) * Math.min(1, lit);
      }
      wash.alpha = (0.13 * p.glow + 0.05 + (calm ? 0.04 : 0.07 * pulse.bands[0])) * on;
      pool.alpha = (0.05 + (calm ? 0.02 : 0.04 * pulse.bands[0])) * (0.4 + p.glow) * on;
      for (const row of rows) {
        const a = (calm ? 0.35 : pulse.bands[row.band]) * row.give * on;
        row.sprite.height = (3 + 12 * a) * s;
        row.sprite.tint = a > 0.4 ? hotSlat : quietSlat;
        row.sprite.alpha = 0.7 + 0.3 * a;
      }
      for (const { sprite, b, i } of beams) {
        sprite.visible = !calm && on > 0.02;
        sprite.rotation = Math.PI / 2 + b * 0.62 + Math.sin(seconds * 0.5 + i * 1.7) * 0.16;
        sprite.alpha = (0.28 + 0.72 * p.glow) * (0.72 + 0.28 * pulse.bands[i % 3]) * on;
      }
    },
  };
}

const BEAM = { x: 0, y: -48, w: 560, h: 96 };
let beamBaked: Texture | null = null;

/** A cone of light from (0, 0) to the east, white; baked once. */
function beamTexture(): Texture {
  if (beamBaked && !beamBaked.destroyed) return beamBaked;
  beamBaked = bake(BEAM, 0.5, (c) => {
    const g = c.createRadialGradient(0, 0, 0, 0, 0, 560);
    g.addColorStop(0, "rgba(255,255,255,.2)");
    g.addColorStop(0.5, "rgba(255,255,255,.068)");
    g.addColorStop(1, "rgba(255,255,255,0)");
    c.fillStyle = g;
    c.beginPath();
    c.moveTo(0, 0);
    c.arc(0, 0, 560, -0.085, 0.085);
    c.fill();
  });
  return beamBaked;
}

/** A string of bulbs between two points; the bulbs swell one after another, so the beat walks along it. */
export function bulbString(
  kit: Kit,
  from: [number, number],
  to: [number, number],
  sag: number,
  n: number,
  turn: number,
): { item: Container; lights: Container; animate: (pulse: Pulse, calm: boolean) => void } {
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
    animate(pulse, calm) {
      glows.forEach((glow, i) => {
        const level = calm ? 0.3 : Math.max(0, Math.cos((pulse.bar * 4 - i * 0.22 + turn) * TAU)) * pulse.energy;
        glow.alpha = (0.28 + 0.3 * level) * (0.2 + 0.8 * kit.palette.glow);
      });
    },
  };
}
