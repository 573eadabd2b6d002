//! The scene: one canvas for the whole visit. It follows the engine's state, moves people and light, and draws while it is seen.

import "pixi.js/unsafe-eval";
import { Container, type Sprite, WebGLRenderer } from "pixi.js";
import type { ParkState, Positions } from "../client";
import { tint } from "../draw/colour";
import { HUES, LAMP, PALETTES } from "../draw/palette";
import { K } from "../draw/shapes";
import type { Engine } from "../park.svelte";
import type { Person, RoomSummary } from "../protocol/generated";
import { words } from "../words/en";
import { Air } from "./air";
import { baked, ringTexture } from "./bake";
import { type Free, frame, freeOf, lawnScale, roomScale, type Screen, toFloor, type View, within } from "./camera";
import { allowed, Feet } from "./feet";
import { Hands } from "./hands";
import { COVER, Kit } from "./kit";
import { lawnWorld } from "./lawnworld";
import { Music } from "./music";
import { DOOR_REACH, doorOf, type Plot, plots } from "./plots";
import { roomWorld, STAGE, type World } from "./roomworld";
import { Walker } from "./walker";
import { Wardrobe } from "./wardrobe";

/** What the screens can ask of the scene. */
export interface Scene {
  /** Before stepping in: the room to show, without people. */
  preview(room: RoomSummary | null): void;
  close(): void;
}

export interface Wishes {
  preview: RoomSummary | null;
  /** Reduced motion: no beams, rings, bobbing or camera glide. */
  calm: boolean;
  /** One stands at a door of the lawn, or at none. */
  atDoor: (room: RoomSummary | null) => void;
  /** A place was pressed. */
  enter: (room: RoomSummary) => void;
  /** One's own first step. */
  walked: () => void;
}

/** Opens the scene in `host`; null where there is no WebGL: the pages do everything without it. */
export async function openScene(host: HTMLElement, engine: Engine, wishes: Wishes): Promise<Scene | null> {
  if (new URLSearchParams(location.search).get("scene") === "off") return null;
  const renderer = new WebGLRenderer();
  const ratio = Math.min(2, Math.max(1, devicePixelRatio || 1));
  try {
    await renderer.init({
      width: host.clientWidth,
      height: host.clientHeight,
      resolution: ratio,
      autoDensity: true,
      antialias: false,
      background: PALETTES.dusk.lawn,
      powerPreference: "low-power",
    });
    await document.fonts.load("600 12px 'Figtree Variable'").catch(() => []);
  } catch {
    return null;
  }
  const scene = new Drawn(host, renderer, ratio, engine, wishes);
  await scene.shown;
  return scene;
}

/** Pictures that come slower than this are drawn more rarely, so that a weak machine keeps its breath for the music. */
const SLOW_MS = 40;
const SLOWEST_MS = 320;

class Drawn implements Scene {
  #host: HTMLElement;
  #renderer: WebGLRenderer;
  #engine: Engine;
  #wishes: Wishes;
  #kit: Kit;
  #wardrobe: Wardrobe;
  #air: Air;
  #hands: Hands;
  #music = new Music();
  #root = new Container();
  #camera = new Container();
  #sorted = new Container();
  #world: World | null = null;
  #worldKey = "";
  #plots: Plot[] = [];
  #walkers = new Map<number, Walker>();
  #crowd: ParkState["crowd"]["people"] | null = null;
  #own: Walker | null = null;
  #feet: Feet | null = null;
  #ring: Sprite;
  #ringTexture;
  #preview: RoomSummary | null;
  #view: View | null = null;
  #zoom = 1;
  #w = 0;
  #h = 0;
  #lastLine = -1;
  #door: RoomSummary | null = null;
  #stagePlay: number | null = null;
  #leftStage = false;
  #at = 0;
  #pace = 16;
  #gap = 0;
  #frame = 0;
  #off: (() => void)[] = [];
  #first: () => void = () => {};
  /** Settled with the first picture: until then the still shell stays. */
  readonly shown = new Promise<void>((done) => {
    this.#first = done;
  });

