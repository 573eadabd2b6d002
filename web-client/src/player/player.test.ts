import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AudioMap, Play, Playback, Track } from "../protocol/generated";
import { ParkClock } from "../sync/clock";
import { FakeAudioContext } from "./audio.fake";
import { Player, type PlayerStatus } from "./player";
import { SegmentStore, Unplayable } from "./segments";

const RATE = 48_000;
const US = 1_000_000;
/** Park time of the first moment, ms. */
const PARK0 = 1_790_000_000_000;

beforeEach(() => {
  vi.useFakeTimers();
  FakeAudioContext.allowed = true;
  FakeAudioContext.made = [];
  vi.stubGlobal("AudioContext", FakeAudioContext);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function track(id: number, seconds: number): Track {
  const unknown = { bpm: null, first_beat_ms: null, key: null, mood: null };
  return { id, title: `${id}`, artist: "", samples: seconds * RATE, ...unknown, gain_db: 0, cover: 0, audio: `${id}` };
}

/** `atS`: seconds after the first moment at which it begins. */
function play(id: number, atS: number, seconds = 60): Play {
  return { entry: id, track: track(id, seconds), by: null, start_us: PARK0 * 1_000 + atS * US };
}

function followedBy(now: Play, next: number | null): Playback {
  const start_us = now.start_us + (now.track.samples / RATE) * US;
  return { now, next: next === null ? null : { ...play(next, 0), start_us } };
}

/** A player in a browser whose clock the park's is known against to the ms; tracks of 60 s in segments of 10 s. */
function scene(broken: string[] = []) {
  const clock = new ParkClock(PARK0 + performance.now(), performance.now());
  const parkMs = () => PARK0 + (performance.now() - start);
  const start = performance.now();
  for (let i = 0; i < 4; i++) {
    const c0 = performance.now() + i;
    clock.add({ c0, s1: PARK0 - start + c0 + 0.5, s2: PARK0 - start + c0 + 0.5, c3: c0 + 1 });
  }
  const fetched: string[] = [];
  const store = new SegmentStore({
    map: async (audio) => mapOf(audio),
    bytes: async (audio, offset) => {
      fetched.push(`${audio}/${offset}`);
      return new TextEncoder().encode(`${audio}/${offset}`).buffer as ArrayBuffer;
    },
    decode: async (bytes) => {
      const name = new TextDecoder().decode(bytes);
      if (broken.includes(name.split("/")[0]!)) throw new Error("no decoder");
      return { name, length: 10 * RATE, sampleRate: RATE } as unknown as AudioBuffer;
    },
  });
  const told: PlayerStatus[] = [];
  const player = new Player(clock, store, (status) => told.push(status));
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const context = () => FakeAudioContext.made[0]!;
  /** The sample of the track rendered for the speaker now, by the sources themselves; null: silence or two at once. */
  const atSpeaker = () => {
    const frame = Math.round((context().currentTime - 0.05) * RATE);
    const all = context().renderedAt(frame);
    const [audio, segment] = all[0]?.name.split("/") ?? [];
    return all.length === 1 ? { audio, sample: Number(segment) * 10 * RATE + all[0]!.sample } : null;
  };
  const dueNow = (of: Play) => ((parkMs() * 1_000 - of.start_us) * RATE) / US;
  return { player, store, told, wait, context, atSpeaker, dueNow, fetched, is: () => told.at(-1)?.is };
}

function mapOf(audio: string): AudioMap {
  if (audio === "404") throw new Unplayable("not there");
  const segments = Array.from({ length: 6 }, (_, i) => ({
    offset: i,
    bytes: 1,
    start: i * 10 * RATE,
    samples: 10 * RATE,
  }));
  return { bytes: 6, samples: 60 * RATE, segments, peaks: "" };
}

describe("somebody steps in while a track plays", () => {
  test("and hears it where it is, within a second", async () => {
    const { player, wait, atSpeaker, dueNow, is } = scene();
    const now = play(1, -23);
    void player.unlock();
    player.play(1, followedBy(now, 2));
    await wait(1_000);
    expect(is()).toBe("playing");
    expect(Math.abs(atSpeaker()!.sample - dueNow(now))).toBeLessThan(0.001 * RATE);
    const heard = player.heard(performance.now())!;
    expect(heard.play.track.id).toBe(1);
    expect(Math.abs(heard.samples - atSpeaker()!.sample)).toBeLessThan(2);
    player.close();
  });

  test("fetches what it needs and no more, the beginning of the next track with it", async () => {
    const { player, wait, fetched } = scene();
    void player.unlock();
    player.play(1, followedBy(play(1, -3), 2));
    await wait(2_000);
    expect(fetched).toEqual(["1/0", "1/1", "2/0", "1/2", "1/3"]);
    player.close();
  });

  test("and hears on across segments and into the next track without a gap", async () => {
    const { player, wait, context } = scene();
    const now = play(1, -48);
    void player.unlock();
    player.play(1, followedBy(now, 2));
    await wait(10_000);
    // The room's next event comes late: what was known is enough.
    await wait(4_000);
    const sources = context().sources.filter((source) => source.stops === Number.POSITIVE_INFINITY);
    const ends = sources.map((source) => source.starts + source.buffer!.length - source.offset);
    expect(sources.map((source) => source.buffer!.name).slice(0, 3)).toEqual(["1/4", "1/5", "2/0"]);
    expect(sources[1]!.starts).toBe(ends[0]);
    expect(sources[2]!.starts).toBe(ends[1]);
    player.close();
  });
});

describe("a skip", () => {
  test("lets the former track play until the new one begins, and begins that on time", async () => {
    const { player, wait, atSpeaker, dueNow } = scene();
    const now = play(1, -20);
    void player.unlock();
    player.play(1, followedBy(now, 2));
    await wait(2_000);
    const skippedTo = play(3, 2.8);
    player.play(1, followedBy(skippedTo, 2));
    await wait(600);
    expect(atSpeaker()!.audio).toBe("1");
    await wait(700);
    expect(atSpeaker()!.audio).toBe("3");
    expect(Math.abs(atSpeaker()!.sample - dueNow(skippedTo))).toBeLessThan(0.002 * RATE);
    expect(player.heard(performance.now())!.play.track.id).toBe(3);
    player.close();
  });

  test("to another room fades the former out and plays the other", async () => {
    const { player, wait, atSpeaker } = scene();
    void player.unlock();
    player.play(1, followedBy(play(1, -20), null));
    await wait(1_500);
    player.play(2, followedBy(play(4, -30), null));
    await wait(1_000);
    expect(atSpeaker()!.audio).toBe("4");
    player.play(null, null);
    await wait(1_000);
    expect(atSpeaker()).toBeNull();
    player.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what is off is put right", () => {
  test("a device that stalled for 300 ms: back at the right place within 2 s", async () => {
    const { player, wait, context, atSpeaker, dueNow } = scene();
    const now = play(1, -12);
    void player.unlock();
    player.play(1, followedBy(now, null));
    await wait(3_000);
    context().stalledMs += 300;
    await wait(2_000);
    expect(player.stalls).toBe(1);
    expect(Math.abs(atSpeaker()!.sample - dueNow(now))).toBeLessThan(0.005 * RATE);
    player.close();
  });

  test("a device off by 6 ms: drawn back without starting anew", async () => {
    const { player, wait, context, atSpeaker, dueNow } = scene();
    const now = play(1, -12);
    void player.unlock();
    player.play(1, followedBy(now, null));
    await wait(4_000);
    const sources = context().sources.filter((source) => source.stops === Number.POSITIVE_INFINITY);
    const sounding = sources.find((source) => source.buffer!.name === "1/1")!;
    context().stalledMs += 6;
    await wait(6_000);
    expect(Math.abs(atSpeaker()!.sample - dueNow(now))).toBeLessThan(0.001 * RATE);
    expect(sounding.stops).toBe(Number.POSITIVE_INFINITY);
    expect(sounding.playbackRate.events.length).toBeGreaterThan(0);
    expect(player.heard(performance.now())!.samples - atSpeaker()!.sample).toBeLessThan(48);
    player.close();
  });
});

describe("a browser that blocks sound", () => {
  test("says so, and a tap lands on the live position; nothing missed is played after", async () => {
    FakeAudioContext.allowed = false;
    const { player, wait, atSpeaker, dueNow, is, context } = scene();
    const now = play(1, -5);
    void player.unlock();
    player.play(1, followedBy(now, null));
    await wait(1_000);
    expect(is()).toBe("blocked");
    expect(context().sources).toEqual([]);
    await wait(12_000);
    FakeAudioContext.allowed = true;
    void player.unlock();
    await wait(1_000);
    expect(is()).toBe("playing");
    expect(Math.abs(atSpeaker()!.sample - dueNow(now))).toBeLessThan(0.001 * RATE);
    player.close();
  });

  test("interrupted by a call it is blocked, and one tap later live again", async () => {
    const { player, wait, atSpeaker, dueNow, is, context } = scene();
    const now = play(1, -5);
    void player.unlock();
    player.play(1, followedBy(now, null));
    await wait(1_500);
    context().interrupt();
    await wait(8_000);
    expect(is()).toBe("blocked");
    void player.unlock();
    await wait(1_000);
    expect(is()).toBe("playing");
    expect(Math.abs(atSpeaker()!.sample - dueNow(now))).toBeLessThan(0.001 * RATE);
    player.close();
  });
});

describe("headphones through which everything comes later", () => {
  test.each([300, -150])("(%s ms) hear what is due, as the music leaves that much earlier", async (delayMs) => {
    const { player, wait, atSpeaker, dueNow, is } = scene();
    const now = play(1, -23);
    void player.unlock();
    player.play(1, followedBy(now, 2));
    await wait(2_000);
    player.setDelay(delayMs);
    await wait(2_000);
    expect(is()).toBe("playing");
    expect(Math.abs(atSpeaker()!.sample - dueNow(now) - (delayMs * RATE) / 1_000)).toBeLessThan(0.001 * RATE);
    // At the ear it is on time, and the screen goes by the ear.
    expect(Math.abs(player.heard(performance.now())!.samples - dueNow(now))).toBeLessThan(0.001 * RATE);
    player.setDelay(0);
    await wait(2_000);
    expect(Math.abs(atSpeaker()!.sample - dueNow(now))).toBeLessThan(0.001 * RATE);
    player.close();
  });

  test("set before the first sound count from the first bar", async () => {
    const { player, wait, atSpeaker, dueNow } = scene();
    const now = play(1, -23);
    player.setDelay(250);
    void player.unlock();
    player.play(1, followedBy(now, 2));
    await wait(1_000);
    expect(Math.abs(atSpeaker()!.sample - dueNow(now) - 0.25 * RATE)).toBeLessThan(0.001 * RATE);
    player.close();
  });
});

describe("a track that cannot be played", () => {
  test.each(["8", "404"])("(%s) is said, with when the next one begins, and that one plays", async (audio) => {
    const { player, wait, told, is } = scene(["8"]);
    const now = { ...play(8, -50) };
    now.track = { ...now.track, audio };
    const playback = followedBy(now, 2);
    void player.unlock();
    player.play(1, playback);
    await wait(3_000);
    expect(told.at(-1)).toEqual({ is: "failed", untilUs: playback.next!.start_us });
    await wait(8_500);
    expect(is()).toBe("playing");
    player.close();
  });

  test("a browser without Web Audio says that it cannot play", async () => {
    vi.stubGlobal("AudioContext", undefined);
    const { player, wait, is } = scene();
    expect(await player.unlock()).toBe(false);
    player.play(1, followedBy(play(1, -5), null));
    await wait(300);
    expect(is()).toBe("failed");
    player.close();
  });
});

test("a room in which nothing plays is silent and asks for nothing", async () => {
  const { player, wait, is, fetched } = scene();
  void player.unlock();
  player.play(1, null);
  await wait(1_000);
  expect(is()).toBeUndefined();
  expect(fetched).toEqual([]);
  player.close();
});
