// Generated from crates/protocol by its test `typescript`; do not edit.
// UPDATE_TYPES=1 cargo test -p musicpark-protocol --test typescript writes it anew.

/**
 * An account, guest or registered. Positive, counted up by the database; fits 32 bits on the floor's frames.
 */
export type AccountId = number;

/**
 * A room. Also names the room's floor; 0 is the park's lawn, see [`FloorId`].
 */
export type RoomId = number;

/**
 * A track of the library.
 */
export type TrackId = number;

/**
 * An entry of a room's queue: the sequence number of the event that added it.
 */
export type EntryId = number;

/**
 * A plane that people walk on: [`FloorId::LAWN`] or the floor of a room.
 */
export type FloorId = number;

/**
 * A command's id, chosen by the client: a uuid v7, so that it carries the time of its making.
 */
export type CommandId = string;

/**
 * A person as everybody sees them. Embedded in events, so that the past keeps the name it happened under.
 */
export type Person = { 
/**
 * The account.
 */
account: AccountId, 
/**
 * The display name.
 */
name: string, 
/**
 * How the figure looks: 0 to 2^44 - 1; drawn by the client.
 */
look: number, };

/**
 * What somebody is in one room. The order is that of rising rights.
 */
export type Role = "listener" | "dj" | "owner";

/**
 * A reaction: appears at once over the person's head, is not kept.
 */
export type Reaction = "love" | "fire" | "wow" | "sing" | "tears" | "encore";

/**
 * A track of the library as rooms and lists carry it.
 */
export type Track = { 
/**
 * Its id.
 */
id: TrackId, 
/**
 * Title.
 */
title: string, 
/**
 * Artist.
 */
artist: string, 
/**
 * Exact length in samples at 48 kHz.
 */
samples: number, 
/**
 * Tempo in beats a minute; none where unknown.
 */
bpm: number | null, 
/**
 * Where the first beat falls, in milliseconds after the track's start.
 */
first_beat_ms: number | null, 
/**
 * The key, such as `D minor`.
 */
key: string | null, 
/**
 * The mood a demo track belongs to: `slow`, `warm` or `driving`.
 */
mood: string | null, 
/**
 * Gain in dB that brings it to -14 LUFS, applied at playback.
 */
gain_db: number, 
/**
 * Seed of the cover, drawn by the client.
 */
cover: number, 
/**
 * Lowercase hex SHA-256 of the audio file: it is at `/audio/<audio>.opus`, its [`AudioMap`] at `/audio/<audio>.json`.
 */
audio: string, };

/**
 * One independently decodable piece of an audio file: a complete Ogg Opus stream.
 */
export type Segment = { 
/**
 * Offset of its first byte in the file.
 */
offset: number, 
/**
 * Its size in bytes.
 */
bytes: number, 
/**
 * The track's sample that its first decoded sample is.
 */
start: number, 
/**
 * Number of samples it decodes to, pre-roll already dropped.
 */
samples: number, };

/**
 * What a player and a waveform need to know of an audio file; immutable.
 */
export type AudioMap = { 
/**
 * Size of the file in bytes.
 */
bytes: number, 
/**
 * Exact length in samples.
 */
samples: number, 
/**
 * The segments, in order and without gaps.
 */
segments: Array<Segment>, 
/**
 * Base64 of pairs of bytes, evenly spaced over the track: peak and RMS, each 0 to 255 of full scale.
 */
peaks: string, };

/**
 * How the room's queue is ordered and who may add to it.
 */
export type QueueMode = "open" | "rotation";

/**
 * The one hue a room owns (DESIGN.md, Colour).
 */
export type Hue = "coral" | "amber" | "lime" | "mint" | "sky" | "iris" | "orchid" | "rose";

/**
 * What a room looks like on the map, by its size.
 */
export type Place = "shell" | "bandstand" | "glasshouse" | "bench";

/**
 * What an owner may change.
 */
export type RoomSettings = { 
/**
 * Display name.
 */
name: string, 
/**
 * A sentence about the room; may be empty.
 */
about: string, 
/**
 * Its hue.
 */
hue: Hue, 
/**
 * Queue mode.
 */
mode: QueueMode, 
/**
 * Whether the park's own mix plays while the queue is empty.
 */
mix: boolean, 
/**
 * How many fit in, within [`CAPACITY`]; absent: as many as come. The owner and the DJs always fit.
 */
capacity?: number, };

/**
 * A room as everybody in it sees it. Events change it, see [`crate::event::Happened`]; presence is not part of it.
 */
