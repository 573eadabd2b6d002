//! The one picture of the park that the screens draw: plain data, replaced on every change, never altered in place.

import type { Link } from "../net/connection";
import type { Boot, FloorSeen, Me, Person, RoomState, RoomSummary, Standing } from "../protocol/generated";

/** How the socket is. */
export type Connection = Link;

/** What comes out of the speaker. `why` is a sentence for the person. */
export interface Sound {
  is: "off" | "blocked" | "loading" | "playing" | "failed";
  /** Heard from the lawn or from the line at the door, at a third. */
  outside: boolean;
  why?: string;
}

/** The people of the floor one stands on; `people` is a sample where there are many, `count` is not. */
export interface Crowd {
  count: number;
  /** Present and not away: what votes to skip are counted against. */
  present: number;
  /** Votes that skip. */
  needed: number;
  people: Map<number, Standing>;
  /** Accounts that wait for a place, the floor being full; none of them is among the people. */
  line: readonly number[];
}

/** Fields keep their identity while they do not change, so that a screen may compare by `===`. */
export interface ParkState {
  boot: Boot;
  me: Me | null;
  connection: Connection;
  /** Just reconnected: how many chat messages came meanwhile. Cleared after 6 s. */
  back: { missed: number } | null;
  /** The list of rooms, liveliest first. */
  rooms: RoomSummary[];
  /** A look into the room whose join card one sees; none before the first, and once one has stepped in. */
  preview: FloorSeen | null;
  /** The room one hears. */
  listening: number | null;
  /** The floor one stands on; 0 is the lawn. */
  floor: number | null;
  /** The room one listens to, folded from its events. */
  room: RoomState | null;
  /** Chat lines with an id up to this were there before one arrived ("Earlier"). */
  chatFrom: number;
  /** When one stepped into the room one stands in, `Date.now()` ms. */
  steppedInAt: number | null;
  crowd: Crowd;
  /** The floor one came to is full: one's place in its line, counted from 1. */
  waiting: { room: number; place: number } | null;
  /** Accounts writing in the chat of the floor one stands on. */
  typing: number[];
  /** Ids of commands not acknowledged yet. */
  pending: ReadonlySet<string>;
  /** Whether one of them is older than a second. */
  slow: boolean;
  sound: Sound;
  /** 0 to 1, kept in localStorage. */
  volume: number;
  muted: boolean;
  /** How much later the ear hears on this device than the browser believes, in ms; kept in localStorage. */
  delayMs: number;
  /** How well the park's clock is known. */
  sync: { known: boolean; errorMs: number };
  /** A sentence from the server for the person. Taken away after 6 s, or by `dismiss`. */
  notice: { text: string; kind: "refused" | "info" } | null;
}

/** The state before anything happened. */
export function firstState(boot: Boot, kept: { volume: number; muted: boolean; delayMs: number }): ParkState {
  return {
    boot,
    me: boot.me,
    connection: { is: "idle" },
    back: null,
    rooms: boot.rooms,
    preview: null,
    listening: null,
    floor: null,
    room: null,
    chatFrom: 0,
    steppedInAt: null,
    crowd: emptyCrowd(),
    waiting: null,
    typing: [],
    pending: new Set(),
    slow: false,
    sound: { is: "off", outside: false },
    volume: kept.volume,
    muted: kept.muted,
    delayMs: kept.delayMs,
    sync: { known: false, errorMs: 0 },
    notice: null,
  };
}

/** A floor of which nothing is known yet. */
export function emptyCrowd(): Crowd {
  return { count: 0, present: 0, needed: 1, people: new Map(), line: [] };
}

/** Oneself, as others see one, or nobody. */
export function myself(state: ParkState): Person | null {
  return state.me?.person ?? null;
}

/** Whether one hears the room from outside: from the lawn, or from the line at its door. */
export function isOutside({ floor, listening, waiting }: ParkState): boolean {
  return floor !== listening || waiting !== null;
}
