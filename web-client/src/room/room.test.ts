import { describe, expect, test } from "vitest";
import type { Event, Happened, RoomState, Snapshot } from "../protocol/generated";
import fixtures from "./fixtures.json";
import { fold } from "./fold";
import { Follower } from "./follow";

const start = fixtures.start as Snapshot;

interface Scenario {
  name: string;
  events: Happened[];
  /** Fields of the state afterwards. */
  then: Partial<RoomState>;
}

/** Numbers what happened, from a sequence number on. */
function numbered(happened: readonly Happened[], from: number, term = 1): Event[] {
  return happened.map((is, i) => ({ term, seq: from + i, at: 1_000 * (from + i), is }));
}

const hello: Happened = {
  "chat.said": { line: { id: 1, at: 1, by: { account: 1, name: "Amber Heron", look: 9 }, text: "hello" } },
};

describe("an event changes the room as it says", () => {
  test.each(fixtures.scenarios as unknown as Scenario[])("$name", ({ events, then }) => {
    const before = JSON.stringify(start.state);
    const after = numbered(events, start.seq + 1).reduce(fold, start.state);
    expect(after).toMatchObject(then);
    expect(JSON.stringify(start.state)).toBe(before);
  });

  test("chat and history keep as much as a snapshot does", () => {
    let state = start.state;
    for (let i = 0; i < 150; i++) state = fold(state, numbered([hello], i + 1)[0]!);
    expect(state.chat).toHaveLength(100);
    const playback = { now: start.state.playback!.now, next: null };
    const started: Happened = { "play.started": { playback, why: "ended", order: [] } };
    for (let i = 0; i < 30; i++) state = fold(state, numbered([started], i + 1)[0]!);
    expect(state.history).toHaveLength(20);
  });

  test("what it does not touch keeps its identity; one of an unknown kind changes nothing", () => {
    const after = fold(start.state, numbered([hello], 1)[0]!);
    expect(after.queue).toBe(start.state.queue);
    expect(after.playback).toBe(start.state.playback);
    const unknown = { "from.tomorrow": {} } as unknown as Happened;
    expect(fold(start.state, numbered([unknown], 1)[0]!)).toBe(start.state);
  });
});

describe("following a room", () => {
  const following = () => {
    const follower = new Follower(1);
    follower.snapshot(start);
    return follower;
  };

  test("nothing can be folded before a snapshot", () => {
    const follower = new Follower(1);
    expect(follower.have).toBeNull();
    expect(follower.events(numbered([hello], 1))).toEqual({ events: [], gap: true });
  });

  test("events in order are taken, known ones left out", () => {
    const follower = following();
    const events = numbered([hello, hello, hello], start.seq + 1);
    expect(follower.events(events.slice(0, 2)).events).toHaveLength(2);
    expect(follower.events(events).events.map((e) => e.seq)).toEqual([start.seq + 3]);
    expect(follower.have).toEqual({ term: 1, seq: start.seq + 3 });
    expect(follower.state?.chat.length).toBe(start.state.chat.length + 3);
  });

  test("a hole is reported, and what lies behind it not folded", () => {
    const follower = following();
    const [first, , third] = numbered([hello, hello, hello], start.seq + 1);
    expect(follower.events([first!, third!])).toEqual({ events: [first], gap: true });
    expect(follower.have?.seq).toBe(start.seq + 1);
  });

  test("a term may rise and never fall", () => {
    const follower = following();
    expect(follower.events(numbered([hello], start.seq + 1, 2)).gap).toBe(false);
    expect(follower.events(numbered([hello], start.seq + 2, 1)).gap).toBe(true);
  });

  test("a snapshot replaces the copy, unless it is older", () => {
    const follower = following();
    follower.events(numbered([hello, hello], start.seq + 1));
    expect(follower.snapshot(start)).toBe(false);
    expect(follower.snapshot({ ...start, seq: start.seq + 50 })).toBe(true);
    expect(follower.have?.seq).toBe(start.seq + 50);
  });
});