export type RoomState = { 
/**
 * The room.
 */
id: RoomId, 
/**
 * Its name in links: `/r/<slug>`.
 */
slug: string, 
/**
 * What an owner may change.
 */
settings: RoomSettings, 
/**
 * What it is on the map.
 */
place: Place, 
/**
 * Mood of the demo library that the room's mix prefers.
 */
mood: string | null, 
/**
 * Who made it; none for the park's own rooms.
 */
owner: Person | null, 
/**
 * The DJs the owner appointed, in the order of their turns.
 */
djs: Array<Person>, 
/**
 * The queue in the order of playing; what plays is not in it.
 */
queue: Array<Entry>, 
/**
 * What plays and what comes next; none while it is quiet.
 */
playback: Playback | null, 
/**
 * Accounts that voted to skip what plays.
 */
skip_votes: Array<AccountId>, 
/**
 * The latest chat, oldest first.
 */
chat: Array<ChatLine>, 
/**
 * The latest plays that have ended, newest first.
 */
history: Array<Play>, 
/**
 * Number of plays of the mix so far: the seed of its next choice.
 */
mix_plays: number, };

/**
 * A room's state at a point of its journal: everything up to and including `seq` is in it.
 */
export type Snapshot = { 
/**
 * Term of the event `seq`.
 */
term: number, 
/**
 * Number of the last event folded in; 0 before the first.
 */
seq: number, 
/**
 * The state.
 */
state: RoomState, };

/**
 * One line of the list of rooms.
 */
export type RoomSummary = { 
/**
 * The room.
 */
id: RoomId, 
/**
 * Its name in links.
 */
slug: string, 
/**
 * Display name.
 */
name: string, 
/**
 * A sentence about it; may be empty.
 */
about: string, 
/**
 * Its hue.
 */
hue: Hue, 
/**
 * What it is on the map.
 */
place: Place, 
/**
 * Queue mode.
 */
mode: QueueMode, 
/**
 * Who made it; none for the park's own.
 */
host: string | null, 
/**
 * How many are in it.
 */
listening: number, 
/**
 * Whether whoever comes now waits in line (see [`RoomSettings::capacity`]).
 */
full?: boolean, 
/**
 * What plays; none while it is quiet.
 */
now: Play | null, };

/**
 * A command on its way. The sender is stamped by the gateway, never read from the client.
 */
export type Command = { 
/**
 * Chosen by the client, a uuid v7: sent again with the same id it is carried out once.
 */
id: CommandId, 
/**
 * The room it is for.
 */
room: RoomId, 
/**
 * Whether this id may have been sent before.
 */
resent?: boolean, 
/**
 * What to do.
 */
do: Action, };

/**
 * What to do.
 */
export type Action = { "chat.say": { 
/**
 * 1 to 500 characters.
 */
text: string, } } | { "queue.add": { 
/**
 * The track.
 */
track: TrackId, } } | { "queue.remove": { 
/**
 * The entry.
 */
entry: EntryId, } } | { "queue.move": { 
/**
 * The entry to move.
 */
entry: EntryId, 
/**
 * The entry it shall stand before; none: last.
 */
before: EntryId | null, } } | { "queue.vote": { 
/**
 * The entry.
 */
entry: EntryId, 
/**
 * Whether one votes for it.
 */
up: boolean, } } | { "skip.vote": { 
/**
 * Entry or play that is meant: its start in park time, so that a late vote does not skip the next track.
 */
start_us: number, 
/**
 * Whether one wants to skip.
 */
up: boolean, } } | { "skip.now": { 
/**
 * The play that is meant, by its start.
 */
start_us: number, } } | { "role.dj": { 
/**
 * Who.
 */
account: AccountId, 
/**
 * Whether they shall be a DJ.
 */
dj: boolean, } } | { "room.change": { 
/**
 * The new settings.
 */
settings: RoomSettings, } };

/**
 * A numbered event of a room.
 */
export type Event = { 
/**
 * Term of the worker that wrote it; only rises.
 */
term: number, 
/**
 * Its number in the room: contiguous, from 1.
 */
seq: number, 
/**
 * When, in park time.
 */
at: number, 
/**
 * The command that caused it: for its sender this is the acknowledgement. Only on a command's first event.
 */
command?: CommandId, 
/**
 * Who caused it; none for what the room does by itself.
 */
account?: AccountId, 
/**
 * What happened.
 */
is: Happened, };

