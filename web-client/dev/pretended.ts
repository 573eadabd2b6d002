//! A park without a server: people who walk and chat, music that is only a clock. It has the engine's interface.

import type { ParkState, Positions, Reactions } from "../src/client";
import { firstState } from "../src/client/state";
import { dress } from "../src/draw/look";
import { rng } from "../src/draw/shapes";
import type { Engine } from "../src/park.svelte";
import type {
  Action,
  ChatLine,
  Entry,
  Hue,
  Me,
  Person,
  Play,
  QueueMode,
  Reaction,
  RoomMade,
  RoomState,
  RoomSummary,
  Standing,
  Track,
} from "../src/protocol/generated";
import { guestName } from "../src/words/names";

const TITLES: [string, string, string, number, number][] = [
  ["Slow Lanterns", "Mira Vale", "warm", 265, 4],
  ["Paper Boats", "Otto Lind", "slow", 216, 6],
  ["Harbour Lights", "Mira Vale", "warm", 201, 11],
  ["Salt and Static", "Juno Pray", "driving", 199, 3],
  ["The Long Way Down to the Water", "Low Tide", "slow", 268, 17],
  ["Glass Weather", "Ines Roque", "warm", 225, 20],
  ["Night Ferry", "Mira Vale", "driving", 240, 29],
];
const TRACKS: Track[] = TITLES.map(([title, artist, mood, seconds, cover], i) => ({
  id: i + 1,
  title,
  artist,
  mood,
  cover,
  samples: seconds * 48000,
  bpm: 112,
  first_beat_ms: 0,
  key: "D minor",
  gain_db: 0,
  audio: (i + 1).toString(16).repeat(64).slice(0, 64),
}));

const person = (account: number, name = guestName(account * 7919)): Person => ({
  account,
  name,
  look: dress(account * 17 + 3),
});
const ME: Person = { account: 1, name: "Amber Heron", look: dress(1204) };
const OTTER = person(2, "Slow Otter");
const HOST = person(3, "Low Tide Records");

export class PretendedPark implements Engine {
  state: ParkState;
  #listeners = new Set<(s: ParkState) => void>();
  #positions = new Set<(p: Positions) => void>();
  #reactions = new Set<(r: Reactions) => void>();
  #zero = Date.now() * 1000;
  #room: RoomState;
  #crowd: Standing[];
  #next = 1000;

  readonly query: URLSearchParams;

