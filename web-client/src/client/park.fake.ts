//! A park that exists only in a test: one room in which a track of a minute plays, a gateway, the HTTP API, a browser's storage.

import { vi } from "vitest";
import { type FakeEnd, FakeGateway } from "../net/gateway.fake";
import { FakeAudioContext } from "../player/audio.fake";
import type { Boot, Event, FloorSeen, Happened, Me, Person, RoomState, ToServer } from "../protocol/generated";

const PARK0 = 1_790_000_000_000;
export const me: Me = { person: { account: 7, name: "Amber Heron", look: 9 }, login: null };
export const other: Person = { account: 8, name: "Brisk Otter", look: 10 };

export const boot = (who: Me | null): Boot => ({
  me: who,
  guest: null,
  room: null,
  missing: null,
  rooms: [],
  now_us: PARK0 * 1_000,
  opened_us: PARK0 * 1_000,
  software: "test",
});

/** Puts what a browser has in its place, with a clock that the test moves. */
export function pretendBrowser(): void {
  vi.useFakeTimers();
  FakeAudioContext.allowed = true;
  FakeAudioContext.made = [];
  vi.stubGlobal("AudioContext", FakeAudioContext);
  vi.stubGlobal("OfflineAudioContext", FakeDecoder);
  vi.stubGlobal("localStorage", storage());
  vi.stubGlobal("sessionStorage", storage());
}

class FakeDecoder {
  decodeAudioData(): Promise<unknown> {
    return Promise.resolve({ name: "x", length: 480_000, sampleRate: 48_000 });
  }
}

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  };
}

/** The park: its room, its gateway, its API. */
export class FakePark {
  readonly gateway = new FakeGateway();
  readonly asked: string[] = [];
  readonly journal: Event[] = [];
  readonly start = performance.now();
  /** Whether the gateway carries out commands at all. */
  acknowledging = true;
  /** Each event of a tail in a frame of its own. */
  oneByOne = false;
  signedIn = true;

  constructor() {
    vi.stubGlobal("fetch", (url: string, request?: RequestInit) => this.#http(url, request));
    this.gateway.onSocket = (socket) => {
      socket.parkMs = () => PARK0 + performance.now() - this.start;
      socket.onReceived = (frame) => this.#answer(frame);
    };
    const { gateway } = this;
    vi.stubGlobal(
      "WebSocket",
      class {
        constructor() {
          // biome-ignore lint/correctness/noConstructorReturn: the pretended socket stands in for this one.
          return gateway.open();
        }
      },
    );
  }

  get state(): RoomState {
    const track = {
      ...{ id: 1, title: "Slow Lanterns", artist: "Mira Vale", samples: 60 * 48_000, bpm: null, first_beat_ms: null },
      ...{ key: null, mood: null, gain_db: 0, cover: 1, audio: "a" },
    };
    return {
      id: 1,
      slug: "shell",
      settings: { name: "Shell Stage", about: "", hue: "coral", mode: "open", mix: true },
      place: "shell",
      mood: null,
      owner: null,
      djs: [],
      queue: [],
      playback: { now: { entry: null, track, by: null, start_us: (PARK0 - 12_000) * 1_000 }, next: null },
      skip_votes: [],
      chat: [{ id: 3, at: 1, by: other, text: "earlier" }],
      history: [],
      mix_plays: 1,
    };
  }

  /** What one sees of the room from outside. */
  get seen(): FloorSeen {
    const { id, slug, place, settings, playback } = this.state;
    const { name, about, hue, mode } = settings;
    const now = playback?.now ?? null;
    const person = { person: other, away: false, x: 800, y: 700, pose: 6 };
    return {
      room: { id, slug, name, about, hue, mode, place, host: null, listening: 1, now },
      next: null,
      people: [person],
    };
  }

  /** Something happens in the room; listeners are told unless `quietly`. */
  happen(is: Happened, more: Partial<Event> = {}, quietly = false): Event {
    const event: Event = { term: 1, seq: 11 + this.journal.length, at: 1, is, ...more };
    this.journal.push(event);
    const socket = this.gateway.sockets.at(-1);
    if (!quietly && socket?.readyState === 1) this.end.send({ events: { room: 1, events: [event] } });
    return event;
  }

  say(text: string, by: Person, more: Partial<Event> = {}, quietly = false, at = 1): Event {
    const id = 11 + this.journal.length;
    return this.happen({ "chat.said": { line: { id, at, by, text } } }, more, quietly);
  }

  get end(): FakeEnd {
    return this.gateway.last;
  }

  /** Frames of a name that the last socket got. */
  got<Name extends string>(name: Name): ToServer[] {
    return this.end.received.filter((frame) => name in frame);
  }

  #answer(frame: ToServer): void {
    const { end } = this;
    if ("hello" in frame) end.welcome();
    if ("listen" in frame && frame.listen.room === 1) {
      const { have } = frame.listen;
      const tail = this.journal.filter((event) => have && event.seq > have.seq);
      if (have && this.oneByOne) for (const event of tail) end.send({ events: { room: 1, events: [event] } });
      else if (have) end.send({ events: { room: 1, events: tail } });
      else end.send({ snapshot: { room: 1, snapshot: { term: 1, seq: 10, state: this.state } } });
    }
    if ("listen" in frame && frame.listen.room === 404) {
      end.send({ sorry: { why: { code: "not_found", text: "There is no room here." } } });
    }
    if ("command" in frame && this.acknowledging && "chat.say" in frame.command.do) {
      const before = this.journal.find((event) => event.command === frame.command.id);
      if (before) end.send({ accepted: { id: frame.command.id, head: { term: 1, seq: before.seq } } });
      else this.say(frame.command.do["chat.say"].text, me.person, { command: frame.command.id, account: 7 });
    }
  }

  async #http(url: string, request: RequestInit = {}): Promise<Response> {
    const path = url.replace("http://park", "");
    this.asked.push(`${request.method ?? "GET"} ${path}`);
    if (path.endsWith(".json")) {
      const segments = [0, 1, 2, 3, 4, 5].map((i) => ({ offset: i, bytes: 1, start: i * 480_000, samples: 480_000 }));
      return Response.json({ bytes: 6, samples: 60 * 48_000, segments, peaks: "AAEC" });
    }
    if (path.startsWith("/audio/")) return new Response(new Uint8Array(1), { status: 206 });
    if (!this.signedIn) {
      const problem = { status: 401, title: "Not signed in", code: "not_signed_in", text: "Walk in first." };
      return Response.json(problem, { status: 401 });
    }
    if (path === "/api/register") {
      // The former session ends before the answer with the new one is here.
      this.signedIn = false;
      this.end.end(4006);
      await new Promise((later) => setTimeout(later, 800));
      this.signedIn = true;
      return Response.json({ ...me, login: "amber" });
    }
    if (path === "/api/rooms/shell/floor") return Response.json(this.seen);
    if (path === "/api/ticket") return Response.json({ ticket: "once" });
    if (path === "/api/guest") return Response.json(me);
    return Response.json({});
  }
}
