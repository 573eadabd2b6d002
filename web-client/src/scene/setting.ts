//! Which world stands behind the people: the lawn with its places, or a room's floor. Builds it and takes it down.

import { Container } from "pixi.js";
import { HUES } from "../draw/palette";
import type { View } from "./camera";
import { COVER, type Kit } from "./kit";
import { lawnWorld } from "./lawnworld";
import type { Loudness } from "./loudness";
import type { Plot } from "./plots";
import { roomWorld } from "./roomworld";
import { SEEN_THROUGH } from "./uncover";
import type { Wanted } from "./whereabouts";
import type { LooksAt, World } from "./world";

export class Setting {
  /** Everything that moves with the camera. */
  readonly camera = new Container();
  /** What stands on the ground, people too, sorted by depth. */
  readonly standing = new Container();
  world: World | null = null;
  plots: readonly Plot[] = [];

  #wanted: Wanted | null = null;
  readonly #kit: Kit;
  /** Lies on the ground under the people: one's own ring. */
  readonly #under: Container;
  readonly #loudness: Loudness;
  readonly #nowUs: () => number;
  readonly #looksAt: LooksAt;

  constructor(kit: Kit, under: Container, loudness: Loudness, nowUs: () => number, looksAt: LooksAt) {
    this.#kit = kit;
    this.#under = under;
    this.#loudness = loudness;
    this.#nowUs = nowUs;
    this.#looksAt = looksAt;
    this.standing.sortableChildren = true;
  }

  /** Turns to the world that is wanted. `leaving` is called before another place is built, `rebuilt` says whether anything was. */
  turnTo(next: Wanted, leaving: () => void): { rebuilt: boolean } {
    const before = this.#wanted;
    this.#wanted = next;
    this.plots = next.plots;
    if (before?.key === next.key) return { rebuilt: false };
    if (before?.floor !== next.floor) leaving();
    this.#open(next);
    return { rebuilt: true };
  }

  #open({ plots, room }: Wanted): void {
    this.#takeDown();
    const world = room
      ? roomWorld(this.#kit, room.place, HUES[room.hue], this.#looksAt)
      : lawnWorld(this.#kit, plots, this.#loudness, this.#nowUs, this.#looksAt);
    this.world = world;
    this.standing.addChild(...world.items);
    this.camera.addChild(world.ground, this.#under, this.standing, world.lights);
  }

  /** Shows what is in view, and whatever is taller than a figure and covers `own` (world pixels, feet) only in part. */
  cover(view: View, w: number, h: number, own: { x: number; y: number } | null): void {
    const [right, bottom] = [view.x + w / view.scale, view.y + h / view.scale];
    for (const item of this.world?.items ?? []) {
      if (item.label !== COVER) continue;
      item.visible = item.x > view.x - 90 && item.x < right + 90 && item.y > view.y - 20 && item.y < bottom + 170;
      const dy = own ? item.y - own.y : -1;
      item.alpha = own && dy > 0 && dy < 120 && Math.abs(item.x - own.x) < 40 ? SEEN_THROUGH : 1;
    }
  }

  #takeDown(): void {
    const world = this.world;
    if (!world) return;
    this.camera.removeChild(this.#under, this.standing);
    for (const item of world.items) item.destroy({ children: true });
    world.close();
    world.ground.destroy({ children: true });
    world.lights.destroy({ children: true });
    this.world = null;
  }

  close(): void {
    this.#takeDown();
  }
}
