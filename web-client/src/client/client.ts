//! The park as a program sees it: one object with the state to draw and the verbs of a person.

import { Api } from "../net/api";
import { Connection, type Link } from "../net/connection";
import { Refused } from "../net/refused";
import type { Positions, ProbeAnswer } from "../protocol/binary";
import type {
  Action,
  Boot,
  ChatLine,
  Event,
  FloorSeen,
  Hue,
  Me,
  Play,
  QueueMode,
  Reaction,
  Refusal,
  RoomMade,
  RoomState,
  ToClient,
  Track,
} from "../protocol/generated";
import { ParkClock } from "../sync/clock";
import { Prober } from "../sync/prober";
import { Commands } from "./commands";
import { Ear } from "./ear";
import { shown } from "./ephemeral";
import { keepPlace, keptDelay, keptLoudness, keptPlace } from "./keeping";
import { Listening } from "./listening";
import { followPage } from "./page";
import { Passing } from "./passing";
import { Preview } from "./preview";
import { emptyCrowd, firstState, isOutside, type ParkState } from "./state";
import { Steps } from "./steps";
import { Holder, Listeners } from "./telling";

/** Reactions of the last moments on the floor one stands on. */
export interface Reactions {
  by: [number, Reaction][];
  counts: [Reaction, number][];
}

const LAWN = 0;
const SECOND_MS = 1_000;
const TYPING_EVERY_MS = 3_000;

export class ParkClient {
  readonly #holder: Holder<ParkState>;
  readonly #api: Api;
  readonly #clock: ParkClock;
  readonly #ear: Ear;
  readonly #connection: Connection;
  readonly #prober: Prober;
  readonly #listening: Listening;
  readonly #commands: Commands;
  readonly #steps: Steps;
  readonly #positions = new Listeners<Positions>();
  readonly #reactions = new Listeners<Reactions>();
  readonly #second: ReturnType<typeof setInterval>;
  #typedAt = Number.NEGATIVE_INFINITY;
  readonly #passing: Passing;
  readonly #preview: Preview;
  /** When one came to the room, by `performance.now()`: what was said before is "Earlier". */
  #arrivedMs = 0;
  #changing: Promise<void> = Promise.resolve();
  readonly #letGo: () => void;

