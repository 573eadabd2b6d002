import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeAudioContext } from "../player/audio.fake";
import type { Command, ToServer } from "../protocol/generated";
import { ParkClient } from "./client";
import { boot, FakePark, me, other, pretendBrowser } from "./park.fake";

beforeEach(pretendBrowser);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function commandIn(frames: ToServer[]): Command {
  const [first] = frames;
  if (!first || !("command" in first)) throw new Error("no command was sent");
  return first.command;
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function inTheRoom() {
  const park = new FakePark();
  const client = new ParkClient(boot(me), { origin: "http://park" });
  const here = client.stepIn(1);
  await wait(1_500);
  await here;
  return { park, client };
}

describe("stepping in", () => {
  test("as a guest: one press, the room is here and sounds", async () => {
    const park = new FakePark();
    const client = new ParkClient(boot(null), { origin: "http://park" });
    await expect(client.stepIn(1)).rejects.toMatchObject({ code: "not_signed_in" });
    expect((await client.walkInAsGuest("Amber Heron", 9)).person.account).toBe(7);
    const here = client.stepIn(1);
    expect(client.state.sound.is).toBe("loading");
    await wait(1_500);
    await here;
    const { state } = client;
    expect(state.connection.is).toBe("live");
    expect(state.room?.settings.name).toBe("Shell Stage");
    expect([state.listening, state.floor, state.chatFrom]).toEqual([1, 1, 3]);
    expect(state.sound).toEqual({ is: "playing", outside: false });
    expect(state.sync.known).toBe(true);
    expect(client.heard()!.samples / 48_000).toBeCloseTo(13.5, 1);
    expect(Math.abs(client.drift()!)).toBeLessThan(1);
    expect(park.got("stand")).toEqual([{ stand: { floor: 1 } }]);
    expect(park.got("hearing").at(-1)).toEqual({ hearing: { sound: true, away: false } });
    client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("into a room that is gone is refused with the park's words, and leaves one nowhere", async () => {
    new FakePark();
    const client = new ParkClient(boot(me), { origin: "http://park" });
    const refused = expect(client.stepIn(404)).rejects.toMatchObject({ text: "There is no room here." });
    await wait(500);
    await refused;
    expect(client.state.listening).toBeNull();
    client.close();
  });

  test("out again leaves the music at a third, and a reload returns to just that", async () => {
    const { park, client } = await inTheRoom();
    client.stepOut();
    expect(client.state.floor).toBe(0);
    expect(client.state.sound).toEqual({ is: "playing", outside: true });
    expect(park.got("stand").at(-1)).toEqual({ stand: { floor: 0 } });
    client.close();
    const again = new ParkClient(boot(me), { origin: "http://park" });
    const resumed = again.resume();
    await wait(1_500);
    expect(await resumed).toBe(true);
    expect([again.state.floor, again.state.listening, again.state.sound.is]).toEqual([0, 1, "playing"]);
    again.close();
  });

  test("a reload where the browser blocks sound: the place is back, one tap brings the music", async () => {
    const { client } = await inTheRoom();
    client.close();
    FakeAudioContext.allowed = false;
    const again = new ParkClient(boot(me), { origin: "http://park" });
    const resumed = again.resume();
    await wait(1_500);
    expect(await resumed).toBe(true);
    expect(again.state.sound.is).toBe("blocked");
    FakeAudioContext.allowed = true;
    again.tapToListen();
    await wait(1_000);
    expect(again.state.sound.is).toBe("playing");
    expect(Math.abs(again.drift()!)).toBeLessThan(1);
    again.close();
  });

  test("nowhere to return to without a place or a session", async () => {
    new FakePark();
    const client = new ParkClient(boot(me), { origin: "http://park" });
    expect(await client.resume()).toBe(false);
    client.close();
  });
});

describe("a command", () => {
  test("is done when its event comes", async () => {
    const { client } = await inTheRoom();
    await client.do({ "chat.say": { text: "hello" } });
    expect(client.state.room?.chat.at(-1)?.text).toBe("hello");
    expect(client.state.pending.size).toBe(0);
    client.close();
  });

  test("whose answer was lost with the connection is known from what came meanwhile", async () => {
    const { park, client } = await inTheRoom();
    park.acknowledging = false;
    const done = client.do({ "chat.say": { text: "hello" } });
    // The worker took it, the socket broke before the event came.
    park.say("hello", me.person, { command: commandIn(park.got("command")).id, account: 7 }, true);
    park.end.end(1006);
    expect(client.state.pending.size).toBe(1);
    await wait(1_000);
    await done;
    expect(client.state.room?.chat.filter((line) => line.text === "hello")).toHaveLength(1);
    client.close();
  });

  test("that was lost on its way goes again with its id, marked, and is there once", async () => {
    const { park, client } = await inTheRoom();
    park.acknowledging = false;
    const done = client.do({ "chat.say": { text: "hello" } });
    const first = commandIn(park.got("command"));
    park.acknowledging = true;
    park.end.end(1006);
    await wait(1_000);
    await done;
    expect(park.got("command")).toEqual([{ command: { ...first, resent: true } }]);
    expect(client.state.room?.chat.filter((line) => line.text === "hello")).toHaveLength(1);
    client.close();
  });

  test("that had been carried out before is done when the park says so", async () => {
    const { park, client } = await inTheRoom();
    park.acknowledging = false;
    const done = client.do({ "queue.add": { track: 1 } });
    park.end.send({ accepted: { id: commandIn(park.got("command")).id, head: { term: 1, seq: 10 } } });
    await done;
    client.close();
  });

  test("that takes long is said to be slow, and is kept", async () => {
    const { park, client } = await inTheRoom();
    park.acknowledging = false;
    const done = client.do({ "chat.say": { text: "hello" } });
    await wait(1_300);
    expect(client.state.slow).toBe(true);
    park.acknowledging = true;
    park.end.send({ unknown: { id: commandIn(park.got("command")).id } });
    await wait(600);
    await done;
    expect(client.state.slow).toBe(false);
    client.close();
  });

  test("that is refused rejects with the park's words; one nobody waits for disturbs nobody", async () => {
    const { park, client } = await inTheRoom();
    park.acknowledging = false;
    const done = client.do({ "queue.add": { track: 1 } });
    const why = { code: "forbidden" as const, text: "Only DJs add tracks here." };
    park.end.send({ refused: { id: commandIn(park.got("command")).id, why } });
    await expect(done).rejects.toMatchObject(why);
    client.stopListening();
    void client.do({ "queue.add": { track: 1 } });
    await expect(client.do({ "chat.say": { text: "x".repeat(20_000) } })).rejects.toBeDefined();
    client.close();
  });
});

describe("the chat", () => {
  test("what was said before one came is earlier, also when it arrives after the snapshot", async () => {
    const { park, client } = await inTheRoom();
    park.say("just before", other);
    const before = client.state.room?.chat.at(-1)?.id;
    park.say("hello, newcomer", other, {}, false, client.now());
    await wait(0);
    expect(client.state.room?.chat.map((line) => line.text)).toEqual(["earlier", "just before", "hello, newcomer"]);
    expect(client.state.chatFrom).toBe(before);
    client.close();
  });
});

describe("a lost connection", () => {
  test("goes on playing, comes back to the same place, and says what was missed", async () => {
    const { park, client } = await inTheRoom();
    client.step(100, 200, 3);
    await wait(200);
    park.gateway.refusing = true;
    park.end.end(1006);
    await wait(4_000);
    expect(client.state.connection.is).toBe("lost");
    expect(client.state.sound.is).toBe("playing");
    park.say("one", other, {}, true);
    park.say("two", other, {}, true);
    park.gateway.refusing = false;
    client.tryNow();
    await wait(100);
    expect(client.state.connection.is).toBe("live");
    expect(client.state.back).toEqual({ missed: 2 });
    expect(park.got("listen")).toEqual([{ listen: { room: 1, have: { term: 1, seq: 10 } } }]);
    expect(park.got("stand")).toEqual([{ stand: { floor: 1 } }]);
    expect(park.gateway.sockets.at(-1)?.steps).toHaveLength(1);
    expect(client.state.room?.chat.map((line) => line.text)).toEqual(["earlier", "one", "two"]);
    await wait(6_100);
    expect(client.state.back).toBeNull();
    client.close();
  });

  test("what was missed comes in several frames, and what is said afterwards is no part of it", async () => {
    const { park, client } = await inTheRoom();
    park.gateway.refusing = true;
    park.end.end(1006);
    await wait(4_000);
    park.oneByOne = true;
    for (const text of ["one", "two", "three"]) park.say(text, other, {}, true);
    park.gateway.refusing = false;
    client.tryNow();
    await wait(100);
    expect(client.state.back).toEqual({ missed: 3 });
    park.say("after", other, {}, false, client.now() + 1);
    expect(client.state.back).toEqual({ missed: 3 });
    await wait(7_600);
    expect(client.state.back).toBeNull();
    client.close();
  });

  test("a lost event is noticed by the next and asked for", async () => {
    const { park, client } = await inTheRoom();
    await wait(1_000);
    park.say("one", other, {}, true);
    park.say("two", other);
    await wait(0);
    expect(park.got("listen").at(-1)).toEqual({ listen: { room: 1, have: { term: 1, seq: 10 } } });
    expect(client.state.room?.chat.map((line) => line.text)).toEqual(["earlier", "one", "two"]);
    client.close();
  });

  test("a session renewed by registering: the socket follows, one stays where one is", async () => {
    const { client } = await inTheRoom();
    const registered = client.register("amber", "correct horse");
    await wait(1_500);
    expect((await registered).login).toBe("amber");
    const { state } = client;
    expect([state.me?.login, state.listening, state.connection.is]).toEqual(["amber", 1, "live"]);
    client.close();
  });

  test("a session that ended elsewhere: out of the park, with a sentence", async () => {
    const { park, client } = await inTheRoom();
    park.signedIn = false;
    park.end.end(4006);
    await wait(500);
    const { state } = client;
    expect([state.me, state.listening, state.floor, state.connection.is]).toEqual([null, null, null, "idle"]);
    expect(state.notice?.text).toContain("signed out");
    client.close();
  });
});

describe("the people around", () => {
  const standing = (account: number) => ({ person: { ...other, account }, away: false, x: 1, y: 2 });

  test("are those of the floor one stands on", async () => {
    const { park, client } = await inTheRoom();
    park.end.send({ people: { floor: 1, count: 2, present: 2, needed: 2, people: [standing(7), standing(8)] } });
    park.end.send({ presence: { floor: 1, count: 2, present: 1, needed: 1, came: [standing(9)], went: [8] } });
    park.end.send({ people: { floor: 5, count: 9, present: 9, needed: 5, people: [] } });
    expect([...client.state.crowd.people.keys()]).toEqual([7, 9]);
    expect(client.state.crowd).toMatchObject({ count: 2, present: 1, needed: 1 });
    park.end.send({ typing: { floor: 1, by: [7, 9] } });
    expect(client.state.typing).toEqual([9]);
    park.say("that bass line", { ...other, account: 9 });
    expect(client.state.typing).toEqual([]);
    park.end.send({ typing: { floor: 1, by: [9] } });
    await wait(5_100);
    expect(client.state.typing).toEqual([]);
    client.close();
  });

  test("of a full room let one wait in line, hearing it from outside, until one is walked in", async () => {
    const { park, client } = await inTheRoom();
    const inside = { floor: 1, count: 2, present: 2, needed: 2, people: [standing(8), standing(9)] };
    park.end.send({ people: { ...inside, line: [20, 21, 7] } });
    expect(client.state.waiting).toEqual({ room: 1, place: 3 });
    expect(client.state.sound).toEqual({ is: "playing", outside: true });
    const nobodyCame = { floor: 1, count: 2, present: 2, needed: 2, came: [], went: [] };
    const { waiting } = client.state;
    park.end.send({ presence: nobodyCame });
    expect(client.state.waiting).toBe(waiting);
    park.end.send({ presence: { ...nobodyCame, line: [21, 7] } });
    expect(client.state.waiting).toEqual({ room: 1, place: 2 });
    // Let in; the line itself is told a moment later.
    park.end.send({ presence: { ...nobodyCame, came: [standing(7)], went: [8] } });
    expect(client.state.waiting).toBeNull();
    expect(client.state.sound).toEqual({ is: "playing", outside: false });
    park.end.send({ presence: { ...nobodyCame, line: [] } });
    expect(client.state.waiting).toBeNull();
    client.close();
  });

  test("are waited for no longer once one left the line", async () => {
    const { park, client } = await inTheRoom();
    const inside = { floor: 1, count: 2, present: 2, needed: 2, people: [standing(8), standing(9)] };
    park.end.send({ people: { ...inside, line: [7] } });
    expect(client.state.waiting).toEqual({ room: 1, place: 1 });
    client.stepOut();
    expect(client.state.waiting).toBeNull();
    expect(client.state.sound).toEqual({ is: "playing", outside: true });
    expect(park.got("stand").at(-1)).toEqual({ stand: { floor: 0 } });
    client.close();
  });

  test("steps leave at most ten times a second, the latest of them", async () => {
    const { park, client } = await inTheRoom();
    for (let x = 0; x < 50; x++) {
      client.step(x, 0, 0);
      await wait(10);
    }
    await wait(200);
    const steps = park.gateway.sockets.at(-1)!.steps;
    expect(steps.length).toBeLessThanOrEqual(7);
    expect(new DataView(steps.at(-1)!).getUint16(1, true)).toBe(49);
    client.close();
  });

  test("the list of rooms is kept, liveliest first", async () => {
    const { park, client } = await inTheRoom();
    const line = (id: number, listening: number) => ({
      ...{ id, slug: `${id}`, name: `${id}`, about: "", hue: "sky" as const, place: "bench" as const },
      ...{ mode: "open" as const, host: null, listening, now: null },
    });
    park.end.send({ rooms: { rooms: [line(1, 2), line(2, 5), line(3, 0)] } });
    park.end.send({ rooms: { rooms: [line(3, 9)] } });
    expect(client.state.rooms.map((room) => room.id)).toEqual([3, 2, 1]);
    client.close();
  });
});

test("volume and mute are kept for the next visit, and mute means hearing nothing", async () => {
  const { park, client } = await inTheRoom();
  client.setVolume(0.4);
  client.setMuted(true);
  await wait(2_100);
  expect(park.got("hearing").at(-1)).toEqual({ hearing: { sound: false, away: false } });
  client.close();
  const again = new ParkClient(boot(me), { origin: "http://park" });
  expect([again.state.volume, again.state.muted]).toEqual([0.4, true]);
  again.close();
});

test("the delay of one's headphones is kept on this device, within what the settings offer", () => {
  const client = new ParkClient(boot(me), { origin: "http://park" });
  expect(client.state.delayMs).toBe(0);
  client.setDelay(183.4);
  expect(client.state.delayMs).toBe(183);
  client.close();
  const again = new ParkClient(boot(me), { origin: "http://park" });
  expect(again.state.delayMs).toBe(183);
  again.setDelay(9_000);
  expect(again.state.delayMs).toBe(500);
  again.setDelay(Number.NaN);
  expect(again.state.delayMs).toBe(0);
  again.close();
});

test("logging out ends it all", async () => {
  const { park, client } = await inTheRoom();
  await client.logOut();
  expect(park.asked).toContain("POST /api/logout");
  expect(client.state).toMatchObject({
    me: null,
    listening: null,
    room: null,
    connection: { is: "idle" },
    notice: null,
  });
  client.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("waveforms are pairs of bytes", async () => {
  const { client } = await inTheRoom();
  expect([...(await client.peaks("a"))]).toEqual([0, 1, 2]);
  client.close();
});

test("before one steps in, the room's line and who is there are kept fresh", async () => {
  const park = new FakePark();
  const client = new ParkClient(boot(null), { origin: "http://park" });
  const stop = client.lookInto("shell");
  await wait(100);
  expect(client.state.preview?.people.map((one) => one.person.name)).toEqual(["Brisk Otter"]);
  expect(client.state.rooms.map((room) => [room.slug, room.listening])).toEqual([["shell", 1]]);
  await wait(4_000);
  expect(park.asked.filter((path) => path.endsWith("/floor")).length).toBe(2);
  stop();
  expect(client.state.preview).toBe(null);
  client.close();
});
