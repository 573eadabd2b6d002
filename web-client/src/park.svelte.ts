//! The park as the screens see it: the engine's state made reactive, the playhead, and what is open on this screen.

import { getContext, setContext } from "svelte";
import { choices, choose } from "./choices.svelte";
import type { ParkClient, ParkState, Refusal } from "./client";
import { dress } from "./draw/look";
import { type Layout, WindowSize } from "./layout.svelte";
import { headOf, type Playhead } from "./playhead";
import { type Newcomer, type RoomSummary, SAMPLE_RATE } from "./protocol/generated";
import { roleOf } from "./rights";
import { words } from "./words/en";
import { guestName } from "./words/names";

/** What the screens need of the engine; the development page puts a pretended one in its place. */
export type Engine = Pick<
  ParkClient,
  | "state"
  | "subscribe"
  | "lookInto"
  | "walkInAsGuest"
  | "stepIn"
  | "resume"
  | "stepOut"
  | "stopListening"
  | "register"
  | "logIn"
  | "logOut"
  | "changeProfile"
  | "makeRoom"
  | "tracks"
  | "do"
  | "react"
  | "typing"
  | "step"
  | "tapToListen"
  | "setVolume"
  | "setMuted"
  | "setDelay"
  | "tryNow"
  | "dismiss"
  | "now"
  | "heard"
  | "bands"
  | "peaks"
  | "onPositions"
  | "onReactions"
>;

export type SheetName =
  | "login"
  | "register"
  | "profile"
  | "share"
  | "make"
  | "library"
  | "settings"
  | "personal"
  | "keys";
export type Tab = "chat" | "queue" | "people";

/** Whoever moves one's own figure: the scene, or list mode. */
export interface Mover {
  /** Walks to a point of the floor, in units. */
  walkTo(x: number, y: number): void;
}

/** A part of the floor, in units. */
export interface Part {
  x: number;
  y: number;
  w: number;
  h: number;
}

const KEY = Symbol("park");

export class Park {
  state = $state.raw() as ParkState;
  /** Park time in microseconds, renewed four times a second while the page is seen. */
  nowUs = $state(0);
  /** The wall clock in ms, renewed with it. */
  wall = $state(Date.now());
  sheet = $state<SheetName | null>(null);
  tab = $state<Tab>("chat");
  /** The room one is on the way to, once that takes longer than 400 ms. */
  walkingTo = $state<string | null>(null);
  /** A sentence of the client's own for the person. */
  said = $state<string | null>(null);
  /** The chat's field shall take the focus as soon as it is there. */
  toChat = $state(false);
  /** The room whose door one stands at, on the lawn. */
  door = $state<RoomSummary | null>(null);
  /** Whether the link's error page was left. */
  leftMissing = $state(false);
  /** Name and look one would walk in with. */
  guest = $state(newcomer(null));
  /** What moves one's figure; none before one stepped in. */
  mover = $state.raw<Mover | null>(null);
  /** What the scene shows of the lawn: the little map frames it. */
  view = $state.raw<Part | null>(null);
  /** There is no scene to draw (no WebGL, or it was lost): list mode stands in for it. */
  sceneless = $state(false);
  readonly #window = new WindowSize();
  readonly touch = matchMedia("(pointer: coarse)").matches;

  #saidTimer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void)[] = [];

  readonly client: Engine;

  constructor(client: Engine) {
    this.client = client;
    this.state = client.state;
    this.nowUs = client.now();
    this.guest = newcomer(client.state.boot.guest);
    this.#stop.push(
      client.subscribe((s) => {
        this.state = s;
      }),
    );
    this.#stop.push(() => this.#window.close());
    const tick = setInterval(() => {
      if (document.visibilityState === "hidden") return;
      this.nowUs = client.now();
      this.wall = Date.now();
    }, 250);
    this.#stop.push(() => clearInterval(tick));
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }

  get layout(): Layout {
    return this.#window.layout;
  }

  /** Lists in place of the scene: by choice, or because there is none. */
  get listMode(): boolean {
    return choices.list || this.sceneless;
  }
  set listMode(list: boolean) {
    choose({ list });
  }

  get me() {
    return this.state.me?.person ?? null;
  }

  /** The room one stands in; on the lawn and outside none. */
  get here() {
    const { room, floor } = this.state;
    return room && floor && room.id === floor ? room : null;
  }

  get role() {
    const { room } = this.state;
    return room && this.me ? roleOf(room, this.me.account) : "listener";
  }

  /** The line of the list for a room. */
  summary(id: number | null): RoomSummary | null {
    return this.state.rooms.find((r) => r.id === id) ?? null;
  }

  /** What is heard, or would be if there were sound; none while it is quiet. */
  get playhead(): Playhead | null {
    const playback = this.state.room?.playback;
    const nowUs = this.nowUs;
    const heard = this.client.heard();
    if (heard) return { play: heard.play, at: heard.samples / SAMPLE_RATE, of: heard.play.track.samples / SAMPLE_RATE };
    return playback ? headOf(playback.now, nowUs) : null;
  }

  /** Says something to the person for a while. */
  say(sentence: string): void {
    this.said = sentence;
    clearTimeout(this.#saidTimer);
    this.#saidTimer = setTimeout(() => {
      this.said = null;
    }, 5000);
  }

  /** Runs what the person asked for; a refusal becomes a notice, never an unhandled rejection. True when it was done. */
  async attempt(work: Promise<unknown>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (why) {
      this.say(sentenceOf(why));
      return false;
    }
  }

  /** Into a room: from the button, a door, the list or the address. True when one is in. */
  async stepIn(room: { id: number; name: string; slug: string }, address: "push" | "keep" = "push"): Promise<boolean> {
    this.door = null;
    const slow = setTimeout(() => {
      this.walkingTo = room.name;
    }, 400);
    const done = await this.attempt(
      (async () => {
        if (!this.state.me) await this.client.walkInAsGuest(this.guest.name, this.guest.look);
        await this.client.stepIn(room.id);
      })(),
    );
    clearTimeout(slow);
    this.walkingTo = null;
    if (done) {
      this.leftMissing = true;
      if (address === "push") go(`/r/${room.slug}`);
    }
    return done;
  }

  /** Out onto the lawn; the music goes on, softer. */
  stepOut(address: "push" | "keep" = "push"): void {
    this.client.stepOut();
    if (address === "push") go("/");
  }

  rollGuest(): void {
    this.guest = newcomer(null);
  }
}

/** The sentence of a refusal, or one of our own. */
export function sentenceOf(why: unknown): string {
  const text = (why as Partial<Refusal> | null)?.text;
  return typeof text === "string" && text ? text : words.account.failed;
}

/** Whom the page was made for, or somebody else whom nobody has seen yet. */
function newcomer(known: Newcomer | null): { name: string; look: number } {
  if (known) return { name: known.name, look: dress(known.seed | 0) };
  const seed = crypto.getRandomValues(new Uint32Array(2));
  return { name: guestName(seed[0]), look: dress(seed[1] | 0) };
}

function go(path: string): void {
  if (location.pathname !== path) history.pushState(null, "", path + location.search);
}

export function providePark(park: Park): Park {
  return setContext(KEY, park);
}

export function usePark(): Park {
  return getContext<Park>(KEY);
}
