//! The scene: one canvas for the whole visit. It joins the engine's state, the world, the people and the hands, and draws.

import { Container } from "pixi.js";
import type { ParkState, Positions } from "../client";
import { K } from "../draw/shapes";
import type { Engine, Part } from "../park.svelte";
import type { RoomSummary } from "../protocol/generated";
import { words } from "../words/en";
import { Air } from "./air";
import { glide, inView, look, readable, type Screen, toFloor, toWorld, type View, within } from "./camera";
import { Cast } from "./cast";
import { paletteNow, surroundings } from "./daylight";
import { allowed, Feet } from "./feet";
import { Hands } from "./hands";
import { whenIdle } from "./idle";
import { Kit } from "./kit";
import { STAGE } from "./layout";
import { Loop } from "./loop";
import { Mark } from "./mark";
import { Music, steady } from "./music";
import { plotAtDoor, plotUnder } from "./plots";
import { Renderer } from "./renderer";
import { Setting } from "./setting";
import { Wardrobe } from "./wardrobe";
import { screenOf, wanted } from "./whereabouts";

/** What the screens can ask of the scene. */
export interface Scene {
  /** Before stepping in: the room to show, without people. */
  preview(room: RoomSummary | null): void;
  /** One walks to a point of the floor, in units. */
  walkTo(x: number, y: number): void;
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
  /** What is in view on the lawn, in units; told when it changed, four times a second at the most. */
  looked: (part: Part) => void;
}

/** How high over the feet words hang, in units of a figure of size 1. */
const HEAD = 52;
/** How often the screens hear what is in view, in ms. */
const LOOKED_EVERY_MS = 250;

