//! What hangs over the scene: reactions, signs, names, bubbles, the stick. Their sizes stay as the camera zooms.

import { Container } from "pixi.js";
import type { Reaction } from "../protocol/generated";
import { Bubbles } from "./bubbles";
import type { Free } from "./camera";
import { Floats } from "./floats";
import { Room } from "./placing";
import type { Plot } from "./plots";
import { Signs } from "./signs";
import { Stick, type Thumb } from "./stick";
import { type Project, Tags } from "./tags";
import type { Walker } from "./walker";

/** What a picture of the air depends on. */
export interface Sky {
  now: number;
  project: Project;
  free: Free;
  people: ReadonlyMap<number, Walker>;
  inView: readonly Walker[];
  own: Walker | null;
  plots: readonly Plot[];
  /** How high a figure's head is, in units. */
  heads: (walker: Walker) => number;
}

/** Labels keep this far from panels and edges, in CSS pixels. */
const MARGIN = 6;

export class Air {
  readonly view = new Container();
  readonly #floats: Floats;
  readonly #signs: Signs;
  readonly #tags: Tags;
  readonly #bubbles: Bubbles;
  readonly #stick = new Stick();
  /** The letters of labels came late: what was baked without them is baked again. */
  readonly #lettered = () => this.#anew();

  constructor(ratio: number) {
    this.#floats = new Floats(ratio);
    this.#signs = new Signs(ratio);
    this.#tags = new Tags(ratio);
    this.#bubbles = new Bubbles(ratio);
    this.view.addChild(this.#floats.view, this.#signs.view, this.#tags.view, this.#bubbles.view, this.#stick.view);
    document.fonts.addEventListener("loadingdone", this.#lettered);
  }

  #plots: { plots: readonly Plot[]; quiet: string; narrow: boolean } | null = null;

  #anew(): void {
    this.#tags.clear(true);
    this.#bubbles.anew();
    this.#signs.clear();
    if (this.#plots) this.#signs.set(this.#plots.plots, this.#plots.quiet, this.#plots.narrow);
  }

  /** Somebody said something. */
  say(account: number, text: string, own: boolean): void {
    this.#bubbles.say(account, text, own);
  }

  /** Somebody reacted. */
  react(account: number, kind: Reaction): void {
    this.#floats.react(account, kind);
  }

  /** Signs over the places of the lawn. */
  signs(plots: readonly Plot[], quiet: string, narrow: boolean): void {
    this.#plots = { plots, quiet, narrow };
    this.#signs.set(plots, quiet, narrow);
  }

  stick(at: Thumb | null): void {
    this.#stick.show(at);
  }

  /** Places everything for this picture: oneself and the stage first, then places, what is said, and whoever is near. */
  frame({ now, project, free, people, inView, own, plots, heads }: Sky): void {
    this.#floats.place(now, project, people, heads);
    const room = new Room({
      left: free.left + MARGIN,
      top: free.top + MARGIN,
      right: free.right - MARGIN,
      bottom: free.bottom - MARGIN,
    });
    if (own) {
      const head = project(own.shown.x, own.shown.y, heads(own));
      const feet = project(own.shown.x, own.shown.y, 0);
      const h = feet.y - head.y;
      room.keep({ x: feet.x, y: head.y, w: h * 0.8, h });
    }
    const speakers = this.#bubbles.speakers(now, people);
    this.#tags.place(room, project, inView, own, speakers, () => {
      this.#signs.place(room, project, plots);
      this.#bubbles.place(room, project, people, heads);
    });
  }

  /** Everything of the former floor goes. */
  clear(): void {
    this.#plots = null;
    for (const part of [this.#bubbles, this.#floats, this.#signs, this.#tags]) part.clear();
  }

  close(): void {
    document.fonts.removeEventListener("loadingdone", this.#lettered);
    this.clear();
    for (const part of [this.#tags, this.#floats, this.#stick]) part.close();
    this.view.destroy({ children: true });
  }
}
