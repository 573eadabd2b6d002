//! What hangs over people's heads: name tags, bubbles, reactions, signs over places, the stick. Its sizes stay as the camera zooms.

import { Container, Sprite, type Texture } from "pixi.js";
import { bubble, type Drawing, nameTag, sign } from "../draw/labels";
import { HUES } from "../draw/palette";
import { drawReaction, REACTION_KINDS } from "../draw/reactions";
import type { Ctx } from "../draw/shapes";
import type { Reaction } from "../protocol/generated";
import { bake, baked, bakeLabel, canvasOf } from "./bake";
import type { Free } from "./camera";
import type { Plot } from "./plots";
import type { Walker } from "./walker";

/** From floor units and height (units above ground) to the window. */
export type Project = (x: number, y: number, above: number) => { x: number; y: number };

const BUBBLE_MS = 6000;
const BUBBLES = 6;
const FLOAT_MS = 2200;
/** More reactions than this at once are drawn as fewer. */
const FLOATS = 60;
const TAGS = 12;
const NEAR = 96;

interface Said {
  sprite: Sprite;
  account: number;
  until: number;
}
interface Floating {
  sprite: Sprite;
  account: number;
  born: number;
  drift: number;
}

/** A disc of the stick, of radius `r`. */
function stickPart(r: number, fill: string, line = "transparent"): Sprite {
  const box = { x: -r - 1, y: -r - 1, w: 2 * r + 2, h: 2 * r + 2 };
  const texture = bake(box, 2, (c) => {
    c.fillStyle = fill;
    c.strokeStyle = line;
    c.lineWidth = 2;
    c.beginPath();
    c.arc(0, 0, r, 0, Math.PI * 2);
    c.fill();
    c.stroke();
  });
  return baked(texture, box);
}

export class Air {
  readonly view = new Container();
  #tags = new Container();
  #signs = new Container();
  #bubbles = new Container();
  #floats = new Container();
  #stick = new Container();
  #pad: Sprite;
  #thumb: Sprite;
  #tagOf = new Map<string, { texture: Texture; used: number }>();
  #shown = new Map<number, Sprite>();
  #said: Said[] = [];
  #floating: Floating[] = [];
  #signOf = new Map<number, { sprite: Sprite; text: string }>();
  #reactions: Map<Reaction, Texture>;
  #measure: Ctx;
  #time = 0;
  readonly #ratio: number;

  constructor(ratio: number) {
    this.#ratio = ratio;
    this.#measure = canvasOf(1, 1)[1];
    this.#reactions = new Map(
      REACTION_KINDS.map((kind) => [
        kind,
        bake({ x: -16, y: -16, w: 32, h: 32 }, ratio, (c) => drawReaction(c, kind, 0, 0, 1)),
      ]),
    );
    this.#pad = stickPart(56, "rgb(16 25 27 / 35%)", "rgb(246 240 226 / 50%)");
    this.#thumb = stickPart(24, "rgb(255 194 92 / 90%)");
    this.#stick.addChild(this.#pad, this.#thumb);
    this.#stick.visible = false;
    this.view.addChild(this.#floats, this.#signs, this.#tags, this.#bubbles, this.#stick);
  }

