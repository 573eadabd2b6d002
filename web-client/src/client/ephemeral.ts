//! What the unnumbered frames do to the picture: people, the list of rooms, oneself. Pure.

import type { Person, RoomSummary, Standing, ToClient } from "../protocol/generated";
import type { Crowd, ParkState } from "./state";

type Frame<Name extends string> =
  Extract<ToClient, Record<Name, unknown>> extends Record<Name, infer Body> ? Body : never;

/** People remembered at the most: a frame names 200, changes come on top until the next. */
const KNOWN_MAX = 400;

/** The fields that an unnumbered frame changes; null when it is another kind of frame, or about another floor. */
export function shown(state: ParkState, frame: ToClient): Partial<ParkState> | null {
  if ("people" in frame) return frame.people.floor === state.floor ? crowded(state, crowdOf(frame.people)) : null;
  if ("presence" in frame) {
    return frame.presence.floor === state.floor ? crowded(state, crowdAfter(state.crowd, frame.presence)) : null;
  }
  if ("rooms" in frame) return { rooms: roomsAfter(state.rooms, frame.rooms) };
  if ("you" in frame) return named(state, frame.you.you);
  if ("welcome" in frame) return named(state, frame.welcome.you);
  return null;
}

function named(state: ParkState, person: Person): Partial<ParkState> {
  return { me: { login: state.me?.login ?? null, person } };
}

function crowded(state: ParkState, crowd: Crowd): Partial<ParkState> {
  return { crowd, waiting: waitingIn(state, crowd) };
}

/** One's place in the line of the floor one came to; none when one is inside. */
function waitingIn({ me, floor, waiting }: ParkState, { people, line }: Crowd): ParkState["waiting"] {
  const account = me?.person.account;
  // Who was let in a moment ago may still be in the line as it was told last.
  if (!floor || account === undefined || people.has(account)) return null;
  const place = line.indexOf(account) + 1;
  if (place === 0) return null;
  return waiting?.room === floor && waiting.place === place ? waiting : { room: floor, place };
}

/** Everybody anew. */
export function crowdOf(frame: Frame<"people">): Crowd {
  const { count, present, needed } = frame;
  const people = new Map(frame.people.map((one) => [one.person.account, one]));
  return { count, present, needed, people, line: frame.line ?? [] };
}

/** Who came and went. */
export function crowdAfter(crowd: Crowd, frame: Frame<"presence">): Crowd {
  const people = new Map<number, Standing>(crowd.people);
  for (const account of frame.went) people.delete(account);
  for (const one of frame.came) {
    if (people.size < KNOWN_MAX || people.has(one.person.account)) people.set(one.person.account, one);
  }
  const { count, present, needed, line = crowd.line } = frame;
  return { count, present, needed, people, line };
}

/** The list of rooms after a frame, liveliest first, then those that play, then by age. */
export function roomsAfter(rooms: readonly RoomSummary[], frame: Frame<"rooms">): RoomSummary[] {
  const known = new Map(rooms.map((room) => [room.id, room]));
  for (const room of frame.rooms) known.set(room.id, room);
  return [...known.values()].sort(
    (a, b) => b.listening - a.listening || Number(b.now !== null) - Number(a.now !== null) || a.id - b.id,
  );
}