  constructor(query: URLSearchParams) {
    this.query = query;
    const how = query.get("state") ?? "playing";
    const empty = how === "empty" || how === "quiet";
    const people = empty ? 0 : Number(query.get("people") ?? 118);
    const mode = (query.get("mode") ?? "rotation") as QueueMode;
    const long = how === "full";
    const play = (track: Track, by: Person | null, ago: number): Play => ({
      entry: 90,
      track,
      by,
      start_us: this.#zero - ago * 1e6,
    });
    const now = how === "quiet" ? null : play(TRACKS[0], empty ? null : OTTER, 101);
    const people3 = [OTTER, ME, person(4, "Maré"), person(5, "Brass Finch"), person(6, "Juno"), person(7)];
    const queue: Entry[] = empty
      ? []
      : TRACKS.slice(1).map((track, i) => ({ id: 100 + i, track, by: people3[i], votes: [i, i + 9] }));
    if (long)
      queue[0] = {
        ...queue[0],
        track: {
          ...TRACKS[4],
          title: "موسيقى الحديقة 公園の音楽 and a title that goes on much longer than anybody would read",
        },
      };
    const said = (id: number, by: Person, text: string, minutes: number): ChatLine => ({
      id,
      by,
      text,
      at: this.#zero - minutes * 60e6,
    });
    const chat = empty
      ? []
      : [
          said(1, person(9, "Copper Toad"), "evening all", 10),
          said(2, person(61, "Pale Marten"), "is this the one with the choir?", 8),
          said(3, person(6, "Juno"), "wait for 2:10", 7),
          said(4, person(7, "Velvet Wren"), "the intro alone was worth coming for", 5),
          said(5, person(6, "Juno"), "recorded in one take, in a boathouse", 3),
          said(6, OTTER, "this one is for the back row", 0.5),
          said(7, person(4, "Maré"), "hello from Lisbon", 0.3),
          said(
            8,
            person(5, long ? "محمد عبد الرحمن السعيد" : "Brass Finch"),
            "@Amber Heron nice pick, is Harbour Lights the live cut?",
            0.1,
          ),
        ];
    const settings = {
      name: long ? "The exceedingly long named listening room 公園" : "Shell Stage",
      about: "Tidal, first listen",
      hue: (query.get("hue") ?? "coral") as Hue,
      mode,
      mix: how !== "quiet",
    };
    this.#room = {
      id: 1,
      slug: "shell-stage",
      settings,
      place: (query.get("place") ?? "shell") as RoomState["place"],
      mood: "warm",
      owner: query.get("role") === "owner" ? ME : HOST,
      djs: query.get("role") === "listener" ? [OTTER] : [OTTER, ME, person(4, "Maré"), person(5, "Brass Finch")],
      queue,
      playback: now
        ? { now, next: queue[0] ? { entry: 100, track: queue[0].track, by: queue[0].by, start_us: 0 } : null }
        : null,
      skip_votes: empty ? [] : [5, 6, 7],
      chat,
      history: [],
      mix_plays: 0,
    };
    const summary = (
      id: number,
      name: string,
      hue: Hue,
      place: RoomSummary["place"],
      listening: number,
      track: Track | null,
      host: string | null,
    ): RoomSummary => ({
      id,
      slug: name.toLowerCase().replaceAll(" ", "-"),
      name,
      about: id === 1 ? "Tidal, first listen" : "",
      hue,
      place,
      mode: id === 2 ? "open" : "rotation",
      host,
      listening,
      now: track ? play(track, id === 1 ? OTTER : null, 101) : null,
    });
    const rooms = [
      summary(1, settings.name, settings.hue, this.#room.place, people + 1, now ? TRACKS[0] : null, "Low Tide Records"),
      summary(2, "Bandstand", "mint", "bandstand", 23, TRACKS[1], null),
      summary(3, "Glasshouse", "iris", "glasshouse", 9, TRACKS[5], null),
      summary(4, "Bench by the path", "sky", "bench", 2, null, "Pale Marten"),
    ];
    const view = query.get("view") ?? "join";
    const me: Me | null = view === "join" ? null : { person: ME, login: null };
    this.state = {
      ...firstState(
        {
          me,
          room: rooms[0],
          missing: view === "missing" ? "nowhere" : null,
          rooms,
          now_us: this.#zero,
          software: "dev",
        },
        { volume: 0.68, muted: false },
      ),
      sync: { known: true, errorMs: 1.6 },
    };
    this.#crowd = [];
    if (view === "room" || view === "park") this.#enter(view === "room" ? 1 : 0, people);
    if (how === "lost")
      this.#set({ connection: { is: "lost", since: Date.now() - 4000, nextTry: Date.now() + 3000, tries: 2 } });
    if (how === "trying")
      this.#set({ connection: { is: "lost", since: Date.now() - 24000, nextTry: Date.now() + 8000, tries: 6 } });
    if (how === "blocked") this.#set({ sound: { is: "blocked", outside: false } });
    if (how === "back") this.#set({ back: { missed: 14 } });
    setInterval(() => this.#live(), 200);
  }

  #set(change: Partial<ParkState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener(this.state);
  }