  #label(drawing: Drawing): Sprite {
    const sprite = new Sprite(bakeLabel(drawing, this.#ratio));
    sprite.scale.set(1 / this.#ratio);
    return sprite;
  }

  /** Somebody said something. */
  say(account: number, text: string, own: boolean): void {
    const before = this.#said.findIndex((s) => s.account === account);
    if (before >= 0) this.#drop(this.#said.splice(before, 1)[0].sprite);
    while (this.#said.length >= BUBBLES) this.#drop(this.#said.shift()?.sprite);
    const sprite = this.#label(bubble(this.#measure, text, own));
    sprite.anchor.set(0.5, 1);
    this.#bubbles.addChild(sprite);
    this.#said.push({ sprite, account, until: this.#time + BUBBLE_MS });
  }

  /** Somebody reacted. */
  react(account: number, kind: Reaction): void {
    const texture = this.#reactions.get(kind);
    if (!texture || this.#floating.length >= FLOATS) return;
    const sprite = new Sprite(texture);
    sprite.anchor.set(0.5);
    this.#floats.addChild(sprite);
    this.#floating.push({ sprite, account, born: this.#time, drift: Math.random() * 6 });
  }

  /** Signs over the places of the lawn. */
  signs(plots: readonly Plot[], quiet: string, narrow: boolean): void {
    const wanted = new Set(plots.map((plot) => plot.room.id));
    for (const [id, { sprite }] of this.#signOf) {
      if (wanted.has(id)) continue;
      this.#drop(sprite);
      this.#signOf.delete(id);
    }
    for (const { room } of plots) {
      const track = room.now ? `${room.now.track.title} · ${room.now.track.artist}` : quiet;
      const text = `${room.name}|${track}|${room.listening}|${room.hue}|${narrow}`;
      const known = this.#signOf.get(room.id);
      if (known?.text === text) continue;
      if (known) this.#drop(known.sprite);
      const sprite = this.#label(sign(this.#measure, room.name, track, room.listening, HUES[room.hue], narrow));
      sprite.anchor.set(0.5, 1);
      this.#signs.addChild(sprite);
      this.#signOf.set(room.id, { sprite, text });
    }
  }

  stick(at: { x: number; y: number; tx: number; ty: number } | null): void {
    this.#stick.visible = at !== null;
    if (!at) return;
    this.#pad.position.set(at.x, at.y);
    this.#thumb.position.set(at.tx, at.ty);
  }

  /** Places everything for this frame. */
  frame(
    now: number,
    project: Project,
    free: Free,
    people: ReadonlyMap<number, Walker>,
    own: Walker | null,
    plots: readonly Plot[],
    heads: (w: Walker) => number,
    tagged: boolean,
  ): void {
    this.#time = now;
    this.#place(project, free, plots);
    const speakers = this.#speak(now, project, free, people, heads);
    this.#rise(now, project, people, heads);
    this.#name(project, free, people, own, speakers, tagged);
  }

  #place(project: Project, free: Free, plots: readonly Plot[]): void {
    for (const plot of plots) {
      const known = this.#signOf.get(plot.room.id);
      if (!known) continue;
      const high = { shell: 172, bandstand: 142, glasshouse: 104, bench: 40 }[plot.room.place];
      const at = project(plot.x, plot.y, high);
      const { width, height } = known.sprite;
      // A sign stays in view as long as its place is.
      const foot = project(plot.x, plot.y, 0);
      const near =
        foot.y > free.top && foot.y < free.bottom + 60 && foot.x > free.left - 60 && foot.x < free.right + 60;
      const x = near ? Math.max(free.left + width / 2, Math.min(free.right - width / 2, at.x)) : at.x;
      const y = near ? Math.max(free.top + height, at.y) : at.y;
      known.sprite.visible = near || at.y > free.top;
      known.sprite.position.set(Math.round(x), Math.round(y));
    }
  }

  #speak(
    now: number,
    project: Project,
    free: Free,
    people: ReadonlyMap<number, Walker>,
    heads: (w: Walker) => number,
  ): Set<number> {
    const speakers = new Set<number>();
    this.#said = this.#said.filter((s) => {
      const who = people.get(s.account);
      if (now > s.until || !who) {
        this.#drop(s.sprite);
        return false;
      }
      const at = project(who.shown.x, who.shown.y, heads(who) + 6);
      const { width, height } = s.sprite;
      s.sprite.alpha = Math.min(1, (s.until - now) / 300);
      s.sprite.position.set(
        Math.round(Math.max(free.left + width / 2, Math.min(free.right - width / 2, at.x))),
        Math.round(Math.max(free.top + height, Math.min(free.bottom - 4, at.y))),
      );
      speakers.add(s.account);
      return true;
    });
    return speakers;
  }