  constructor(host: HTMLElement, renderer: WebGLRenderer, ratio: number, engine: Engine, wishes: Wishes) {
    this.#host = host;
    this.#renderer = renderer;
    this.#engine = engine;
    this.#wishes = wishes;
    this.#preview = wishes.preview;
    const res = Math.min(2, Math.max(1, ratio * 1.06));
    this.#kit = new Kit(PALETTES.dusk, res);
    this.#wardrobe = new Wardrobe(Math.min(2.2, Math.max(1.4, ratio * 1.1)));
    this.#air = new Air(ratio);
    this.#ringTexture = ringTexture(17, K, 2.5);
    this.#ring = baked(this.#ringTexture.texture, this.#ringTexture.box);
    this.#ring.tint = tint(LAMP);
    this.#ring.visible = false;
    this.#sorted.sortableChildren = true;
    this.#root.addChild(this.#camera, this.#air.view);
    const canvas = renderer.canvas as HTMLCanvasElement;
    canvas.setAttribute("aria-hidden", "true");
    host.append(canvas);
    this.#hands = new Hands(host, {
      tap: (x, y) => this.#tap(x, y),
      zoom: (factor) => {
        this.#zoom = Math.max(0.6, Math.min(1.6, this.#zoom * factor));
      },
      stick: (at) => this.#air.stick(at),
    });
    const sized = new ResizeObserver(() => this.#resize());
    sized.observe(host);
    const seen = () => this.#run();
    document.addEventListener("visibilitychange", seen);
    this.#off.push(
      engine.subscribe(() => this.#sync()),
      engine.onPositions((p) => this.#positions(p)),
      engine.onReactions(({ by }) => {
        for (const [account, kind] of by) this.#air.react(account, kind);
      }),
      () => sized.disconnect(),
      () => document.removeEventListener("visibilitychange", seen),
    );
    this.#resize();
    this.#sync();
    this.#run();
  }

  preview(room: RoomSummary | null): void {
    this.#preview = room;
    this.#sync();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#first();
    for (const off of this.#off) off();
    this.#hands.close();
    this.#leave();
    this.#air.close();
    this.#wardrobe.close();
    this.#kit.close();
    this.#ringTexture.texture.destroy(true);
    this.#renderer.destroy({ removeView: true });
  }

  get #screen(): Screen {
    const { floor } = this.#engine.state;
    return floor === null ? "join" : floor === 0 ? "park" : "room";
  }

  #resize(): void {
    this.#w = this.#host.clientWidth;
    this.#h = this.#host.clientHeight;
    if (this.#w && this.#h) this.#renderer.resize(this.#w, this.#h);
    this.#view = null;
  }

  /** Draws only while the page is seen. */
  #run(): void {
    cancelAnimationFrame(this.#frame);
    if (document.visibilityState === "hidden") return;
    this.#at = performance.now();
    const next = (t: number) => {
      this.#frame = requestAnimationFrame(next);
      const dt = t - this.#at;
      if (dt < this.#gap) return;
      this.#pace += (Math.min(500, dt - this.#gap) - this.#pace) * 0.15;
      this.#gap = this.#pace > SLOW_MS ? Math.min(SLOWEST_MS, this.#gap * 1.15 + 4) : Math.max(0, this.#gap * 0.93 - 1);
      this.#at = t;
      this.#draw(t, Math.min(0.4, Math.max(0, dt / 1000)));
    };
    this.#frame = requestAnimationFrame(next);
  }

  /** Follows the state: which world, who is in it, what was said. */
  #sync(): void {
    const state = this.#engine.state;
    this.#turnTo(state);
    if (state.floor === null) return;
    if (this.#crowd !== state.crowd.people) {
      this.#crowd = state.crowd.people;
      this.#people(state);
    }
    this.#stand(state);
    this.#hear(state);
  }

  /** What was said since one came hangs in the air for a while. */
  #hear(state: ParkState): void {
    const room = state.room;
    if (!room || room.id !== state.floor) return;
    const last = room.chat.at(-1)?.id ?? 0;
    if (this.#lastLine >= 0) {
      for (const { id, by, text } of room.chat)
        if (id > this.#lastLine) this.#air.say(by.account, text, by.account === state.me?.person.account);
    }
    this.#lastLine = Math.max(this.#lastLine, last);
  }

  #turnTo(state: ParkState): void {
    const { floor, room } = state;
    if (floor === 0) {
      this.#plots = plots(state.rooms);
      const key = `lawn ${this.#plots.map((p) => `${p.room.id}${p.room.place}${p.room.hue}`).join()}`;
      if (key !== this.#worldKey)
        this.#open(key, () =>
          lawnWorld(
            this.#kit,
            this.#plots,
            () => this.#engine.now(),
            (box) => this.#looksAt(box),
          ),
        );
      this.#air.signs(this.#plots, words.rooms.quiet, this.#w < 700);
      return;
    }
    this.#plots = [];
    const inside =
      floor !== null
        ? room && room.id === floor
          ? { place: room.place, hue: room.settings.hue }
          : state.rooms.find((r) => r.id === floor)
        : this.#preview;
    const shown = inside ?? { place: "shell" as const, hue: "coral" as const };
    const key = `room ${floor ?? "preview"} ${shown.place} ${shown.hue}`;
    if (key !== this.#worldKey) this.#open(key, () => roomWorld(this.#kit, shown.place, HUES[shown.hue]));
  }

  #open(key: string, build: () => World): void {
    const sameFloor =
      this.#worldKey.split(" ").slice(0, 2).join() === key.split(" ").slice(0, 2).join() && key.startsWith("room");
    this.#leave(sameFloor || (key.startsWith("lawn") && this.#worldKey.startsWith("lawn")));
    this.#worldKey = key;
    const world = build();
    this.#world = world;
    this.#sorted.addChild(...world.items);
    this.#camera.addChild(world.ground, this.#ring, this.#sorted, world.lights);
    this.#view = null;
  }

  /** Takes the world down; people stay when only its look changes. */
  #leave(keepPeople = false): void {
    if (!keepPeople) {
      for (const walker of this.#walkers.values()) walker.close();
      this.#walkers.clear();
      this.#own = null;
      this.#feet = null;
      this.#crowd = null;
      this.#lastLine = -1;
      this.#leftStage = false;
      this.#air.clear();
      this.#atDoor(null);
      if (this.#wardrobe.pages > 8) {
        this.#wardrobe.close();
      }
    }
    const world = this.#world;
    if (!world) return;
    this.#camera.removeChild(this.#ring, this.#sorted);
    for (const item of world.items) item.destroy({ children: true });
    world.close();
    world.ground.destroy({ children: true });
    world.lights.destroy({ children: true });
    this.#world = null;
  }

  #people(state: ParkState): void {
    const me = state.me?.person.account;
    for (const [account, walker] of this.#walkers) {
      if (state.crowd.people.has(account)) continue;
      walker.close();
      this.#walkers.delete(account);
      if (walker === this.#own) this.#own = null;
    }
    for (const { person, away, x, y } of state.crowd.people.values()) {
      let walker = this.#walkers.get(person.account);
      if (!walker) {
        walker = this.#arrive(person, x, y);
        if (person.account === me) {
          this.#own = walker;
          const at = this.#world ? allowed(this.#world.walk, x, y) : { x, y };
          this.#feet ??= new Feet(at.x, at.y);
        }
      }
      walker.away = away && person.account !== me;
      if (walker.person !== person) {
        walker.person = person;
        walker.wear(this.#wardrobe.outfit(person.look, walker.stage));
      }
    }
    this.#ring.visible = this.#own !== null;
  }

  #arrive(person: Person, x: number, y: number): Walker {
    const walker = new Walker(
      person,
      x,
      y,
      this.#wardrobe.outfit(person.look, false),
      this.#kit.shadow,
      tint(this.#kit.palette.people),
    );
    this.#walkers.set(person.account, walker);
    this.#sorted.addChild(walker.view);
    return walker;
  }

  /** Whoever's track plays stands on stage; oneself until one walks off it. */
  #stand(state: ParkState): void {
    const play = state.room && state.floor === state.room.id ? (state.room.playback?.now ?? null) : null;
    if (play?.start_us !== this.#stagePlay) {
      this.#stagePlay = play?.start_us ?? null;
      this.#leftStage = false;
    }
    const by = this.#world?.stage ? (play?.by?.account ?? null) : null;
    for (const walker of this.#walkers.values()) {
      const stage = walker.person.account === by && !(walker === this.#own && this.#leftStage);
      if (stage === walker.stage) continue;
      walker.stage = stage;
      walker.wear(this.#wardrobe.outfit(walker.person.look, stage));
    }
  }

  #positions(p: Positions): void {
    if (p.floor !== this.#engine.state.floor) return;
    const t = performance.now();
    for (const { account, x, y, pose } of p.people) {
      const walker = this.#walkers.get(account);
      if (!walker) continue;
      if (walker !== this.#own) walker.seen(t, x, y, pose);
      else if (this.#feet && this.#feet.rested > 1.5 && Math.hypot(this.#feet.x - x, this.#feet.y - y) > 260) {
        // The park knows better where one stands after a while of rest; while walking, prediction leads.
        this.#feet.x = x;
        this.#feet.y = y;
      }
    }
  }

  #looksAt(box: { x: number; y: number; w: number; h: number }): boolean {
    const v = this.#view;
    if (!v) return false;
    const margin = 120;
    return (
      box.x < v.x + this.#w / v.scale + margin &&
      box.x + box.w > v.x - margin &&
      box.y < v.y + this.#h / v.scale + margin &&
      box.y + box.h > v.y - margin
    );
  }

  #look(free: Free, dt: number): View {
    const screen = this.#screen;
    const { x, y } = this.#feet ?? { x: STAGE.x, y: STAGE.y + 300 };
    const own = { x, y: y * K };
    let wanted: View;
    if (screen === "park") {
      const scale = lawnScale(this.#w, this.#zoom);
      wanted = frame(
        scale,
        own,
        { x: (free.left + free.right) / 2, y: free.top + (free.bottom - free.top) * 0.82 },
        null,
        free,
      );
    } else {
      const scale = roomScale(free, this.#w, this.#h, this.#zoom);
      const phone = this.#w <= 700;
      const top = phone
        ? screen === "join"
          ? Math.min(262, free.bottom * 0.72)
          : free.top + (free.bottom - free.top) * 0.46
        : (screen === "join" ? 430 : 366) * scale;
      const at = { x: screen === "join" && !phone ? this.#w * 0.64 : (free.left + free.right) / 2, y: top };
      wanted = frame(scale, { x: STAGE.x, y: STAGE.y * K }, at, this.#feet && !this.#own?.stage ? own : null, free);
    }
    if (this.#world) wanted = within(wanted, this.#w, this.#h, this.#world.box);
    const now = this.#view;
    if (!now || this.#wishes.calm) return wanted;
    const u = 1 - Math.exp(-dt / 0.16);
    return {
      scale: now.scale + (wanted.scale - now.scale) * u,
      x: now.x + (wanted.x - now.x) * u,
      y: now.y + (wanted.y - now.y) * u,
    };
  }

  #step(dt: number): void {
    const feet = this.#feet;
    const world = this.#world;
    if (!feet || !world || this.#screen === "join") return;
    if (feet.walk(dt, this.#hands.wish, world.walk)) {
      this.#engine.step(feet.x, feet.y, feet.pose);
      if (feet.walking) {
        this.#wishes.walked();
        if (this.#own?.stage) {
          this.#leftStage = true;
          this.#stand(this.#engine.state);
        }
      }
    }
    if (this.#own) {
      this.#own.place(feet.x, feet.y, feet.heading);
      this.#own.walking = feet.walking;
    }
    let best: Plot | null = null;
    let near = DOOR_REACH;
    for (const plot of this.#plots) {
      const door = doorOf(plot);
      const d = Math.hypot(door.x - feet.x, door.y - feet.y);
      if (d < near) [near, best] = [d, plot];
    }
    this.#atDoor(best?.room ?? null);
  }

  #atDoor(room: RoomSummary | null): void {
    if (room?.id === this.#door?.id) return;
    this.#door = room;
    this.#wishes.atDoor(room);
  }

  #tap(x: number, y: number): void {
    const view = this.#view;
    if (!view || !this.#feet) return;
    const at = toFloor(view, x, y);
    for (const plot of this.#plots) {
      const [w, high] = { shell: [160, 150], bandstand: [96, 140], glasshouse: [84, 100], bench: [60, 36] }[
        plot.room.place
      ];
      const [dx, dy] = [at.x - plot.x, (at.y - plot.y) * K];
      if (Math.abs(dx) < w && dy > -high && dy < 30) {
        this.#wishes.enter(plot.room);
        return;
      }
    }
    this.#feet.target = at;
  }

  #draw(t: number, dt: number): void {
    const world = this.#world;
    if (!world || !this.#w) return;
    const pulse = this.#music.follow(this.#engine, this.#preview?.now ?? null, dt);
    this.#step(dt);
    const free = freeOf(this.#screen, this.#w, this.#h);
    const view = this.#look(free, dt);
    this.#view = view;
    this.#camera.scale.set(view.scale);
    this.#camera.position.set(-view.x * view.scale, -view.y * view.scale);
    world.animate(pulse, t / 1000, this.#wishes.calm);

    const size = this.#screen === "park" ? 0.86 : 1.06;
    const [right, bottom] = [view.x + this.#w / view.scale, view.y + this.#h / view.scale];
    for (const walker of this.#walkers.values()) {
      if (walker !== this.#own) walker.follow(t);
      const wy = walker.y * K;
      walker.view.visible =
        walker.stage || (walker.x > view.x - 40 && walker.x < right + 40 && wy > view.y - 10 && wy < bottom + 80);
      if (!walker.view.visible) continue;
      walker.pose(pulse, walker === this.#own ? size * 1.09 : size, world.lookX, this.#wishes.calm);
      if (walker.stage && world.stage) {
        walker.view.position.set(world.stage.spot.x, world.stage.spot.y);
        walker.view.scale.set(world.stage.spot.scale);
        walker.view.zIndex = STAGE.y * K - 30;
        walker.shown = { x: world.stage.spot.x, y: world.stage.spot.y / K };
      }
    }
    this.#fade(view);
    if (this.#own) {
      this.#ring.position.set(this.#own.view.x, this.#own.view.y + 1);
      this.#ring.visible = !this.#own.stage;
    }
    this.#wardrobe.upload();
    const spot = world.stage?.spot;
    this.#air.frame(
      t,
      (x, y, above) => ({ x: (x - view.x) * view.scale, y: (y * K - above - view.y) * view.scale }),
      free,
      this.#walkers,
      this.#own,
      this.#plots,
      (w) => (w.stage && spot ? 52 * spot.scale : 52 * size),
      this.#screen !== "join",
    );
    this.#renderer.render(this.#root);
    this.#first();
  }

  /** What is off the screen is not drawn; whoever or whatever covers oneself turns partly transparent. */
  #fade(view: View): void {
    const [x, y] = this.#own ? [this.#own.view.x, this.#own.view.y] : [Number.NaN, Number.NaN];
    for (const walker of this.#walkers.values()) {
      if (walker === this.#own || !walker.view.visible) continue;
      const dy = walker.view.y - y;
      if (dy > 0 && dy < 50 && Math.abs(walker.view.x - x) < 22) walker.view.alpha = 0.55;
    }
    const [right, bottom] = [view.x + this.#w / view.scale, view.y + this.#h / view.scale];
    for (const item of this.#world?.items ?? []) {
      if (item.label !== COVER) continue;
      item.visible = item.x > view.x - 90 && item.x < right + 90 && item.y > view.y - 20 && item.y < bottom + 170;
      const dy = item.y - y;
      item.alpha = dy > 0 && dy < 120 && Math.abs(item.x - x) < 40 ? 0.45 : 1;
    }
  }
}
