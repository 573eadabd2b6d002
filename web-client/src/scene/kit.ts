//! What every world of the scene is built with: the light it stands in, shared textures, and sprites baked once by name.

import { Sprite, type Texture } from "pixi.js";
import { mix, tint } from "../draw/colour";
import { lantern } from "../draw/furniture";
import { LAMP, type Palette } from "../draw/palette";
import { bush, type Rim, type TreeKind, tree, treeKind } from "../draw/plants";
import { TAU } from "../draw/shapes";
import { type Box, baked, glowTexture } from "./bake";
import { Baker, type Drawing } from "./baker";

/** Label of sprites tall enough to hide a figure: they turn partly transparent over one's own. */
export const COVER = "cover";

export class Kit {
  readonly glow: Texture = glowTexture();
  readonly shadow: Texture;
  readonly baker: Baker;
  /** Pixels per unit of everything baked. */
  readonly res: number;

  constructor(palette: Palette, res: number) {
    this.baker = new Baker(palette);
    this.res = res;
    this.shadow = this.baker.texture("shadow", { x: -16, y: -6, w: 32, h: 12 }, 2, (c, p) => {
      c.fillStyle = p.shade;
      c.beginPath();
      c.ellipse(0, 0, 15, 5.4, 0, 0, TAU);
      c.fill();
    });
  }

  /** The light of this moment. */
  get palette(): Palette {
    return this.baker.palette;
  }

  /** A sprite of a drawing, baked the first time its name is asked for. */
  sprite(name: string, box: Box, draw: Drawing): Sprite {
    return baked(this.baker.texture(name, box, this.res, draw), box);
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
    const name = `tree ${grown} ${variant} ${rim ? `${rim.dx}${rim.col}` : ""}`;
    const sprite = this.sprite(name, { x: -44, y: -106, w: 100, h: 122 }, (c, p) =>
      tree(c, p, 0, 0, 1, variant * 7 + 3, grown, rim),
    );
    sprite.width *= s;
    sprite.height *= s;
    sprite.label = COVER;
    return this.stand(sprite, x, y);
  }

  bush(x: number, y: number, s: number, seed: number): Sprite {
    const variant = seed % 6;
    const sprite = this.sprite(`bush ${variant}`, { x: -26, y: -28, w: 62, h: 40 }, (c, p) =>
      bush(c, p, 0, 0, 1, variant),
    );
    sprite.width *= s;
    sprite.height *= s;
    return this.stand(sprite, x, y);
  }

  lantern(x: number, y: number, s: number): Sprite {
    const sprite = this.sprite("lantern", { x: -12, y: -62, w: 30, h: 72 }, (c, p) => lantern(c, p, 0, 0, 1));
    sprite.width *= s;
    sprite.height *= s;
    return this.stand(sprite, x, y);
  }

  /** The colour of a hue's light, warmed by the lamps. */
  warm(hue: string, t: number): number {
    return tint(mix(hue, LAMP, t));
  }

  close(): void {
    this.baker.close();
    this.glow.destroy(true);
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
