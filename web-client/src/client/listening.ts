//! The room one listens to: asks for it, follows it, asks for what was lost, and knows when it is first here.

import { Refused } from "../net/refused";
import type { Event, Refusal, RoomState, Snapshot, ToServer } from "../protocol/generated";
import { Follower } from "../room/follow";

/** An ask without an answer is repeated after this, ms; a hole is asked about no more often than this. */
const ASK_AGAIN_MS = 3_000;
const HOLE_ASK_MS = 1_000;

export interface ListeningMeans {
  /** False: not connected; then `connected` makes up for it. */
  send(frame: ToServer): boolean;
  /** The copy changed: by these events, or by a snapshot (none). */
  onChange(state: RoomState, events: readonly Event[]): void;
}

export class Listening {
  readonly #means: ListeningMeans;
  #follower: Follower | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #hole = false;
  #unanswered = false;
  #timer: ReturnType<typeof setInterval> | null = null;
  #waiting: { done(): void; failed(why: Refused): void }[] = [];

  constructor(means: ListeningMeans) {
    this.#means = means;
  }

  get room(): number | null {
    return this.#follower?.room ?? null;
  }

  get state(): RoomState | null {
    return this.#follower?.state ?? null;
  }

  /** Number of the last event folded; 0 before the first. */
  get seq(): number {
    return this.#follower?.have?.seq ?? 0;
  }

  /** Listens to another room from now on, or to none. Resolves when the room is here (or was left for another). */
  listen(room: number | null): Promise<void> {
    if (room !== this.room) {
      this.#settle(null);
      this.#follower = room === null ? null : new Follower(room);
      this.#ask();
    }
    if (room === null || this.state) return Promise.resolve();
    return new Promise((done, failed) => this.#waiting.push({ done, failed }));
  }

  /** A new socket: listens anew, from where the copy ends. */
  connected(): void {
    if (this.#follower) this.#ask();
  }

  snapshot(room: number, snapshot: Snapshot): void {
    if (room !== this.room || !this.#follower) return;
    this.#unanswered = false;
    this.#hole = false;
    if (!this.#follower.snapshot(snapshot)) return;
    this.#means.onChange(snapshot.state, []);
    this.#settle(null);
  }

  events(room: number, events: readonly Event[]): void {
    if (room !== this.room || !this.#follower) return;
    const followed = this.#follower.events(events);
    if (followed.events.length > 0 && this.#follower.state) this.#means.onChange(this.#follower.state, followed.events);
    this.#hole = followed.gap;
    if (!followed.gap) this.#unanswered = false;
    else if (performance.now() - this.#askedAt >= HOLE_ASK_MS) this.#ask();
    else this.#watch();
  }

  /** Something was refused that names no command: whoever waits for the room learns it when nothing else will come. */
  sorry(why: Refusal): boolean {
    if (this.state || this.#waiting.length === 0 || why.code === "retry" || why.code === "unavailable") return false;
    this.#settle(new Refused(why));
    return true;
  }

  close(): void {
    this.#settle(new Refused({ code: "conflict", text: "You left before the room was here." }));
    this.#follower = null;
    this.#rest();
  }

  #ask(): void {
    this.#askedAt = performance.now();
    this.#unanswered = this.#follower !== null;
    this.#means.send({ listen: { room: this.room, have: this.#follower?.have ?? null } });
    if (this.#follower) this.#watch();
    else this.#rest();
  }

  #watch(): void {
    this.#timer ??= setInterval(() => this.#look(), ASK_AGAIN_MS / 3);
  }

  /** Without its first answer, or with a hole in it, the room is asked for again. */
  #look(): void {
    const lacking = this.#hole || (this.#unanswered && !this.state);
    if (!lacking) this.#rest();
    else if (performance.now() - this.#askedAt >= ASK_AGAIN_MS) this.#ask();
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #settle(why: Refused | null): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (why) one.failed(why);
      else one.done();
    }
  }
}
