//! The shell as it plays: baked arches, light over them by band, slats that rise, cones that pump, bulbs that pass the beat, beams.

import { Container, type Sprite, Texture } from "pixi.js";
import { mix, tint } from "../draw/colour";
import { booth, CONES, cone, speaker } from "../draw/furniture";
import { K, TAU } from "../draw/shapes";
import { ARCHES, archBox, archDark, archLight, bulbLight, deck, shell, slats } from "../draw/stage";
import { bake, baked, light } from "./bake";
import { bar, type Kit } from "./kit";
import { litArch, type Pulse } from "./music";
import type { Stage } from "./stage";

/** What the bulbs of a shell lose where nobody plays: the rest says that one may. */
const UNPLAYED = 0.6;

/** A shell whose deck's front edge runs through (x, y); `R` half its width, 258 in a room. Beams are for the room itself, not for the view of the lawn. */
export function shellStage(kit: Kit, x: number, y: number, R: number, hue: string, beamed: boolean): Stage {
  const s = R / 258;
  const base = y - 40 * s;
  const arches = archesOf(kit, x, base, R, hue, y - 55 * s);
  const front = deckOf(kit, x, y, s, hue);
  const speakers = speakersOf(kit, x, y, s, hue);
  const table = kit.sprite(`booth ${R} ${hue}`, { x: -60 * s, y: -50 * s, w: 130 * s, h: 76 * s }, (c, p) =>
    booth(c, p, 0, 0, 1.16 * s, hue),
  );

  const lights = new Container();
  const wash = light(kit.glow, x, base - R * 0.2, R * 1.15, kit.warm(hue, 0.3), 0);
  const pool = light(kit.glow, x, y + 40 * s, 330 * s, kit.warm(hue, 0.35), 0, K);
  lights.addChild(wash, pool);
  const beams = beamed ? beamsOf(kit, lights, x, y, s, hue) : null;

  return {
    items: [arches.item, front.item, ...speakers.items, kit.stand(table, x, y + 2 * s, y - 20 * s)],
    lights,
    // Behind the table with the decks.
    spot: { x, y: y - 22 * s, scale: 1.5 * s, depth: y - 30 * s },
    animate(pulse, seconds, calm) {
      const on = 1 - pulse.dim;
      const g = kit.palette.glow;
      const low = calm ? 0.35 : pulse.bands[0];
      arches.animate(pulse, calm);
      front.animate(pulse, calm);
      speakers.animate(low * on);
      wash.alpha = (0.13 * g + 0.05 + 0.07 * low) * on;
      pool.alpha = (0.06 + 0.05 * low) * (0.4 + g) * on;
      beams?.(pulse, seconds, calm);
    },
  };
}

/** The arches: each lies dark while it is not lit, and brightens with its band. */
function archesOf(kit: Kit, x: number, base: number, R: number, hue: string, depth: number) {
  const item = new Container();
  item.zIndex = depth;
  const box = { x: -R * 1.15, y: -R * 0.95, w: R * 2.35, h: R * 1.3 };
  item.addChild(kit.sprite(`shell ${R} ${hue}`, box, (c, p) => shell(c, p, 0, 0, R, hue)));
  const layers = Array.from({ length: ARCHES }, (_, i) => {
    const around = archBox(i, R);
    const dark = kit.sprite(`arch ${R} ${hue} ${i} dark`, around, (c) => archDark(c, 0, 0, R, hue, i));
    const bright = kit.sprite(`arch ${R} ${hue} ${i}`, around, (c) => archLight(c, 0, 0, R, hue, i));
    bright.blendMode = "add";
    item.addChild(dark, bright);
    return { dark, bright };
  });
  const bulbs = ([0, 1] as const).map((from) => {
    const sprite = kit.sprite(`bulbs ${R} ${hue} ${from}`, archBox(0, R), (c) => bulbLight(c, 0, 0, R, hue, from));
    sprite.blendMode = "add";
    item.addChild(sprite);
    return sprite;
  });
  for (const child of item.children) child.position.set(x, base);
  return {
    item,
    animate(pulse: Pulse, calm: boolean) {
      layers.forEach(({ dark, bright }, i) => {
        const lit = litArch(pulse.dim, i, ARCHES);
        dark.alpha = 1 - lit;
        dark.visible = lit < 1;
        // The innermost arch is the bass: the music comes from the middle of the shell.
        bright.alpha = (calm ? 0.4 : pulse.bands[ARCHES - 1 - i]) * lit;
      });
      bulbs.forEach((sprite, i) => {
        const turn = calm ? 0.5 : 0.5 + 0.5 * Math.cos((pulse.bar * 2 + i * 0.5) * TAU);
        sprite.alpha = (0.3 + 0.5 * turn * pulse.energy) * (1 - UNPLAYED * pulse.dim);
      });
    },
  };
}