/**
 * What happened. Each says what changes, so that a client folds it without knowing the rules:
 * wherever the queue changes, the whole order of playing comes along.
 */
export type Happened = { "chat.said": { 
/**
 * The line.
 */
line: ChatLine, } } | { "queue.added": { 
/**
 * The entry.
 */
entry: Entry, 
/**
 * The queue's order from now on.
 */
order: Array<EntryId>, } } | { "queue.removed": { 
/**
 * The entry.
 */
entry: EntryId, 
/**
 * The queue's order from now on.
 */
order: Array<EntryId>, } } | { "queue.ordered": { 
/**
 * The queue's order from now on.
 */
order: Array<EntryId>, 
/**
 * All entries that are [`Entry::placed`] from now on.
 */
placed?: Array<EntryId>, } } | { "queue.voted": { 
/**
 * The entry.
 */
entry: EntryId, 
/**
 * All who are for it.
 */
votes: Array<AccountId>, 
/**
 * The queue's order from now on.
 */
order: Array<EntryId>, } } | { "skip.voted": { 
/**
 * All who want to skip.
 */
votes: Array<AccountId>, } } | { "play.started": { 
/**
 * What plays and what is next.
 */
playback: Playback, 
/**
 * Why it started.
 */
why: StartReason, 
/**
 * The queue's order from now on.
 */
order: Array<EntryId>, } } | { "play.next": { 
/**
 * What comes next; none: quiet after what plays.
 */
next: Play | null, } } | { "play.ended": Record<symbol, never> } | { "role.dj": { 
/**
 * Who.
 */
person: Person, 
/**
 * Whether they are one.
 */
dj: boolean, } } | { "room.changed": { 
/**
 * The settings from now on.
 */
settings: RoomSettings, } } | { "person.changed": { 
/**
 * The person from now on.
 */
person: Person, } };

/**
 * Why a track started.
 */
export type StartReason = "quiet" | "ended" | { "voted": { 
/**
 * Votes cast.
 */
votes: number, 
/**
 * Votes that were needed.
 */
needed: number, } } | { "skipped": { 
/**
 * Who.
 */
by: Person, } };

/**
 * A line of chat. Its id is the sequence number of its event.
 */
export type ChatLine = { 
/**
 * The event's number.
 */
id: number, 
/**
 * When, in park time.
 */
at: number, 
/**
 * Who.
 */
by: Person, 
/**
 * What.
 */
text: string, };

/**
 * An entry of the queue.
 */
export type Entry = { 
/**
 * Its id.
 */
id: EntryId, 
/**
 * The track.
 */
track: Track, 
/**
 * Who put it on.
 */
by: Person, 
/**
 * Who voted for it.
 */
votes: Array<AccountId>, 
/**
 * The owner moved it: it keeps its place from the top, votes order the others around it.
 */
placed?: boolean, };

/**
 * What plays and what follows it without a gap.
 */
export type Playback = { 
/**
 * What plays, from its `start_us` on.
 */
now: Play, 
/**
 * What follows at the end of `now`; may be replaced until 20 s before.
 */
next: Play | null, };

/**
 * One playing of a track.
 */
export type Play = { 
/**
 * The entry it was; none for the park's own mix.
 */
entry: EntryId | null, 
/**
 * The track.
 */
track: Track, 
/**
 * Who picked it; none for the park's own mix.
 */
by: Person | null, 
/**
 * When its first sample is heard, in park time.
 */
start_us: number, };

/**
 * The kind of a refusal, for programs.
 */
export type RefusalCode = "forbidden" | "not_found" | "conflict" | "bad_input" | "too_many" | "retry" | "stale_command" | "unavailable" | "stale_ticket" | "not_signed_in";

/**
 * Why something was not done.
 */
export type Refusal = { 
/**
 * The kind.
 */
code: RefusalCode, 
/**
 * A sentence for the person: what, and what to do.
 */
text: string, 
/**
 * When trying again makes sense, in milliseconds from now.
 */
retry_after_ms?: number, };

/**
 * A point of a room's journal.
 */
export type Head = { 
/**
 * Term of the event.
 */
term: number, 
/**
 * Number of the event.
 */
seq: number, };

/**
 * From the browser.
 */
