//! What the queue shows beside each entry: when it plays, and why it is where it is.

import { type Entry, type Play, type RoomState, SAMPLE_RATE } from "./protocol/generated";
import { words } from "./words/en";

/** One row of "Up next". */
export interface Row {
  entry: Entry;
  /** Seconds until it starts, as things stand. */
  inSeconds: number;
  why: string;
  own: boolean;
}

const seconds = (play: { track: { samples: number } }): number => play.track.samples / SAMPLE_RATE;

/** The rows in playing order. `nowUs` is park time in microseconds. */
export function rows(room: RoomState, me: number | null, nowUs: number): Row[] {
  const playback = room.playback;
  let at = 0;
  let before: Play["by"] = null;
  if (playback) {
    at = Math.max(0, (playback.now.start_us - nowUs) / 1e6 + seconds(playback.now));
    before = playback.now.by;
    if (playback.next && playback.next.entry === null) at += seconds(playback.next);
  }
  const turns = new Map<number, number>();
  if (playback?.now.by) turns.set(playback.now.by.account, 0);
  return room.queue.map((entry) => {
    const turn = (turns.get(entry.by.account) ?? 0) + 1;
    turns.set(entry.by.account, turn);
    const own = entry.by.account === me;
    const row = { entry, inSeconds: at, own, why: why(room, entry, own, turn, before?.name ?? null) };
    at += seconds(entry);
    before = entry.by;
    return row;
  });
}

function why(room: RoomState, entry: Entry, own: boolean, turn: number, before: string | null): string {
  if (own) return before && room.settings.mode === "rotation" ? words.queue.yoursAfter(before) : words.queue.yours;
  const because =
    room.settings.mode === "open"
      ? words.queue.picked(entry.by.name)
      : turn > 1
        ? words.queue.round(turn)
        : words.queue.turn(entry.by.name);
  return `${entry.track.artist} · ${because}`;
}