/** The wooden front, its slats rising with their bands. */
function deckOf(kit: Kit, x: number, y: number, s: number, hue: string) {
  const w = 236 * s;
  const h = 64 * s;
  const deckY = y - 16 * s;
  const item = new Container();
  item.zIndex = y - 40 * s;
  const box = { x: -w - 30, y: -h - 10, w: 2 * w + 60, h: h * 2 + 90 * s };
  const wood = kit.sprite(`deck ${w} ${hue}`, box, (c, p) => deck(c, p, 0, 0, w, h, hue));
  wood.position.set(x, deckY);
  item.addChild(wood);
  const quiet = tint(mix(hue, "#5A2F63", 0.45));
  const hot = tint(mix(mix(hue, "#5A2F63", 0.45), "#FFE9B8", 0.5));
  const rows = slats(x, deckY, w, h).map((slat) => {
    const sprite = bar(Texture.WHITE, 5.2 * s, 4, quiet);
    sprite.position.set(slat.x, slat.y - 1);
    item.addChild(sprite);
    return { ...slat, sprite };
  });
  return {
    item,
    animate(pulse: Pulse, calm: boolean) {
      for (const row of rows) {
        const a = (calm ? 0.35 : pulse.bands[row.band]) * row.give * (1 - pulse.dim);
        row.sprite.height = (3 + 12 * a) * s;
        row.sprite.tint = a > 0.4 ? hot : quiet;
        row.sprite.alpha = 0.7 + 0.3 * a;
      }
    },
  };
}

/** Two speakers on each side; `level` of the bass, 0 to 1, pushes their cones out. */
function speakersOf(kit: Kit, x: number, y: number, s: number, hue: string) {
  const cones: { sprite: Sprite; rest: number }[] = [];
  const items = [-1, 1].flatMap((d) =>
    [
      { dx: 208, dy: -22, q: 1.02, depth: -26 },
      { dx: 166, dy: -36, q: 0.84, depth: -27 },
    ].map(({ dx, dy, q, depth }) => {
      const item = new Container();
      item.position.set(x + d * dx * s, y + dy * s);
      item.zIndex = y + depth * s;
      const box = { x: -30 * s, y: -80 * s, w: 64 * s, h: 96 * s };
      item.addChild(kit.sprite(`speaker ${q * s} ${hue}`, box, (c, p) => speaker(c, p, 0, 0, q * s, hue)));
      for (const [height, radius] of CONES) {
        const r = radius * q * s;
        const sprite = kit.sprite(`cone ${r} ${hue}`, { x: -r, y: -r, w: 2 * r, h: 2 * r }, (c) => cone(c, r, hue));
        sprite.position.set(-q * s, height * q * s);
        cones.push({ sprite, rest: sprite.scale.x });
        item.addChild(sprite);
      }
      return item;
    }),
  );
  return {
    items,
    animate(level: number) {
      for (const { sprite, rest } of cones) sprite.scale.set(rest * (1 + 0.15 * level));
    },
  };
}

/** Five beams from the shell's rim, slowly swinging. */
function beamsOf(kit: Kit, into: Container, x: number, y: number, s: number, hue: string) {
  const texture = beamTexture();
  const beams = [-0.95, -0.5, 0, 0.5, 0.95].map((b, i) => {
    const sprite = baked(texture, BEAM);
    sprite.scale.set((560 * s) / BEAM.w);
    sprite.position.set(x + b * 226 * s, y - (32 + 226 * Math.sqrt(1 - b * b * 0.98)) * s);
    sprite.tint = i % 2 ? tint(mix(hue, "#EC8ADB", 0.55)) : kit.warm(hue, 0.55);
    sprite.blendMode = "add";
    into.addChild(sprite);
    return { sprite, b, i };
  });
  return (pulse: Pulse, seconds: number, calm: boolean) => {
    const on = 1 - pulse.dim;
    for (const { sprite, b, i } of beams) {
      sprite.visible = !calm && on > 0.02;
      sprite.rotation = Math.PI / 2 + b * 0.62 + Math.sin(seconds * 0.5 + i * 1.7) * 0.16;
      sprite.alpha = (0.28 + 0.72 * kit.palette.glow) * (0.72 + 0.28 * pulse.bands[i % 3]) * on;
    }
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
