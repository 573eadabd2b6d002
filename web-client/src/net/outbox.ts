//! Commands on their way: kept until the park acknowledges them, sent again with the same id when in doubt. Pure; time is an argument.

import type { Action, Command, Refusal } from "../protocol/generated";

/** Commands that may wait at once. */
export const OUTBOX_MAX = 64;
/** When a command is given up, in ms after it was made. */
export const GIVE_UP_MS = 60_000;
/** When waiting becomes worth a word. */
export const SLOW_MS = 1_000;
/** A command without any answer is sent again after this. */
const UNANSWERED_MS = 5_000;
const AGAIN_FIRST_MS = 250;
const AGAIN_MOST_MS = 5_000;

interface Waiting {
  id: string;
  room: number;
  action: Action;
  madeAt: number;
  /** When it is to be sent (again), ms. */
  dueAt: number;
  sent: number;
  done(refusal: Refusal | null): void;
}

export class Outbox {
  readonly #waiting = new Map<string, Waiting>();

  /** Ids of what waits, oldest first. */
  get ids(): string[] {
    return [...this.#waiting.keys()];
  }

  get full(): boolean {
    return this.#waiting.size >= OUTBOX_MAX;
  }

  /** Keeps a command; `done` is called once, with null or the refusal. Refused at once when 64 are waiting. */
  add(id: string, room: number, action: Action, now: number, done: (refusal: Refusal | null) => void): void {
    if (this.full) {
      done({ code: "too_many", text: "Too much is still on its way to the park. Wait a moment, then try again." });
      return;
    }
    this.#waiting.set(id, { id, room, action, madeAt: now, dueAt: now, sent: 0, done });
  }

  /** What is to be sent now, in the order it was made. Each counts as sent. */
  due(now: number): Command[] {
    const commands = [];
    for (const waiting of this.#waiting.values()) {
      if (waiting.dueAt > now) continue;
      const command: Command = { id: waiting.id, room: waiting.room, do: waiting.action };
      if (waiting.sent > 0) command.resent = true;
      waiting.sent += 1;
      waiting.dueAt = now + UNANSWERED_MS;
      commands.push(command);
    }
    return commands;
  }

  /** The park carried it out: its event came, or it was done before. False: not one of these. */
  acknowledge(id: string): boolean {
    return this.#settle(id, null);
  }

  /** The park did not carry it out. What it could not do at the moment is tried again, with the same id. */
  refuse(id: string, why: Refusal, now: number): boolean {
    if (why.code === "retry") return this.again(id, now, why.retry_after_ms);
    return this.#settle(id, why);
  }

  /** Nothing is known of it: it is sent again, a little later each time. */
  again(id: string, now: number, afterMs?: number): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting) return false;
    const backoff = Math.min(AGAIN_MOST_MS, AGAIN_FIRST_MS * 2 ** Math.max(0, waiting.sent - 1));
    waiting.dueAt = now + Math.max(afterMs ?? 0, backoff);
    return true;
  }

  /** A new socket: whatever the old one carried may be lost, and goes again at once. */
  reconnected(now: number): void {
    for (const waiting of this.#waiting.values()) waiting.dueAt = now;
  }

  /** Gives up what is too old. */
  expire(now: number): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (now - waiting.madeAt < GIVE_UP_MS) continue;
      const text = "The park did not answer for a minute. Look whether it was done, then try again.";
      this.#settle(waiting.id, { code: "unavailable", text });
    }
  }

  /** Whether something waits for longer than a second. */
  slow(now: number): boolean {
    for (const waiting of this.#waiting.values()) if (now - waiting.madeAt >= SLOW_MS) return true;
    return false;
  }

  /** Refuses all, as when one logs out. */
  clear(why: Refusal): void {
    for (const id of this.ids) this.#settle(id, why);
  }

  #settle(id: string, refusal: Refusal | null): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting) return false;
    this.#waiting.delete(id);
    waiting.done(refusal);
    return true;
  }
}
