//! Which world is shown, for every place one can be.

import { describe, expect, it } from "vitest";
import type { RoomState, RoomSummary } from "../protocol/generated";
import { wanted } from "./whereabouts";

const summary = (id: number, place: RoomSummary["place"], hue: RoomSummary["hue"]): RoomSummary => ({
  id,
  slug: `r${id}`,
  name: `Room ${id}`,
  about: "",
  hue,
  place,
  mode: "open",
  host: null,
  listening: 0,
  now: null,
});
const rooms = [summary(1, "shell", "coral"), summary(2, "bench", "sky")];
const room = { id: 2, place: "bandstand", settings: { hue: "mint" } } as unknown as RoomState;

describe("the world one sees", () => {
  it("is the room of the link before one steps in, and a shell while nothing is known", () => {
    expect(wanted({ floor: null, room: null, rooms }, rooms[1]).room).toEqual(
      rooms[1] && { place: "bench", hue: "sky" },
    );
    expect(wanted({ floor: null, room: null, rooms }, null).room).toEqual({ place: "shell", hue: "coral" });
  });

  it("is the room as it is now, not as the list last told", () => {
    expect(wanted({ floor: 2, room, rooms }, null).room).toEqual({ place: "bandstand", hue: "mint" });
    expect(wanted({ floor: 2, room: null, rooms }, null).room).toEqual({ place: "bench", hue: "sky" });
  });

  it("is the same place in another look when a room is painted anew, so people stay", () => {
    const before = wanted({ floor: 2, room: null, rooms }, null);
    const after = wanted({ floor: 2, room, rooms }, null);
    expect(after.floor).toBe(before.floor);
    expect(after.key).not.toBe(before.key);
  });

  it("is the lawn with a plot for every room", () => {
    const lawn = wanted({ floor: 0, room: null, rooms }, null);
    expect(lawn.room).toBeNull();
    expect(lawn.plots.map((p) => p.room.id)).toEqual([1, 2]);
    expect(wanted({ floor: 0, room, rooms }, null).key).toBe(lawn.key);
  });
});
