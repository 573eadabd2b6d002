//! The rooms of the pretended park: what plays, what comes next, what was said, and the list of all of them.

import type {
  ChatLine,
  Entry,
  Hue,
  Person,
  Play,
  QueueMode,
  RoomState,
  RoomSummary,
  Track,
} from "../src/protocol/generated";
import { library } from "./pretended-music";
import { peopleOf } from "./pretended-people";
import { namesOf } from "./pretended-words";

/** What the address asks for; dev/main.ts lists it. */
export interface Case {
  names: ReturnType<typeof namesOf>;
  who: (account: number) => Person;
  tracks: Track[];
  /** Everybody in the room, oneself too. */
  people: number;
  /** Nobody else, nothing queued, nothing said. */
  empty: boolean;
  /** Nothing plays. */
  quiet: boolean;
  zeroUs: number;
}

/** How far into the first track one comes, in seconds. */
const INTO = 101;

export function caseOf(query: URLSearchParams, zeroUs: number): Case {
  const names = namesOf(query.get("names"));
  const quiet = query.get("state") === "quiet";
  const empty = quiet || query.get("state") === "empty";
  return {
    names,
    who: peopleOf(names),
    tracks: library(names),
    people: empty ? 1 : Number(query.get("people") ?? 128),
    empty,
    quiet,
    zeroUs,
  };
}

const play = (it: Case, track: Track, by: Person | null): Play => ({
  entry: 90,
  track,
  by,
  start_us: it.zeroUs - INTO * 1e6,
});

/** The room one steps into. */
export function roomOf(it: Case, query: URLSearchParams): RoomState {
  const { who, tracks, names } = it;
  const [ME, OTTER, HOST] = [who(1), who(2), who(3)];
  const queue: Entry[] = it.empty
    ? []
    : tracks.slice(1).map((track, i) => ({
        id: 100 + i,
        track,
        by: who([2, 1, 4, 5, 6, 7][i]),
        votes: [i, i + 9].slice(0, it.people - 1),
      }));
  const now = it.quiet ? null : play(it, tracks[0], it.empty ? null : OTTER);
  return {
    id: 1,
    slug: "shell-stage",
    settings: {
      name: names.room,
      about: names.about,
      hue: (query.get("hue") ?? "coral") as Hue,
      mode: (query.get("mode") ?? "rotation") as QueueMode,
      mix: !it.quiet,
    },
    place: (query.get("place") ?? "shell") as RoomState["place"],
    mood: "warm",
    owner: query.get("role") === "owner" ? ME : HOST,
    djs: query.get("role") === "listener" ? [OTTER] : [OTTER, ME, who(4), who(5)],
    queue,
    playback: now
      ? { now, next: queue[0] ? { entry: 100, track: queue[0].track, by: queue[0].by, start_us: 0 } : null }
      : null,
    skip_votes: it.people > 6 ? [5, 6, 7] : [],
    chat: it.empty ? [] : chatOf(it),
    history: [],
    mix_plays: 0,
  };
}

/** What was said; the first five lines before one came. */
function chatOf({ who, names, zeroUs }: Case): ChatLine[] {
  const said: [number, string, number][] = [
    [9, "evening all", 10],
    [61, "is this the one with the choir?", 8],
    [6, "wait for 2:10", 7],
    [7, "the intro alone was worth coming for", 5],
    [6, "recorded in one take, in a boathouse", 3],
    [2, names.said[0] ?? "this one is for the back row", 0.5],
    [4, names.said[1] ?? "hello from Lisbon", 0.3],
    [5, `@${names.me} nice pick, is Harbour Lights the live cut?`, 0.1],
  ];
  return said.map(([account, text, minutes], i) => ({
    id: i + 1,
    by: who(account),
    text,
    at: zeroUs - minutes * 60e6,
  }));
}

const MORE = "Kitchen radio,Late bus,Rain on tin,Second breakfast,Boathouse,Attic tapes,Garden wall,Slow ferry".split(
  ",",
);
const MORE_HUES: Hue[] = ["amber", "lime", "orchid", "rose", "coral", "sky", "mint", "iris"];

/** The list: the room, the park's others, and as many as `rooms=` asks for. */
export function listOf(it: Case, room: RoomState, query: URLSearchParams): RoomSummary[] {
  const { who, tracks } = it;
  const summary = (id: number, name: string, rest: Partial<RoomSummary>): RoomSummary => ({
    id,
    slug: name.toLowerCase().replaceAll(" ", "-"),
    name,
    about: "",
    hue: "coral",
    place: "bench",
    mode: "rotation",
    host: null,
    listening: 0,
    now: null,
    ...rest,
  });
  const here = summary(room.id, room.settings.name, {
    slug: room.slug,
    about: room.settings.about,
    hue: room.settings.hue,
    place: room.place,
    host: it.names.host,
    listening: it.people,
    now: room.playback?.now ?? null,
  });
  const others = [
    summary(2, "Bandstand", {
      hue: "mint",
      place: "bandstand",
      mode: "open",
      listening: 23,
      now: play(it, tracks[1], null),
    }),
    summary(3, "Glasshouse", { hue: "iris", place: "glasshouse", listening: 9, now: play(it, tracks[5], null) }),
    summary(4, "Bench by the path", { hue: "sky", listening: 2, host: who(61).name }),
  ];
  const more = Math.max(0, Number(query.get("rooms") ?? 4) - 4);
  const made = Array.from({ length: more }, (_, i) =>
    summary(5 + i, i < MORE.length ? MORE[i] : `${MORE[i % MORE.length]} ${Math.floor(i / MORE.length) + 1}`, {
      hue: MORE_HUES[i % 8],
      mode: i % 2 ? "open" : "rotation",
      host: who(40 + i).name,
      listening: (i * 7) % 12,
      now: i % 3 ? play(it, tracks[i % tracks.length], who(40 + i)) : null,
    }),
  );
  return [here, ...others, ...made];
}
