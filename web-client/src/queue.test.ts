import { describe, expect, it } from "vitest";
import type { Entry, Person, Play, RoomState, Track } from "./protocol/generated";
import { rows } from "./queue";

const track = (id: number, seconds: number): Track => ({
  id,
  title: `Track ${id}`,
  artist: "Mira Vale",
  samples: seconds * 48000,
  bpm: null,
  first_beat_ms: null,
  key: null,
  mood: null,
  gain_db: 0,
  cover: id,
  audio: "",
});
const otter: Person = { account: 2, name: "Slow Otter", look: 0 };
const me: Person = { account: 1, name: "Amber Heron", look: 0 };
const entry = (id: number, seconds: number, by: Person): Entry => ({ id, track: track(id, seconds), by, votes: [] });
const play = (seconds: number, by: Person | null, start_us: number, entryId: number | null = 1): Play => ({
  entry: entryId,
  track: track(9, seconds),
  by,
  start_us,
});

function room(mode: "open" | "rotation", queue: Entry[], now: Play | null, next: Play | null = null): RoomState {
  return {
    id: 1,
    slug: "shell-stage",
    settings: { name: "Shell Stage", about: "", hue: "coral", mode, mix: true },
    place: "shell",
    mood: null,
    owner: null,
    djs: [],
    queue,
    playback: now ? { now, next } : null,
    skip_votes: [],
    chat: [],
    history: [],
    mix_plays: 0,
  };
}

describe("when an entry plays", () => {
  it("is after what plays and all before it", () => {
    const list = rows(room("open", [entry(1, 100, otter), entry(2, 50, me)], play(60, otter, 0)), 1, 20_000_000);
    expect(list.map((r) => r.inSeconds)).toEqual([40, 140]);
  });

  it("is after the mix's track when that is already next", () => {
    const mix = play(200, null, 60_000_000, null);
    expect(rows(room("open", [entry(1, 100, otter)], play(60, null, 0), mix), 1, 50_000_000)[0].inSeconds).toBe(210);
  });

  it("counts a track that has yet to begin in full", () => {
    expect(rows(room("open", [entry(1, 100, otter)], play(60, null, 1_000_000)), 1, 0)[0].inSeconds).toBe(61);
  });
});

describe("why an entry is where it is", () => {
  const now = play(60, otter, 0);
  it("names the turn in a rotation, and the round after it", () => {
    const wren: Person = { account: 3, name: "Velvet Wren", look: 0 };
    const list = rows(room("rotation", [entry(1, 9, wren), entry(2, 9, me), entry(3, 9, wren)], now), 1, 0);
    expect(list.map((r) => r.why)).toEqual([
      "Mira Vale · Velvet Wren’s turn",
      "Yours · after Velvet Wren",
      "Mira Vale · 2nd round",
    ]);
    expect(list.map((r) => r.own)).toEqual([false, true, false]);
  });

  it("names the picker where votes decide", () => {
    expect(rows(room("open", [entry(1, 9, otter)], now), 1, 0)[0].why).toBe("Mira Vale · picked by Slow Otter");
  });
});
