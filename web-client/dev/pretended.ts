//! A park without a server: people who walk and chat, music that is only a clock. It has the engine's interface.

import type { ParkState, Positions, Reactions } from "../src/client";
import { firstState } from "../src/client/state";
import type { Engine } from "../src/park.svelte";
import type { Action, Me, Person, Reaction, RoomMade, RoomState, Standing, Track } from "../src/protocol/generated";
import { bandsAt, peaksOf } from "./pretended-music";
import { crowdOn } from "./pretended-people";
import { type Case, caseOf, listOf, roomOf } from "./pretended-rooms";

/** Everybody on the lawn. */
const ON_LAWN = 55;

/** North, see src/protocol/binary.ts. */
const FACING_THE_STAGE = 6;

/** Minutes since the park was opened: in the midst of the light that is asked for, or as many as `minutes` says. */
function openMinutes(query: URLSearchParams): number {
  const minutes = query.get("minutes");
  if (minutes !== null) return Number(minutes);
  return { dusk: 10, night: 50, day: 90 }[query.get("light") ?? "dusk"] ?? 10;
}

export class PretendedPark implements Engine {
  state: ParkState;
  readonly query: URLSearchParams;
  #listeners = new Set<(s: ParkState) => void>();
  #positions = new Set<(p: Positions) => void>();
  #reactions = new Set<(r: Reactions) => void>();
  #zero = Date.now() * 1000;
  #case: Case;
  #room: RoomState;
  #crowd: Standing[] = [];
  #me: Person;
  #next = 1000;

  constructor(query: URLSearchParams) {
    this.query = query;
    this.#case = caseOf(query, this.#zero);
    this.#room = roomOf(this.#case, query);
    this.#me = this.#case.who(1);
    const rooms = query.get("rooms") === "0" ? [] : listOf(this.#case, this.#room, query);
    const view = query.get("view") ?? "join";
    const known = view !== "join" || query.has("known");
    const login = query.has("login") ? "amber" : null;
    this.state = {
      ...firstState(
        {
          me: known ? { person: this.#me, login } : null,
          guest: null,
          room: rooms[0] ?? null,
          missing: view === "missing" ? "nowhere" : null,
          rooms,
          now_us: this.#zero,
          opened_us: this.#zero - openMinutes(query) * 60e6,
          software: "dev",
        },
        { volume: 0.68, muted: query.has("muted"), delayMs: 0 },
      ),
      sync: { known: true, errorMs: 1.6 },
    };
    if (view === "room") this.#enter(1, this.#case.people);
    if (view === "park") this.#enter(0, Number(query.get("people") ?? ON_LAWN));
    this.#set(HOW[query.get("state") ?? ""]?.(this.state) ?? {});
    if (query.has("typing")) this.#set({ typing: [4, 6].slice(0, Number(query.get("typing"))) });
    setInterval(() => this.#live(), 200);
  }

  #set(change: Partial<ParkState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener(this.state);
  }

  #enter(floor: number, count: number): void {
    this.#crowd = crowdOn(floor, count - 1, this.#case.who);
    this.#set({
      connection: { is: "live" },
      listening: 1,
      floor,
      waiting: null,
      room: this.#room,
      chatFrom: 5,
      steppedInAt: Date.now() - 60_000,
      crowd: {
        count,
        present: count,
        needed: Math.max(1, Math.ceil(count / 2)),
        people: new Map(this.#crowd.map((s) => [s.person.account, s])),
        line: [],
      },
      sound: { is: "playing", outside: floor === 0 },
    });
  }