/** Opens the scene in `host`; null where there is no WebGL: the pages do everything without it. */
export async function openScene(host: HTMLElement, engine: Engine, wishes: Wishes): Promise<Scene | null> {
  if (new URLSearchParams(location.search).get("scene") === "off") return null;
  const renderer = new Renderer();
  const ratio = Math.min(2, Math.max(1, devicePixelRatio || 1));
  try {
    await renderer.init({
      width: host.clientWidth,
      height: host.clientHeight,
      resolution: ratio,
      autoDensity: true,
      antialias: false,
      background: paletteNow(engine.now(), engine.state.boot).lawn,
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

/** A picture that comes later than this after the one before was of a hidden page. */
const UNSEEN_MS = 10_000;

class Drawn implements Scene {
  readonly #host: HTMLElement;
  readonly #renderer: Renderer;
  readonly #engine: Engine;
  readonly #wishes: Wishes;
  readonly #kit: Kit;
  readonly #wardrobe: Wardrobe;
  readonly #setting: Setting;
  readonly #cast: Cast;
  readonly #air: Air;
  readonly #hands: Hands;
  readonly #loop: Loop;
  readonly #music: Music;
  readonly #root = new Container();
  readonly #mark: Mark;
  readonly #off: (() => void)[] = [];
  /** Draws ahead of the eye, and anew what stands in a former light. */
  readonly #idle = whenIdle(() => this.#setting.world?.ahead() || this.#kit.baker.freshen());
  #feet: Feet | null = null;
  #preview: RoomSummary | null;
  #view: View | null = null;
  #zoom = 1;
  #w = 0;
  #h = 0;
  /** When the light was last looked at, in ms of this page. */
  #shone = 0;
  #lookedAt = 0;
  #lookedIn: ParkState["preview"] = null;
  #lastLine = -1;
  #door: RoomSummary | null = null;
  #stagePlay: number | null = null;
  #leftStage = false;
  #first: () => void = () => {};
  /** Settled with the first picture: until then the still shell stays. */
  readonly shown = new Promise<void>((done) => {
    this.#first = done;
  });

  constructor(host: HTMLElement, renderer: Renderer, ratio: number, engine: Engine, wishes: Wishes) {
    this.#host = host;
    this.#renderer = renderer;
    this.#engine = engine;
    this.#wishes = wishes;
    this.#preview = wishes.preview;
    this.#music = new Music(engine);
    this.#kit = new Kit(paletteNow(engine.now(), engine.state.boot), Math.min(2, Math.max(1, ratio * 1.06)));
    this.#wardrobe = new Wardrobe(Math.min(2.2, Math.max(1.4, ratio * 1.1)));
    this.#air = new Air(ratio);
    this.#mark = new Mark(this.#kit);
    this.#setting = new Setting(
      this.#kit,
      this.#mark.under,
      this.#music.loudness,
      () => engine.now(),
      (box, margin = 0) => this.#view !== null && inView(this.#view, this.#w, this.#h, box, margin),
    );
    this.#cast = new Cast(this.#setting.standing, this.#wardrobe, this.#kit);
    this.#setting.standing.addChild(this.#mark.over);
    this.#root.addChild(this.#setting.camera, this.#air.view);
    const canvas = renderer.canvas;
    canvas.setAttribute("aria-hidden", "true");
    host.append(canvas);
    this.#surround();
    this.#hands = new Hands(host, {
      tap: (x, y) => this.#tap(x, y),
      zoom: (factor) => {
        this.#zoom = Math.max(0.6, Math.min(1.6, this.#zoom * factor));
      },
      stick: (at) => this.#air.stick(at),
      dance: () => this.#dance(),
    });
    const sized = new ResizeObserver(() => this.#resize());
    sized.observe(host);
    this.#off.push(
      engine.subscribe(() => this.#sync()),
      engine.onPositions((p) => this.#positions(p)),
      engine.onReactions(({ by }) => {
        for (const [account, kind] of by) this.#air.react(account, kind);
      }),
      () => sized.disconnect(),
    );
    this.#resize();
    this.#sync();
    this.#loop = new Loop((now, seconds) => this.#draw(now, seconds));
  }

  preview(room: RoomSummary | null): void {
    this.#preview = room;
    this.#sync();
  }

  walkTo(x: number, y: number): void {
    if (this.#feet) this.#feet.target = { x, y };
  }

  close(): void {
    this.#loop.close();
    this.#idle.close();
    this.#first();
    for (const off of this.#off) off();
    this.#hands.close();
    this.#leave();
    this.#cast.close();
    this.#setting.close();
    this.#air.close();
    this.#wardrobe.close();
    this.#kit.close();
    this.#mark.close();
    this.#renderer.destroy({ removeView: true });
  }

  get #screen(): Screen {
    return screenOf(this.#engine.state.floor);
  }

  #resize(): void {
    this.#w = this.#host.clientWidth;
    this.#h = this.#host.clientHeight;
    if (this.#w && this.#h) this.#renderer.resize(this.#w, this.#h);
    this.#view = null;
  }

  /** Follows the state: which world, who is in it, what was said. */
  #sync(): void {
    const state = this.#engine.state;
    const { rebuilt } = this.#setting.turnTo(wanted(state, this.#preview), () => this.#leave());
    if (rebuilt) this.#view = null;
    if (state.floor === 0) this.#air.signs(this.#setting.plots, words.rooms.quiet, this.#w < 700);
    if (state.floor === null) this.#lookIn(state);
    // A floor one stands on is never empty: its people are on their way, and those seen from outside stay meanwhile.
    else if (state.crowd.people.size > 0)
      this.#cast.follow(state.crowd.people, state.me?.person.account, this.#entering(state));
    const { own } = this.#cast;
    if (own && !this.#feet && this.#setting.world) {
      const at = allowed(this.#setting.world.walk, own.x, own.y);
      this.#feet = new Feet(at.x, at.y);
    }
    this.#stand(state);
    this.#hear(state);
  }

  /** Before one steps in: the people of the room, seen from outside. */
  #lookIn({ preview }: ParkState): void {
    if (!preview || preview === this.#lookedIn || preview.room.id !== this.#preview?.id) return;
    this.#lookedIn = preview;
    this.#cast.follow(new Map(preview.people.map((one) => [one.person.account, one])), undefined, null);
  }

  /** When those who come walk in from the gate: now in a room, never on the lawn or where motion is unwanted. */
  #entering({ floor }: ParkState): number | null {
    return floor && !this.#wishes.calm ? performance.now() : null;
  }

  /** Everybody of the former floor goes. */
  #leave(): void {
    this.#cast.clear();
    this.#air.clear();
    this.#feet = null;
    this.#lookedIn = null;
    this.#lastLine = -1;
    this.#leftStage = false;
    this.#atDoor(null);
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

  /** Whoever's track plays stands on stage; oneself until one walks off it. */
  #stand(state: ParkState): void {
    const outside = state.floor === null ? (state.preview?.room ?? this.#preview) : null;
    const play = outside ? outside.now : state.room?.id === state.floor ? (state.room?.playback?.now ?? null) : null;
    if (play?.start_us !== this.#stagePlay) {
      this.#stagePlay = play?.start_us ?? null;
      this.#leftStage = false;
    }
    const by = this.#setting.world?.stage ? (play?.by?.account ?? null) : null;
    this.#cast.stand(this.#leftStage && by === this.#cast.own?.person.account ? null : by);
  }

  #positions(p: Positions): void {
    if (p.floor !== this.#engine.state.floor) return;
    const now = performance.now();
    this.#cast.positions(p, now);
    const feet = this.#feet;
    const me = this.#cast.own?.person.account;
    const said = feet && p.people.find(({ account }) => account === me);
    if (said && feet.told(said.x, said.y, now)) this.#engine.step(feet.x, feet.y, feet.pose);
  }

  #step(now: number, seconds: number): void {
    const feet = this.#feet;
    const world = this.#setting.world;
    if (!feet || !world) return;
    const { own } = this.#cast;
    if (feet.walk(seconds, this.#hands.wish, world.walk)) {
      this.#engine.step(feet.x, feet.y, feet.pose);
      if (feet.walking) {
        this.#wishes.walked();
        // Whoever walks has come in.
        const from = own?.arrive();
        if (from) feet.slideFrom(from.x, from.y);
        if (own?.stage) {
          this.#leftStage = true;
          this.#stand(this.#engine.state);
        }
      }
    }
    const { x, y } = feet.shown;
    own?.lead(now, x, y, feet.heading, feet.walking, feet.dancing);
    this.#atDoor(plotAtDoor(this.#setting.plots, feet.x, feet.y)?.room ?? null);
  }

  /** Dances, or stops; at a door the same key steps in. */
  #dance(): void {
    const feet = this.#feet;
    if (!feet || this.#door) return;
    feet.dance();
    this.#engine.step(feet.x, feet.y, feet.pose);
  }

  #atDoor(room: RoomSummary | null): void {
    if (room?.id === this.#door?.id) return;
    this.#door = room;
    this.#wishes.atDoor(room);
  }

  #tap(x: number, y: number): void {
    if (!this.#view || !this.#feet) return;
    const at = toFloor(this.#view, x, y);
    const plot = plotUnder(this.#setting.plots, at.x, at.y);
    const feet = this.#feet;
    if (plot) this.#wishes.enter(plot.room);
    else if (Math.abs(at.x - feet.x) < 16 && at.y < feet.y + 8 && at.y > feet.y - 46 / K) this.#dance();
    else feet.target = at;
  }

  /** Tells the little map what is in view. */
  #looked(now: number, view: View): void {
    if (this.#screen !== "park" || now - this.#lookedAt < LOOKED_EVERY_MS) return;
    this.#lookedAt = now;
    const at = toFloor(view, 0, 0);
    this.#wishes.looked({ ...at, w: this.#w / view.scale, h: this.#h / view.scale / K });
  }

  /** Where the camera is in this picture. */
  #turn(seconds: number): View {
    const { world } = this.#setting;
    const own = this.#cast.own?.stage && this.#screen === "room" ? null : this.#feet;
    let to = look(this.#screen, this.#w, this.#h, this.#zoom, STAGE, own);
    if (world) to = within(to, this.#w, this.#h, world.box);
    return this.#view && !this.#wishes.calm ? glide(this.#view, to, seconds) : to;
  }

  /** The page around the canvas stands in the same light. */
  #surround(): void {
    for (const [name, value] of Object.entries(surroundings(this.#kit.palette)))
      this.#host.style.setProperty(name, value);
  }

  /** Follows the park's light. After a while unseen it is another one altogether: then all is drawn anew at once. */
  #shine(now: number): void {
    const unseen = now - this.#shone > UNSEEN_MS;
    this.#shone = now;
    const palette = paletteNow(this.#engine.now(), this.#engine.state.boot);
    if (palette !== this.#kit.palette) {
      this.#kit.baker.turn(palette);
      this.#setting.world?.relight();
      this.#surround();
      while (unseen && this.#kit.baker.freshen());
    }
    this.#idle.again();
  }

  #draw(now: number, seconds: number): void {
    const { world, camera, plots } = this.#setting;
    if (!world || !this.#w) return;
    const { calm } = this.#wishes;
    this.#shine(now);
    const heard = this.#music.follow(this.#preview?.now ?? null, seconds);
    const pulse = calm ? steady(heard) : heard;
    this.#step(now, seconds);
    const view = this.#turn(seconds);
    this.#view = view;
    this.#looked(now, view);
    camera.scale.set(view.scale);
    camera.position.set(-view.x * view.scale, -view.y * view.scale);
    world.animate(pulse, now / 1000, calm);

    const size = this.#screen === "park" ? 0.86 : 1.06;
    this.#cast.draw({ now, pulse, view, w: this.#w, h: this.#h, size, world, calm });
    const { own } = this.#cast;
    this.#setting.cover(view, this.#w, this.#h, own && toWorld(own.x, own.y));
    this.#mark.show(own?.stage ? null : own, size, calm ? 0 : Math.sin(now / 260));
    const spot = world.stage?.spot;
    this.#air.frame({
      now,
      project: (x, y, above) => ({ x: (x - view.x) * view.scale, y: (y * K - above - view.y) * view.scale }),
      free: readable(this.#screen, this.#w, this.#h),
      people: this.#cast.walkers,
      inView: this.#cast.inView,
      own,
      plots,
      heads: (w) => HEAD * (w.stage && spot ? spot.scale : size),
    });
    this.#renderer.render(this.#root);
    this.#first();
  }
}
