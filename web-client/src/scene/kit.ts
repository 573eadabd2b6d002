//! What every world of the scene is built with: the light it stands in, shared textures, and sprites baked once by name.

import { type Container, Sprite, type Texture } from "pixi.js";
import { mix, tint } from "../draw/colour";
import { LAMP, type Palette } from "../draw/palette";
import { bush, type Rim, type TreeKind, tree, treeKind } from "../draw/plants";
import { type Ctx, K } from "../draw/shapes";
import { type Box, bake, baked, glowTexture, light } from "./bake";

/** Label of sprites tall enough to hide a figure: they turn partly transparent over one's own. */
export const COVER = "cover";

export class Kit {
  readonly glow: Texture = glowTexture();
  readonly shadow: Texture;
  readonly palette: Palette;
  /** Pixels per unit of everything baked. */
  readonly res: number;
  #baked = new Map<string, Texture>();

  constructor(palette: Palette, res: number) {
    this.palette = palette;
    this.res = res;
    this.shadow = bake({ x: -16, y: -6, w: 32, h: 12 }, 2, (c) => {
      c.fillStyle = palette.shade;
      c.beginPath();
      c.ellipse(0, 0, 15, 5.4, 0, 0, Math.PI * 2);
      c.fill();
    });
  }

  /** A sprite of a drawing, baked the first time its name is asked for. */
  sprite(name: string, box: Box, draw: (c: Ctx) => void): Sprite {
    let texture = this.#baked.get(name);
    if (!texture) {
      texture = bake(box, this.res, draw);
      this.#baked.set(name, texture);
    }
    return baked(texture, box);
  }

  /** Puts a sprite where it stands; what is nearer covers what is farther. */
  stand(sprite: Sprite, x: number, y: number, depth = y): Sprite {
    sprite.position.set(x, y);
    sprite.zIndex = depth;
    return sprite;
  }

  /** A tree of one of a few dozen drawings; near a stage it carries a lit edge. */
  tree(x: number, y: number, s: number, seed: number, rim: Rim | null, kind?: TreeKind): Sprite {
    const grown = kind ?? treeKind(seed);
    const variant = seed % 3;
    const side = rim && this.palette.glow > 0.3 ? rim : null;
    const name = `tree ${grown} ${variant} ${side ? `${side.dx}${side.col}` : ""}`;
    const sprite = this.sprite(name, { x: -44, y: -106, w: 100, h: 122 }, (c) =>
      tree(c, this.palette, 0, 0, 1, variant * 7 + 3, grown, side),
    );
    sprite.width *= s;
    sprite.height *= s;
    sprite.label = COVER;
    return this.stand(sprite, x, y);
  }

  bush(x: number, y: number, s: number, seed: number): Sprite {
    const variant = seed % 6;
    const sprite = this.sprite(`bush ${variant}`, { x: -26, y: -28, w: 62, h: 40 }, (c) =>
      bush(c, this.palette, 0, 0, 1, variant),
    );
    sprite.width *= s;
    sprite.height *= s;
    return this.stand(sprite, x, y);
  }

  /** A lamp's two glows: around the bulb and on the ground. */
  lampLight(into: Container, x: number, y: number, s: number, strength = 1): void {
    const g = this.palette.glow;
    into.addChild(light(this.glow, x, y - 45 * s, 76 * s, tint(LAMP), (0.4 * g + 0.03) * strength));
    into.addChild(light(this.glow, x, y + 2, 100 * s, tint(LAMP), 0.22 * g * strength, K));
  }

  /** The colour of a hue's light, warmed by the lamps. */
  warm(hue: string, t: number): number {
    return tint(mix(hue, LAMP, t));
  }

  close(): void {
    for (const texture of this.#baked.values()) texture.destroy(true);
    this.glow.destroy(true);
    this.shadow.destroy(true);
  }
}

/** A white sprite of one pixel grown to a bar: slats, seen in their tint. */
export function bar(texture: Texture, w: number, h: number, colour: number): Sprite {
  const sprite = new Sprite(texture);
  sprite.anchor.set(0.5, 1);
  sprite.width = w;
  sprite.height = h;
  sprite.tint = colour;
  return sprite;
}
