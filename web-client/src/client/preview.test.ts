import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FloorSeen, Play } from "../protocol/generated";
import { Preview } from "./preview";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A door one looks through: `answer` is what there is to see, or that the park does not answer. */
function door() {
  const it = {
    asked: [] as string[],
    shown: [] as (number | null)[],
    plays: [] as (string | undefined)[],
    hidden: false,
    answer: async (_slug: string): Promise<FloorSeen> => seenWith(1),
  };
  const preview = new Preview({
    look: (slug) => {
      it.asked.push(slug);
      return it.answer(slug);
    },
    onSeen: (seen) => {
      it.shown.push(seen?.room.listening ?? null);
      it.plays.push(seen?.room.now?.track.title);
    },
    hidden: () => it.hidden,
    nowUs: () => Date.now() * 1_000,
  });
  return { it, preview };
}

function seenWith(listening: number): FloorSeen {
  const room: FloorSeen["room"] = {
    ...{ id: 1, slug: "shell", name: "Shell Stage", about: "", hue: "coral", place: "shell", mode: "open", host: null },
    ...{ listening, now: null },
  };
  return { room, next: null, people: [] };
}

const TRACK = {
  ...{ id: 1, title: "", artist: "Mira Vale", samples: 48_000, bpm: null, first_beat_ms: null },
  ...{ key: null, mood: null, gain_db: 0, cover: 1, audio: "a" },
};

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("the card is looked at anew every four seconds, until one has stepped in", async () => {
  const { it, preview } = door();
  const stop = preview.of("shell");
  await wait(8_500);
  expect(it.asked).toEqual(["shell", "shell", "shell"]);
  stop();
  await wait(20_000);
  expect(it.asked.length).toBe(3);
  expect(it.shown).toEqual([1, 1, 1, null]);
});

test("a hidden page asks nothing, and asks at once when it is seen again", async () => {
  const { it, preview } = door();
  preview.of("shell");
  await wait(100);
  it.hidden = true;
  await wait(60_000);
  expect(it.asked.length).toBe(1);
  it.hidden = false;
  preview.seenAgain();
  await wait(4_100);
  expect(it.asked.length).toBe(3);
});

test("a park that does not answer leaves what was seen, and is asked again", async () => {
  const { it, preview } = door();
  preview.of("shell");
  await wait(100);
  it.answer = () => Promise.reject(new Error("away"));
  await wait(8_000);
  it.answer = async () => seenWith(5);
  await wait(4_000);
  expect(it.shown).toEqual([1, 5]);
});

test("what comes late of another room is not shown", async () => {
  const { it, preview } = door();
  it.answer = async (slug) => {
    await new Promise((later) => setTimeout(later, slug === "slow" ? 1_000 : 10));
    return seenWith(slug === "slow" ? 9 : 2);
  };
  const stop = preview.of("slow");
  await wait(100);
  preview.of("quick");
  stop();
  await wait(2_000);
  expect(it.shown).toEqual([null, 2]);
});

test("the next track is on the card at the moment it begins", async () => {
  const { it, preview } = door();
  const play = (title: string, start_us: number): Play => {
    const track = { ...TRACK, title };
    return { entry: null, track, by: null, start_us };
  };
  const begins = Date.now() + 1_500;
  it.answer = async () => {
    const seen = seenWith(1);
    return { ...seen, room: { ...seen.room, now: play("Slow Lanterns", 0) }, next: play("Tram", begins * 1_000) };
  };
  preview.of("shell");
  await wait(1_400);
  expect(it.plays).toEqual(["Slow Lanterns"]);
  await wait(200);
  expect(it.plays).toEqual(["Slow Lanterns", "Tram"]);
});
