//! Name tags: oneself, the stage, speakers, the nearest dozen. Each name is baked once.

import { Container, Sprite, type Texture } from "pixi.js";
import { nameTag } from "../draw/labels";
import { bakeLabel, canvasOf } from "./bake";
import { named, type Room } from "./placing";
import type { Walker } from "./walker";

/** Names kept baked, worn or not. */
const KEPT = 200;
/** Where a tag hangs, in units under the feet; on stage under the booth. */
const UNDER = { floor: -7, stage: -26 };

/** From floor units and height (units above ground) to the window. */
export type Project = (x: number, y: number, above: number) => { x: number; y: number };

export class Tags {
  readonly view = new Container();
  /** In the order in which they were last shown. */
  readonly #baked = new Map<string, Texture>();
  readonly #shown = new Map<number, Sprite>();
  readonly #measure = canvasOf(1, 1)[1];
  readonly #ratio: number;

  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  /** Oneself and the stage find room before what is said (placed by `between`), the others after it. */
  place(
    room: Room,
    project: Project,
    inView: readonly Walker[],
    own: Walker | null,
    speakers: ReadonlySet<number>,
    between: () => void,
  ): void {
    const { first, near } = named(inView, own, speakers, this.#shown);
    const kept = new Set<number>();
    const show = (one: Walker): boolean => {
      const { x, y } = one.shown;
      const at = project(x, y, one.stage ? UNDER.stage : UNDER.floor);
      if (!room.sees(at.x, at.y - 12)) return false;
      const texture = this.#texture(one.person.name, one === own);
      const w = texture.width / this.#ratio;
      const taken = room.take({ x: at.x, y: at.y, w, h: texture.height / this.#ratio });
      if (!taken) return false;
      this.#put(one.account, texture, taken.x - w / 2, taken.y);
      kept.add(one.account);
      return true;
    };
    for (const one of first) if (one === own || one.stage) show(one);
    between();
    for (const one of first) if (one !== own && !one.stage) show(one);
    let placed = 0;
    for (const one of near) {
      if (placed === room.nearest) break;
      if (show(one)) placed++;
    }
    for (const [account, sprite] of this.#shown) {
      if (kept.has(account)) continue;
      sprite.destroy();
      this.#shown.delete(account);
    }
    if (this.#baked.size > KEPT) this.#forget();
  }

  #texture(name: string, own: boolean): Texture {
    const key = `${own ? "*" : ""}${name}`;
    const texture = this.#baked.get(key) ?? bakeLabel(nameTag(this.#measure, name, own), this.#ratio);
    this.#baked.delete(key);
    this.#baked.set(key, texture);
    return texture;
  }

  #put(account: number, texture: Texture, x: number, y: number): void {
    let sprite = this.#shown.get(account);
    if (!sprite) {
      sprite = new Sprite(texture);
      sprite.scale.set(1 / this.#ratio);
      this.#shown.set(account, sprite);
      this.view.addChild(sprite);
    } else if (sprite.texture !== texture) sprite.texture = texture;
    sprite.position.set(Math.round(x), y);
  }

  #forget(): void {
    const worn = new Set([...this.#shown.values()].map((sprite) => sprite.texture));
    for (const [key, texture] of this.#baked) {
      if (this.#baked.size <= KEPT / 2) return;
      if (worn.has(texture)) continue;
      texture.destroy(true);
      this.#baked.delete(key);
    }
  }

  /** Everybody goes; names stay baked unless `anew`: then letters look different now. */
  clear(anew = false): void {
    for (const sprite of this.#shown.values()) sprite.destroy();
    this.#shown.clear();
    if (!anew) return;
    for (const texture of this.#baked.values()) texture.destroy(true);
    this.#baked.clear();
  }

  close(): void {
    this.clear(true);
  }
}