export type ToServer = { "hello": { 
/**
 * Protocol version the client speaks.
 */
version: number, 
/**
 * A fresh ticket from `POST /api/ticket`; good for one socket.
 */
ticket: string, 
/**
 * How old the client's list of rooms is at the most, in ms: what changed in it since comes after the welcome. None: it
 * keeps no list.
 */
rooms_age_ms?: number, } } | { "listen": { 
/**
 * The room; none: to nothing.
 */
room: RoomId | null, 
/**
 * What the client already has of it.
 */
have: Head | null, } } | { "stand": { 
/**
 * The floor.
 */
floor: FloorId, } } | { "command": Command } | { "react": { 
/**
 * With what.
 */
with: Reaction, } } | { "typing": Record<symbol, never> } | { "hearing": { 
/**
 * Whether it does.
 */
sound: boolean, 
/**
 * Away by one's own choice.
 */
away: boolean, } };

/**
 * To the browser.
 */
export type ToClient = { "welcome": { 
/**
 * Protocol version spoken.
 */
version: number, 
/**
 * Oneself.
 */
you: Person, 
/**
 * Version of the server's software.
 */
software: string, } } | { "snapshot": { 
/**
 * The room.
 */
room: RoomId, 
/**
 * Its state.
 */
snapshot: Snapshot, } } | { "events": { 
/**
 * The room.
 */
room: RoomId, 
/**
 * The events.
 */
events: Array<Event>, } } | { "accepted": { 
/**
 * The command.
 */
id: CommandId, 
/**
 * Its event.
 */
head: Head, } } | { "refused": { 
/**
 * The command.
 */
id: CommandId, 
/**
 * Why.
 */
why: Refusal, } } | { "unknown": { 
/**
 * The command.
 */
id: CommandId, } } | { "sorry": { 
/**
 * Why.
 */
why: Refusal, } } | { "people": { 
/**
 * The floor.
 */
floor: FloorId, 
/**
 * How many are there.
 */
count: number, 
/**
 * Of them present and not away: what votes to skip are counted against.
 */
present: number, 
/**
 * Votes that skip.
 */
needed: number, 
/**
 * Who, at most [`PEOPLE_MAX`].
 */
people: Array<Standing>, 
/**
 * Who waits for a place in a full room, first in line first, at most [`LINE_MAX`]. None of them is among the people.
 */
line?: Array<AccountId>, } } | { "presence": { 
/**
 * The floor.
 */
floor: FloorId, 
/**
 * How many are there.
 */
count: number, 
/**
 * Of them present and not away.
 */
present: number, 
/**
 * Votes that skip.
 */
needed: number, 
/**
 * Who came, or changed.
 */
came: Array<Standing>, 
/**
 * Who went.
 */
went: Array<AccountId>, 
/**
 * The line as it is from now on, when it changed: told at most once a second.
 */
line?: Array<AccountId>, } } | { "reactions": { 
/**
 * The floor.
 */
floor: FloorId, 
/**
 * Who reacted with what; when there are many, a sample.
 */
by: Array<[AccountId, Reaction]>, 
/**
 * How many of each in all.
 */
counts: Array<[Reaction, number]>, } } | { "typing": { 
/**
 * The floor.
 */
floor: FloorId, 
/**
 * Who, at most five.
 */
by: Array<AccountId>, } } | { "rooms": { 
/**
 * The rooms.
 */
rooms: Array<RoomSummary>, } } | { "you": { 
/**
 * Oneself from now on.
 */
you: Person, } } | { "draining": Record<symbol, never> };

/**
 * Somebody on a floor.
 */
export type Standing = { 
/**
 * Who.
 */
person: Person, 
/**
 * Away: by choice, or nothing heard for 5 minutes.
 */
away: boolean, 
/**
 * Where, east of the floor's western edge, in units (see [`crate::binary::FLOOR_WIDTH`]).
 */
x: number, 
/**
 * Where, south of the northern edge.
 */
y: number, };

/**
 * `GET /api/me` and the answer of everything that changes who one is.
 */
export type Me = { 
/**
 * How others see one.
 */
person: Person, 
/**
 * The name to log in with; none for a guest.
 */
login: string | null, };

/**
 * `POST /api/guest`: walk in without an account. Answers [`Me`] and sets the session cookie.
 */
export type GuestBody = { 
/**
 * The display name one proposes.
 */
name: string, 
/**
 * The look one proposes: 0 to 2^44 - 1.
 */
look: number, };

/**
 * `PATCH /api/me`: another name or look. Answers [`Me`].
 */
export type ProfileBody = { 
/**
 * The display name from now on.
 */
name: string, 
/**
 * The look from now on.
 */
look: number, };

/**
 * `POST /api/register` (a guest becomes an account, keeping who they are) and `POST /api/login`. Answers [`Me`].
 */