  /** People walk and react, unless the picture shall hold still, or they shall stand while the music goes on. */
  #live(): void {
    if (this.state.floor === null || this.query.has("still") || this.query.has("stand")) return;
    const r = Math.random;
    const walkers = this.#crowd.filter((s) => s.person.account !== 1 && r() < 0.01);
    for (const s of walkers) {
      s.x = Math.max(300, Math.min(1300, s.x + Math.round((r() - 0.5) * 60)));
      s.y = Math.max(440, Math.min(1100, s.y + Math.round((r() - 0.5) * 60)));
    }
    if (walkers.length)
      for (const listener of this.#positions)
        listener({
          is: "positions",
          floor: this.state.floor,
          tick: 0,
          key: false,
          more: 0,
          people: walkers.map((s) => ({ account: s.person.account, x: s.x, y: s.y, pose: 8 + 6 })),
        });
    if (r() < 0.35) {
      const who = this.#crowd[(r() * this.#crowd.length) | 0];
      const kind = (["love", "love", "fire", "sing", "wow", "encore"] as Reaction[])[(r() * 6) | 0];
      for (const listener of this.#reactions) listener({ by: [[who.person.account, kind]], counts: [[kind, 1]] });
    }
  }

  subscribe(listener: (s: ParkState) => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener) as unknown as undefined;
  }
  /** The room's people are there before one steps in; `state=unseen`: the park does not answer. */
  lookInto(_slug: string): () => void {
    const room = this.state.rooms[0];
    if (room && this.query.get("state") !== "unseen") {
      const people = crowdOn(1, this.#case.people, this.#case.who).slice(1, 129);
      const next = this.#room.playback?.next ?? null;
      this.#set({ preview: { room, next, people: people.map((one) => ({ ...one, pose: FACING_THE_STAGE })) } });
    }
    return () => this.#set({ preview: null });
  }
  async walkInAsGuest(name: string, look: number): Promise<Me> {
    return this.#become({ ...this.#me, name, look }, null);
  }
  async stepIn(_room: number): Promise<void> {
    // On the way for ever: what one sees while it takes longer.
    if (this.query.get("state") === "walking") return new Promise(() => {});
    this.#enter(1, this.#case.people);
  }
  async resume() {
    return false;
  }
  stepOut(): void {
    this.#enter(0, ON_LAWN);
  }
  stopListening(): void {
    this.#set({ listening: null, room: null, sound: { is: "off", outside: false } });
  }
  async register(login: string) {
    return this.#account(login);
  }
  async logIn(login: string): Promise<Me> {
    if (login !== "amber") throw { code: "forbidden", text: "Name and password do not match." };
    return this.#account(login);
  }
  #account(login: string): Me {
    return this.#become(this.#me, login);
  }
  #become(person: Person, login: string | null): Me {
    this.#me = person;
    this.#set({ me: { person, login } });
    return { person, login };
  }
  async logOut() {
    this.#set({ me: null, floor: null, room: null, listening: null });
  }
  async changeProfile(name: string, look: number): Promise<Me> {
    return this.#become({ ...this.#me, name, look }, this.state.me?.login ?? null);
  }
  async makeRoom(): Promise<RoomMade> {
    return { id: 1, slug: "shell-stage" };
  }
  async tracks(search: string): Promise<Track[]> {
    const shelf = this.query.get("library");
    if (shelf === "failed") throw new Error("the pretended library does not answer");
    if (shelf === "empty") return [];
    return this.#case.tracks.filter((t) => (t.title + t.artist).toLowerCase().includes(search.toLowerCase()));
  }
  async do(action: Action): Promise<void> {
    const room = this.#room;
    if ("chat.say" in action)
      this.#change({
        chat: [...room.chat, { id: this.#next++, at: this.now(), by: this.#me, text: action["chat.say"].text }],
      });
    else if ("queue.add" in action) {
      const track = this.#case.tracks[action["queue.add"].track - 1];
      this.#change({ queue: [...room.queue, { id: this.#next++, track, by: this.#me, votes: [] }] });
    } else if ("queue.remove" in action)
      this.#change({ queue: room.queue.filter((e) => e.id !== action["queue.remove"].entry) });
    else if ("skip.vote" in action)
      this.#change({
        skip_votes: action["skip.vote"].up ? [...room.skip_votes, 1] : room.skip_votes.filter((a) => a !== 1),
      });
    else if ("room.change" in action) this.#change({ settings: action["room.change"].settings });
    else if ("role.dj" in action) {
      const { account, dj } = action["role.dj"];
      this.#change({
        djs: dj ? [...room.djs, this.#case.who(account)] : room.djs.filter((d) => d.account !== account),
      });
    }
  }
  #change(change: Partial<RoomState>): void {
    this.#room = { ...this.#room, ...change };
    this.#set({ room: this.#room });
  }
  react(reaction: Reaction): void {
    for (const listener of this.#reactions) listener({ by: [[1, reaction]], counts: [[reaction, 1]] });
  }
  typing(): void {}
  step(): void {}
  tapToListen(): void {
    this.#set({ sound: { is: "playing", outside: false } });
  }
  setVolume(volume: number): void {
    this.#set({ volume });
  }
  setMuted(muted: boolean): void {
    this.#set({ muted });
  }
  setDelay(delayMs: number): void {
    this.#set({ delayMs });
  }
  tryNow(): void {
    this.#set({ connection: { is: "live" }, back: { missed: 14 } });
  }
  dismiss(): void {
    this.#set({ notice: null });
  }
  /** Park time; a still picture is always of the same moment. */
  now(): number {
    return this.query.has("still") ? this.#zero : Date.now() * 1000;
  }
  heard() {
    const play = this.#room.playback?.now;
    return play && this.state.listening !== null
      ? { play, samples: ((this.now() - play.start_us) / 1e6) * 48000 }
      : null;
  }
  bands(): Float32Array | null {
    const heard = this.heard();
    return heard && bandsAt(heard.samples / 48000, this.energy());
  }
  energy(): number {
    return Number(this.query.get("loud") ?? 0.7);
  }
  async peaks(audio: string): Promise<Uint8Array> {
    return peaksOf(audio);
  }
  onPositions(listener: (p: Positions) => void) {
    this.#positions.add(listener);
    return () => void this.#positions.delete(listener);
  }
  onReactions(listener: (r: Reactions) => void) {
    this.#reactions.add(listener);
    return () => void this.#reactions.delete(listener);
  }
  close(): void {}
}

/** What `state=` does to the park; `empty`, `quiet` and `walking` are done where they happen. */
const HOW: Record<string, (park: ParkState) => Partial<ParkState>> = {
  lost: () => ({ connection: { is: "lost", since: Date.now() - 4000, nextTry: Date.now() + 3000, tries: 2 } }),
  trying: () => ({ connection: { is: "lost", since: Date.now() - 24_000, nextTry: Date.now() + 8000, tries: 6 } }),
  renewed: () => ({ connection: { is: "outdated" } }),
  back: () => ({ back: { missed: 14 } }),
  blocked: () => ({ sound: { is: "blocked", outside: false } }),
  loading: () => ({ sound: { is: "loading", outside: false } }),
  unplayable: () => ({
    sound: {
      is: "failed",
      outside: false,
      why: "Your browser could not play this track. You are back with the next one, in 1:12.",
    },
  }),
  "full-room": (park) => ({
    waiting: { room: 1, place: 3 },
    crowd: {
      ...park.crowd,
      people: new Map([...park.crowd.people].filter(([account]) => account !== 1)),
      line: [81, 82, 1],
    },
    rooms: park.rooms.map((room) => (room.id === 1 ? { ...room, full: true } : room)),
    sound: { is: "playing", outside: true },
  }),
  slow: () => ({ slow: true, pending: new Set(["0"]) }),
  refused: () => ({
    notice: {
      kind: "refused",
      text: "A moderator asked you to leave until 21:30. Reason: spam. Other rooms are open.",
    },
  }),
};
