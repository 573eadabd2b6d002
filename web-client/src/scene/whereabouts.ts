//! Where one is: which screen, and which world it shows. Pure.

import type { ParkState } from "../client";
import type { Hue, Place, RoomSummary } from "../protocol/generated";
import type { Screen } from "./camera";
import { type Plot, plots } from "./plots";

/** A world to stand in. Two with the same `floor` are the same place in another look. */
export interface Wanted {
  floor: string;
  key: string;
  plots: Plot[];
  room: { place: Place; hue: Hue } | null;
}

/** Outside of any room: what the join view shows while nothing is known. */
const UNKNOWN = { place: "shell", hue: "coral" } as const;

/** The world a state asks for; `preview` is the room shown before one steps in. */
export function wanted(state: Pick<ParkState, "floor" | "room" | "rooms">, preview: RoomSummary | null): Wanted {
  const { floor, room, rooms } = state;
  if (floor === 0) {
    const placed = plots(rooms);
    const key = `lawn ${placed.map((p) => `${p.room.id}${p.room.place}${p.room.hue}`).join()}`;
    return { floor: "lawn", key, plots: placed, room: null };
  }
  const known =
    floor === null
      ? preview
      : room?.id === floor
        ? { place: room.place, hue: room.settings.hue }
        : rooms.find((r) => r.id === floor);
  const { place, hue } = known ?? UNKNOWN;
  // Stepping in changes nothing of the room one looks into.
  const where = `room ${floor ?? preview?.id ?? "unknown"}`;
  return { floor: where, key: `${where} ${place} ${hue}`, plots: [], room: { place, hue } };
}

export const screenOf = (floor: number | null): Screen => (floor === null ? "join" : floor === 0 ? "park" : "room");