export type PasswordBody = { 
/**
 * The name to log in with.
 */
login: string, 
/**
 * The password, 8 to 1,024 bytes.
 */
password: string, };

/**
 * `POST /api/ticket`: a ticket for one websocket, good for 30 s.
 */
export type Ticket = { 
/**
 * The ticket, for the first frame; opaque.
 */
ticket: string, };

/**
 * `GET /api/rooms`: the list of rooms, liveliest first.
 */
export type Rooms = { 
/**
 * The rooms.
 */
rooms: Array<RoomSummary>, };

/**
 * `POST /api/rooms`: make a room. Answers [`RoomMade`].
 */
export type MakeRoomBody = { 
/**
 * Display name; the link is made from it.
 */
name: string, 
/**
 * Queue mode.
 */
mode: QueueMode, 
/**
 * Hue.
 */
hue: Hue, };

/**
 * A room that was made.
 */
export type RoomMade = { 
/**
 * The room.
 */
id: RoomId, 
/**
 * Its name in links: `/r/<slug>`.
 */
slug: string, };

/**
 * `GET /api/tracks?search=`: tracks of the library.
 */
export type Tracks = { 
/**
 * The tracks, by title.
 */
tracks: Array<Track>, };

/**
 * `GET /api/rooms/{slug}/floor`: what one sees of a room before stepping in. Nothing in it that not everybody on its floor sees.
 */
export type FloorSeen = { 
/**
 * The room's line of the list, as it is now.
 */
room: RoomSummary, 
/**
 * What comes after `room.now`, where that is known; it starts when that ends.
 */
next: Play | null, 
/**
 * Who is there, at most [`FLOOR_SEEN_MAX`]; `room.listening` says how many there are.
 */
people: Array<PersonSeen>, };

/**
 * Somebody on a floor, seen from outside.
 */
export type PersonSeen = { 
/**
 * Who.
 */
person: Person, 
/**
 * Away: by choice, or nothing heard for 5 minutes.
 */
away: boolean, 
/**
 * Where, east of the floor's western edge, in units.
 */
x: number, 
/**
 * Where, south of the northern edge.
 */
y: number, 
/**
 * Heading and what they do there, see [`crate::binary`].
 */
pose: number, };

/**
 * The JSON in the page's first response (`<script type="application/json" id="boot">`): what the join card needs at once.
 */
export type Boot = { 
/**
 * Who one is, when a session came along.
 */
me: Me | null, 
/**
 * Who one would walk in as, when no session came along; the page says so before there is a script.
 */
guest: Newcomer | null, 
/**
 * The room the link leads to; for the bare address the liveliest, or the park's own.
 */
room: RoomSummary | null, 
/**
 * The slug that was asked for and is no room.
 */
missing: string | null, 
/**
 * All rooms, liveliest first.
 */
rooms: Array<RoomSummary>, 
/**
 * Park time when the page was made, in microseconds.
 */
now_us: number, 
/**
 * Park time when this park was first opened, in microseconds: its dusk begins then.
 */
opened_us: number, 
/**
 * The server's software version.
 */
software: string, };

/**
 * A name and a look for somebody who has never been here, until they choose others.
 */
export type Newcomer = { 
/**
 * The name.
 */
name: string, 
/**
 * What the client draws the look from.
 */
seed: number, };

/**
 * Body of every error of the API, with a fitting status: RFC 9457 (`application/problem+json`).
 */
export type Problem = { 
/**
 * HTTP status.
 */
status: number, 
/**
 * A short title of the kind.
 */
title: string, 
/**
 * The kind.
 */
code: RefusalCode, 
/**
 * A sentence for the person: what, and what to do.
 */
text: string, 
/**
 * When trying again makes sense, in milliseconds from now.
 */
retry_after_ms?: number, };

export const VERSION = 1;
export const SAMPLE_RATE = 48000;
export const LAWN_WIDTH = 4000;
export const LAWN_HEIGHT = 3000;
export const FLOOR_WIDTH = 1600;
export const FLOOR_HEIGHT = 1200;
export const WALK_SPEED = 220;
export const CHAT_KEPT = 100;
export const HISTORY_KEPT = 20;
export const CAPACITY_LEAST = 2;
export const CAPACITY_MOST = 10000;
export const CloseCode = {
  GoingAway: 1001,
  TooLarge: 1009,
  StaleTicket: 4001,
  NoHello: 4002,
  BadHello: 4003,
  Version: 4004,
  TooSlow: 4005,
  Revoked: 4006,
  Flood: 4007,
} as const;
