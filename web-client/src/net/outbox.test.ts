import { describe, expect, test } from "vitest";
import type { Action, Refusal } from "../protocol/generated";
import { GIVE_UP_MS, OUTBOX_MAX, Outbox } from "./outbox";
import { uuid7 } from "./uuid";

const say: Action = { "chat.say": { text: "hello" } };

/** An outbox with the given commands in it, made at 0, and what became of them. */
function outboxWith(...ids: string[]): { outbox: Outbox; ends: Map<string, Refusal | null> } {
  const outbox = new Outbox();
  const ends = new Map<string, Refusal | null>();
  for (const id of ids) outbox.add(id, 1, say, 0, (end) => ends.set(id, end));
  return { outbox, ends };
}

describe("a command on its way", () => {
  test("is sent once, and gone with its acknowledgement", () => {
    const { outbox, ends } = outboxWith("a");
    expect(outbox.due(0)).toEqual([{ id: "a", room: 1, do: say }]);
    expect(outbox.due(1_000)).toEqual([]);
    expect(outbox.acknowledge("a")).toBe(true);
    expect(outbox.acknowledge("a")).toBe(false);
    expect(ends.get("a")).toBeNull();
    expect(outbox.ids).toEqual([]);
  });

  test("goes again, marked, after a reconnect, and in the order it was made", () => {
    const { outbox } = outboxWith("a", "b");
    outbox.due(0);
    outbox.reconnected(700);
    expect(outbox.due(700).map((c) => [c.id, c.resent])).toEqual([
      ["a", true],
      ["b", true],
    ]);
  });

  test("that was made without a connection is not marked when it goes for the first time", () => {
    const { outbox } = outboxWith("a");
    outbox.reconnected(30);
    expect(outbox.due(30)[0]!.resent).toBeUndefined();
  });

  test("of which nothing is known goes again, later each time", () => {
    const { outbox } = outboxWith("a");
    const waits = [];
    let now = 0;
    for (let i = 0; i < 7; i++) {
      expect(outbox.due(now)).toHaveLength(1);
      outbox.again("a", now);
      const from = now;
      while (outbox.due(now).length === 0) now += 50;
      waits.push(now - from);
      outbox.again("a", now);
      while (outbox.due(now).length === 0) now += 50;
      outbox.reconnected(now);
    }
    expect(waits[0]).toBe(250);
    expect(waits.at(-1)).toBe(5_000);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
  });

  test("without any answer goes again after five seconds", () => {
    const { outbox } = outboxWith("a");
    outbox.due(0);
    expect(outbox.due(4_999)).toEqual([]);
    expect(outbox.due(5_000)[0]!.resent).toBe(true);
  });

  test("that cannot be done at the moment is tried again when the park says", () => {
    const { outbox, ends } = outboxWith("a");
    outbox.due(0);
    outbox.refuse("a", { code: "retry", text: "The park cannot save at the moment.", retry_after_ms: 2_000 }, 10);
    expect(outbox.due(2_009)).toEqual([]);
    expect(outbox.due(2_010)).toHaveLength(1);
    expect(ends.size).toBe(0);
  });

  test("that is refused ends with the park's words", () => {
    const { outbox, ends } = outboxWith("a");
    outbox.due(0);
    outbox.refuse("a", { code: "forbidden", text: "Only DJs add tracks here." }, 10);
    expect(ends.get("a")!.text).toBe("Only DJs add tracks here.");
  });

  test("is slow after a second and given up after sixty, with a sentence", () => {
    const { outbox, ends } = outboxWith("a");
    expect(outbox.slow(999)).toBe(false);
    expect(outbox.slow(1_000)).toBe(true);
    outbox.expire(GIVE_UP_MS - 1);
    expect(ends.size).toBe(0);
    outbox.expire(GIVE_UP_MS);
    expect(ends.get("a")!.code).toBe("unavailable");
    expect(ends.get("a")!.text).toContain("did not answer");
  });

  test("the sixty-fifth is refused at once", () => {
    const { outbox } = outboxWith(...Array.from({ length: OUTBOX_MAX }, (_, i) => `${i}`));
    let end: Refusal | null = null;
    outbox.add("one too many", 1, say, 0, (refusal) => {
      end = refusal;
    });
    expect(end).toMatchObject({ code: "too_many" });
    expect(outbox.ids).toHaveLength(OUTBOX_MAX);
  });
});

test("ids are uuids of version 7 that carry their time and sort by it", () => {
  const id = uuid7(1_790_000_000_123.7);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replace(/-/g, "").slice(0, 12), 16)).toBe(1_790_000_000_123);
  expect(uuid7(5) < uuid7(6)).toBe(true);
  expect(new Set(Array.from({ length: 100 }, () => uuid7(1))).size).toBe(100);
});