  #enter(floor: number, people: number): void {
    const r = rng(9);
    const spots: [number, number][] = [];
    const mine: [number, number] = floor ? [834, 660] : [1905, 1535];
    this.#crowd = [{ person: ME, away: false, x: mine[0], y: mine[1] }];
    let tries = 0;
    while (spots.length < people && tries++ < 6000) {
      const a = Math.PI * (0.02 + r() * 0.96);
      const q = 94 + r() ** 0.72 * 330;
      const [x, y] = floor
        ? [800 + Math.cos(a) * q * 1.04, 372 + Math.sin(a) * q]
        : [2070 + Math.cos(a) * q * 0.9, 1000 + Math.sin(a) * q * 0.9];
      if (
        y < (floor ? 440 : 1040) ||
        spots.some((o) => Math.hypot(o[0] - x, o[1] - y) < 31) ||
        Math.hypot(mine[0] - x, mine[1] - y) < 46
      )
        continue;
      spots.push([x, y]);
    }
    const names: Record<number, string> = {
      7: "Velvet Wren",
      4: "Maré",
      5: "Brass Finch",
      61: "Pale Marten",
      2: "Slow Otter",
    };
    spots.forEach(([x, y], i) => {
      const account = i + 2;
      this.#crowd.push({
        person: person(account, names[account]),
        away: i % 29 === 5,
        x: Math.round(x),
        y: Math.round(y),
      });
    });
    const count = this.#crowd.length;
    this.#set({
      connection: { is: "live" },
      listening: 1,
      floor,
      room: this.#room,
      chatFrom: 5,
      steppedInAt: Date.now() - 60_000,
      crowd: {
        count,
        present: count,
        needed: Math.max(1, Math.ceil(count / 2)),
        people: new Map(this.#crowd.map((s) => [s.person.account, s])),
      },
      sound: { is: "playing", outside: floor === 0 },
    });
  }

  #live(): void {
    if (this.state.floor === null || this.query.has("still")) return;
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
  async walkInAsGuest(name: string, look: number): Promise<Me> {
    ME.name = name;
    ME.look = look;
    const me = { person: { ...ME }, login: null };
    this.#set({ me });
    return me;
  }
  async stepIn(_room: number): Promise<void> {
    this.#enter(1, Number(this.query.get("people") ?? 118));
  }
  async resume() {
    return false;
  }
  stepOut(): void {
    this.#enter(0, 54);
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
    const me = { person: ME, login };
    this.#set({ me });
    return me;
  }
  async logOut() {
    this.#set({ me: null, floor: null, room: null, listening: null });
  }
  async changeProfile(name: string, look: number): Promise<Me> {
    const me = { person: { ...ME, name, look }, login: this.state.me?.login ?? null };
    this.#set({ me });
    return me;
  }
  async makeRoom(): Promise<RoomMade> {
    return { id: 1, slug: "shell-stage" };
  }
  async tracks(search: string) {
    return TRACKS.filter((t) => (t.title + t.artist).toLowerCase().includes(search.toLowerCase()));
  }
  async do(action: Action): Promise<void> {
    const room = this.#room;
    if ("chat.say" in action)
      this.#change({
        chat: [...room.chat, { id: this.#next++, at: this.now(), by: ME, text: action["chat.say"].text }],
      });
    else if ("queue.add" in action) {
      const track = TRACKS[action["queue.add"].track - 1];
      this.#change({ queue: [...room.queue, { id: this.#next++, track, by: ME, votes: [] }] });
    } else if ("queue.remove" in action)
      this.#change({ queue: room.queue.filter((e) => e.id !== action["queue.remove"].entry) });
    else if ("skip.vote" in action)
      this.#change({
        skip_votes: action["skip.vote"].up ? [...room.skip_votes, 1] : room.skip_votes.filter((a) => a !== 1),
      });
    else if ("room.change" in action) this.#change({ settings: action["room.change"].settings });
    else if ("role.dj" in action) {
      const { account, dj } = action["role.dj"];
      this.#change({ djs: dj ? [...room.djs, person(account)] : room.djs.filter((d) => d.account !== account) });
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
  tryNow(): void {
    this.#set({ connection: { is: "live" }, back: { missed: 14 } });
  }
  dismiss(): void {
    this.#set({ notice: null });
  }
  now(): number {
    return Date.now() * 1000;
  }
  heard() {
    const play = this.#room.playback?.now;
    return play && this.state.listening !== null
      ? { play, samples: ((this.now() - play.start_us) / 1e6) * 48000 }
      : null;
  }
  bands(): Float32Array | null {
    if (!this.#room.playback || this.state.listening === null) return null;
    const t = Date.now() / 1000;
    const beat = ((t * 112) / 60) % 1;
    const k = Math.exp(-beat * 4.2);
    return Float32Array.from([
      k * 0.95,
      0.35 + 0.5 * Math.exp(-((beat + 0.5) % 1) * 4),
      0.45 + 0.3 * Math.sin(t * 2.1),
      0.4 + 0.35 * Math.sin(t * 3.3 + 1),
      0.35 + 0.4 * Math.sin(t * 5.1 + 2) ** 2,
      0.25 + 0.5 * Math.exp(-((beat * 2) % 1) * 5),
    ]);
  }
  energy(): number {
    return 0.7;
  }
  async peaks(audio: string): Promise<Uint8Array> {
    const r = rng(Number.parseInt(audio.slice(0, 4), 16));
    return Uint8Array.from({ length: 400 }, (_, i) => {
      const u = (i >> 1) / 200;
      const edge = u < 0.04 ? u * 25 : u > 0.96 ? (1 - u) * 25 : 1;
      return (0.2 + 0.5 * Math.abs(Math.sin(u * 9)) * (0.5 + 0.5 * Math.sin(u * 3.1)) + r() * 0.25) * edge * 160;
    });
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