  /** `origin`: where the park is, as `http://host:port`; unset: where the page is from. */
  constructor(boot: Boot, options: { origin?: string } = {}) {
    const origin = options.origin ?? "";
    const kept = { ...keptLoudness(), delayMs: keptDelay() };
    this.#holder = new Holder(firstState(boot, kept));
    this.#api = new Api(origin);
    this.#clock = new ParkClock(boot.now_us / 1_000, performance.now());
    this.#connection = new Connection(
      {
        url: `${origin || location.origin}/ws`.replace(/^http/, "ws"),
        ticket: () => this.#changing.then(() => this.#api.ticket()),
        open: (url) => new WebSocket(url),
        random: Math.random,
      },
      {
        onLink: (link) => this.#linked(link),
        onFrame: (frame) => this.#frame(frame),
        onBinary: (frame) => this.#binary(frame),
        onSignedOut: () => this.#signedOut("You were signed out. Walk in again to go on."),
      },
    );
    const send = this.#connection.send.bind(this.#connection);
    const sendBinary = this.#connection.sendBinary.bind(this.#connection);
    this.#prober = new Prober(this.#clock, sendBinary);
    this.#steps = new Steps(sendBinary);
    this.#ear = new Ear(this.#holder, this.#clock, origin, send);
    this.#listening = new Listening({ send, onChange: (state, events) => this.#roomIs(state, events) });
    this.#commands = new Commands({
      send,
      live: () => this.#connection.live,
      parkMs: () => this.now() / 1_000,
      onChange: (pending, slow) => this.#holder.set({ pending, slow }),
    });
    this.#passing = new Passing(this.#holder);
    this.#preview = new Preview({
      look: (slug) => this.#api.floor(slug),
      onSeen: (seen) => this.#seenFromOutside(seen),
      hidden: () => globalThis.document?.visibilityState === "hidden",
      nowUs: () => this.now(),
    });
    this.#second = setInterval(() => this.#everySecond(), SECOND_MS);
    this.#letGo = followPage({
      hidden: () => this.#prober.setHidden(true),
      seen: () => this.#seenAgain(),
      online: () => this.tryNow(),
      play: () => {
        this.setMuted(false);
        this.tapToListen();
      },
      pause: () => this.setMuted(true),
    });
    if (boot.room?.now) this.#ear.prefetch(boot.room.now);
  }

  get state(): ParkState {
    return this.#holder.state;
  }

  subscribe(listener: (state: ParkState) => void): () => void {
    return this.#holder.subscribe(listener);
  }

  /** Looks into a room from outside, until it is told to stop: `state.preview` and the room's line stay fresh. */
  lookInto(slug: string): () => void {
    return this.#preview.of(slug);
  }

  /** Walks in without an account, unless one has a session. In a gesture: the sound is unlocked by it. */
  async walkInAsGuest(name: string, look: number): Promise<Me> {
    this.#ear.unlock();
    if (this.state.me) return this.state.me;
    return this.#become(await this.#api.guest({ name, look }));
  }

  /** Into a room: its music, its people. In a gesture. Resolves when the room is here. */
  stepIn(room: number): Promise<void> {
    this.#ear.unlock();
    return this.#goTo(room, room);
  }

  /** Back to where this tab was before a reload, unless the link leads elsewhere. False: there is no such place. */
  async resume(): Promise<boolean> {
    const place = keptPlace();
    const { room } = this.state.boot;
    const elsewhere = globalThis.location?.pathname.startsWith("/r/") && room?.id !== place?.room;
    if (!place || !this.state.me || elsewhere) return false;
    this.#ear.unlock();
    return this.#goTo(place.room, place.floor).then(
      () => true,
      () => false, // The room is gone.
    );
  }

  /** Out onto the lawn; the music goes on at a third. */
  stepOut(): void {
    this.#stand(LAWN);
  }

  stopListening(): void {
    void this.#listening.listen(null);
    this.#ear.play(null, null);
    this.#holder.set({ listening: null, room: null });
    keepPlace(null);
  }

  async register(login: string, password: string): Promise<Me> {
    return this.#become(await this.#change(this.#api.register({ login, password })));
  }

  async logIn(login: string, password: string): Promise<Me> {
    const before = this.state.me;
    const me = this.#become(await this.#change(this.#api.logIn({ login, password })));
    if (before && before.person.account !== me.person.account) {
      // The socket still speaks for whom one was, and what is on its way was theirs.
      this.#commands.clear({ code: "conflict", text: "You became somebody else before the park had it." });
      this.#connection.restart();
    }
    return me;
  }

  async logOut(): Promise<void> {
    await this.#api.logOut();
    this.#signedOut(null);
  }

  async changeProfile(name: string, look: number): Promise<Me> {
    return this.#become(await this.#api.profile({ name, look }));
  }

  makeRoom(name: string, mode: QueueMode, hue: Hue): Promise<RoomMade> {
    return this.#api.makeRoom({ name, mode, hue });
  }

  tracks(search: string): Promise<Track[]> {
    return this.#api.tracks(search);
  }

  /** Asks something of the room one listens to. Resolves when the park has it for good; rejects with `Refused`. */
  do(action: Action): Promise<void> {
    const room = this.state.listening;
    const nowhere = () => Promise.reject(new Refused({ code: "conflict", text: "Step into a room first." }));
    const done = room === null ? nowhere() : this.#commands.do(room, action);
    done.catch(() => {}); // Whoever does not wait for it is not surprised by it.
    return done;
  }

  react(reaction: Reaction): void {
    this.#connection.send({ react: { with: reaction } });
  }

  /** One is writing; told at most each 3 s. */
  typing(): void {
    if (performance.now() - this.#typedAt < TYPING_EVERY_MS) return;
    if (this.#connection.send({ typing: {} })) this.#typedAt = performance.now();
  }

  /** Where one stands now. As often as one likes: it leaves ten times a second. */
  step(x: number, y: number, pose: number): void {
    this.#steps.step({ x, y, pose });
  }

  /** In a gesture: the sound that the browser blocked, at the live position. */
  tapToListen(): void {
    this.#ear.unlock();
  }

  setVolume(volume: number): void {
    this.#ear.setLoudness({ volume: Math.max(0, Math.min(1, volume)), muted: this.state.muted });
  }

  setMuted(muted: boolean): void {
    this.#ear.setLoudness({ volume: this.state.volume, muted });
  }

  /** How much later the ear hears on this device than the browser believes, in ms (SYNC.md, nudge). Kept for the next visit. */
  setDelay(ms: number): void {
    this.#ear.setDelay(ms);
  }

  tryNow(): void {
    this.#connection.tryNow();
  }

  /** Takes the notice off the screen. */
  dismiss(): void {
    this.#holder.set({ notice: null });
  }

  /** Park time in microseconds. */
  now(): number {
    return Math.round(this.#clock.parkAt(performance.now()) * 1_000);
  }

  /** What comes out of the speaker at this moment, by the sources that were started and the audio clock. */
  heard(): { play: Play; samples: number } | null {
    return this.#ear.heard();
  }

  /** By how many ms what is heard lies behind what is due; null in silence. */
  drift(): number | null {
    return this.#ear.drift();
  }

  /** How often the audio device stalled since the page was opened. */
  get stalls(): number {
    return this.#ear.stalls;
  }

  /** Six bands from 0 to 1 of what is heard, bass first. */
  bands(): Float32Array | null {
    return this.#ear.bands();
  }

  /** Root mean square of what is heard, 0 to 1. */
  energy(): number {
    return this.#ear.energy();
  }

  /** The waveform of a track: pairs of peak and RMS, 0 to 255. */
  peaks(audio: string): Promise<Uint8Array> {
    return this.#ear.peaks(audio);
  }

  onPositions(listener: (positions: Positions) => void): () => void {
    return this.#positions.add(listener);
  }

  onReactions(listener: (reactions: Reactions) => void): () => void {
    return this.#reactions.add(listener);
  }

  close(): void {
    clearInterval(this.#second);
    this.#passing.close();
    this.#letGo();
    this.#prober.stop();
    this.#steps.forget();
    this.#preview.close();
    this.#listening.close();
    this.#commands.clear({ code: "unavailable", text: "The page was closed before the park answered." });
    this.#connection.stop();
    this.#ear.close();
  }

  #goTo(room: number, floor: number): Promise<void> {
    if (!this.state.me) {
      return Promise.reject(new Refused({ code: "not_signed_in", text: "Choose a name, then step in." }));
    }
    if (this.state.listening !== room) {
      this.#ear.play(room, null);
      this.#holder.set({ listening: room, room: null });
      this.#arrivedMs = performance.now();
    }
    const here = this.#listening.listen(room);
    this.#stand(floor);
    if (floor !== LAWN) {
      this.#arrivedMs = performance.now();
      this.#holder.set({ steppedInAt: Date.now(), chatFrom: this.#chatFrom(this.state.room?.chat ?? []) });
    }
    this.#connection.start();
    return here.catch((why: unknown) => {
      if (this.state.listening === room && !this.state.room) this.stopListening();
      throw why;
    });
  }

  #stand(floor: number): void {
    const moved = floor !== this.state.floor;
    if (moved) {
      this.#steps.forget();
      this.#holder.set({ floor, crowd: emptyCrowd(), waiting: null, typing: [] });
      this.#connection.send({ stand: { floor } });
    }
    const { listening } = this.state;
    keepPlace(listening === null ? null : { room: listening, floor });
    this.#setOutside();
  }

  /** From the lawn, and from the line at its door, a room is heard from outside. */
  #setOutside(): void {
    this.#ear.setOutside(isOutside(this.state));
  }

  /** The session is renewed: the former one's socket is closed, and the next ticket must wait for the new one. */
  #change(asking: Promise<Me>): Promise<Me> {
    this.#changing = asking.then(
      () => {},
      () => {},
    );
    return asking;
  }

  #become(me: Me): Me {
    this.#holder.set({ me });
    return me;
  }

  #signedOut(text: string | null): void {
    this.#connection.stop();
    this.stopListening();
    this.#commands.clear({ code: "not_signed_in", text: "You were signed out before the park had it." });
    this.#holder.set({ me: null, floor: null, crowd: emptyCrowd(), waiting: null, typing: [], steppedInAt: null });
    if (text) this.#passing.notice({ text, kind: "info" });
  }

  #linked(link: Link): void {
    this.#holder.set({ connection: link });
    this.#passing.linked(link, this.#listening.seq, this.now());
    if (link.is !== "live") {
      this.#prober.stop();
      return;
    }
    this.#prober.start();
    this.#listening.connected();
    const { floor } = this.state;
    if (floor !== null) {
      this.#connection.send({ stand: { floor } });
      this.#steps.again();
    }
    this.#ear.connected();
    this.#commands.connected();
  }

  #frame(frame: ToClient): void {
    const { floor } = this.state;
    if ("events" in frame) {
      this.#listening.events(frame.events.room, frame.events.events);
      this.#commands.events(frame.events.events);
    } else if ("snapshot" in frame) this.#listening.snapshot(frame.snapshot.room, frame.snapshot.snapshot);
    else if ("accepted" in frame) this.#commands.accepted(frame.accepted.id);
    else if ("refused" in frame) this.#commands.refused(frame.refused.id, frame.refused.why);
    else if ("unknown" in frame) this.#commands.unknown(frame.unknown.id);
    else if ("sorry" in frame) this.#sorry(frame.sorry.why);
    else if ("reactions" in frame) {
      if (frame.reactions.floor === floor) this.#reactions.tell(frame.reactions);
    } else if ("typing" in frame) {
      if (frame.typing.floor === floor) this.#passing.typing(frame.typing.by);
    } else {
      const patch = shown(this.state, frame);
      if (!patch) return;
      const { waiting } = this.state;
      this.#holder.set(patch);
      if (this.state.waiting !== waiting) this.#setOutside();
    }
  }

  #binary(frame: Positions | ProbeAnswer): void {
    if (frame.is === "positions") {
      if (frame.floor === this.state.floor) this.#positions.tell(frame);
      return;
    }
    const knew = this.#clock.known;
    this.#prober.answered(frame);
    if (!knew && this.#clock.known) this.#synced();
  }

  #roomIs(room: RoomState, events: readonly Event[]): void {
    const before = this.state.room;
    this.#holder.set({ room });
    if (before?.chat !== room.chat) this.#holder.set({ chatFrom: this.#chatFrom(room.chat) });
    if (!before || before.playback !== room.playback) this.#ear.play(room.id, room.playback);
    this.#passing.said(room.chat, events.flatMap(saidIn), events.length === 0);
    this.#ear.look();
  }

  /** The last line said before one came. By its time, as what was said before may well arrive after the snapshot. */
  #chatFrom(chat: readonly ChatLine[]): number {
    const arrivedUs = this.#clock.parkAt(this.#arrivedMs) * 1_000;
    return chat.findLast((line) => line.at <= arrivedUs)?.id ?? 0;
  }

  #sorry(why: Refusal): void {
    if (!this.#listening.sorry(why)) this.#passing.notice({ text: why.text, kind: "refused" });
  }

  #synced(): void {
    const known = this.#clock.known;
    const errorMs = Number.isFinite(this.#clock.errorMs) ? Math.round(this.#clock.errorMs * 10) / 10 : 0;
    const was = this.state.sync;
    if (known !== was.known || errorMs !== was.errorMs) this.#holder.set({ sync: { known, errorMs } });
  }

  #everySecond(): void {
    this.#synced();
    if (this.state.listening !== null) this.#ear.look();
  }

  #seenFromOutside(preview: FloorSeen | null): void {
    const line = preview?.room;
    const others = this.state.rooms;
    const listed = others.some((room) => room.id === line?.id);
    const renewed = () => others.map((room) => (line && room.id === line.id ? line : room));
    const rooms = line ? (listed ? renewed() : [...others, line]) : others;
    if (line?.now && line.now.start_us !== this.state.preview?.room.now?.start_us) this.#ear.prefetch(line.now);
    this.#holder.set({ preview, rooms });
  }

  #seenAgain(): void {
    this.#preview.seenAgain();
    this.#prober.setHidden(false);
    this.tryNow();
    this.#ear.seenAgain();
  }
}

function saidIn(event: Event): ChatLine[] {
  return "chat.said" in event.is ? [event.is["chat.said"].line] : [];
}
