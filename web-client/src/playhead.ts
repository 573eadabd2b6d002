//! What is heard where: a play with its position, and a room's line for the list.

import { type Play, type RoomState, type RoomSummary, SAMPLE_RATE } from "./protocol/generated";

/** What is heard at this moment. */
export interface Playhead {
  play: Play;
  /** Seconds since its first sample. */
  at: number;
  /** Its length in seconds. */
  of: number;
}

/** Where in a play the park is at `nowUs`. */
export function headOf(play: Play, nowUs: number): Playhead {
  const of = play.track.samples / SAMPLE_RATE;
  return { play, at: Math.min(of, Math.max(0, (nowUs - play.start_us) / 1e6)), of };
}

/** A room as the list shows it, for one that is not in the list yet. */
export function summaryOf(room: RoomState): RoomSummary {
  const { name, about, hue, mode } = room.settings;
  const { id, slug, place } = room;
  return {
    id,
    slug,
    name,
    about,
    hue,
    place,
    mode,
    host: room.owner?.name ?? null,
    listening: 0,
    now: room.playback?.now ?? null,
  };
}