  #rise(now: number, project: Project, people: ReadonlyMap<number, Walker>, heads: (w: Walker) => number): void {
    this.#floating = this.#floating.filter((f) => {
      const u = (now - f.born) / FLOAT_MS;
      const who = people.get(f.account);
      if (u >= 1 || !who) {
        this.#drop(f.sprite, false);
        return false;
      }
      const at = project(who.shown.x, who.shown.y, heads(who) + 12 + u * 90);
      f.sprite.position.set(at.x + Math.sin(u * 6 + f.drift) * 9, at.y);
      const grown = 0.72 + 0.34 * Math.sin(Math.min(1, u * 5) * 1.57);
      f.sprite.scale.set(grown / this.#ratio);
      f.sprite.alpha = Math.min(1, (1 - u) * 1.8) * 0.96;
      return true;
    });
  }

  #name(
    project: Project,
    free: Free,
    people: ReadonlyMap<number, Walker>,
    own: Walker | null,
    speakers: ReadonlySet<number>,
    tagged: boolean,
  ): void {
    const wanted: Walker[] = [];
    if (tagged) {
      if (own) wanted.push(own);
      const near: [number, Walker][] = [];
      for (const walker of people.values()) {
        if (walker === own) continue;
        if (walker.stage || speakers.has(walker.person.account)) wanted.push(walker);
        else if (own) {
          const d = Math.hypot(walker.x - own.x, walker.y - own.y);
          if (d < NEAR) near.push([d, walker]);
        }
      }
      near.sort((a, b) => a[0] - b[0]);
      wanted.push(...near.slice(0, TAGS).map(([, walker]) => walker));
    }
    const keep = new Set<number>();
    const taken: { x: number; y: number; w: number }[] = [];
    for (const walker of wanted) {
      const at = project(walker.shown.x, walker.shown.y, walker.stage ? -26 : -7);
      if (at.x < free.left - 40 || at.x > free.right + 40 || at.y > free.bottom + 30) continue;
      const sprite = this.#tag(walker, walker === own);
      const w = sprite.width;
      if (walker !== own && taken.some((t) => Math.abs(t.y - at.y) < 21 && Math.abs(t.x - at.x) < (t.w + w) / 2 + 2))
        continue;
      taken.push({ x: at.x, y: at.y, w });
      sprite.position.set(Math.round(at.x), Math.round(at.y));
      sprite.visible = true;
      keep.add(walker.person.account);
    }
    for (const [account, sprite] of this.#shown) {
      if (keep.has(account)) continue;
      sprite.destroy();
      this.#shown.delete(account);
    }
    if (this.#tagOf.size > 400) this.#forgetTags();
  }

  #tag(walker: Walker, own: boolean): Sprite {
    const { account, name } = walker.person;
    const key = `${own ? "*" : ""}${name}`;
    let baked = this.#tagOf.get(key);
    if (!baked) {
      baked = { texture: bakeLabel(nameTag(this.#measure, name, own), this.#ratio), used: 0 };
      this.#tagOf.set(key, baked);
    }
    baked.used = this.#time;
    let sprite = this.#shown.get(account);
    if (!sprite) {
      sprite = new Sprite(baked.texture);
      sprite.anchor.set(0.5, 0);
      sprite.scale.set(1 / this.#ratio);
      sprite.visible = false;
      this.#shown.set(account, sprite);
      this.#tags.addChild(sprite);
    } else if (sprite.texture !== baked.texture) sprite.texture = baked.texture;
    return sprite;
  }

  #forgetTags(): void {
    const inUse = new Set([...this.#shown.values()].map((sprite) => sprite.texture));
    for (const [key, { texture }] of this.#tagOf) {
      if (inUse.has(texture)) continue;
      texture.destroy(true);
      this.#tagOf.delete(key);
    }
  }

  #drop(sprite: Sprite | undefined, texture = true): void {
    sprite?.destroy({ texture, textureSource: texture });
  }

  /** Everything of the former floor goes. */
  clear(): void {
    for (const s of this.#said) this.#drop(s.sprite);
    for (const f of this.#floating) this.#drop(f.sprite, false);
    for (const { sprite } of this.#signOf.values()) this.#drop(sprite);
    for (const sprite of this.#shown.values()) sprite.destroy();
    this.#said = [];
    this.#floating = [];
    this.#signOf.clear();
    this.#shown.clear();
  }

  close(): void {
    this.clear();
    for (const { texture } of this.#tagOf.values()) texture.destroy(true);
    for (const texture of this.#reactions.values()) texture.destroy(true);
    for (const part of [this.#pad, this.#thumb]) this.#drop(part);
    this.view.destroy({ children: true });
  }
}
