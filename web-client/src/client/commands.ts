//! Durable commands: from a press to the park's acknowledgement, over whatever happens to the socket in between.

import { Outbox } from "../net/outbox";
import { Refused } from "../net/refused";
import { uuid7 } from "../net/uuid";
import type { Action, Event, Refusal, ToServer } from "../protocol/generated";

/** Largest frame the gateway takes, in bytes. */
const FRAME_MAX = 16 * 1024;
const PUMP_MS = 200;

export interface CommandMeans {
  send(frame: ToServer): boolean;
  live(): boolean;
  /** Park time in ms. */
  parkMs(): number;
  /** What waits changed. */
  onChange(pending: ReadonlySet<string>, slow: boolean): void;
}

export class Commands {
  readonly #means: CommandMeans;
  readonly #outbox = new Outbox();
  #timer: ReturnType<typeof setInterval> | null = null;
  #told = "";

  constructor(means: CommandMeans) {
    this.#means = means;
  }

  /** Resolves when the park has it for good; rejects with `Refused`. */
  do(room: number, action: Action): Promise<void> {
    const id = uuid7(this.#means.parkMs());
    const size = new TextEncoder().encode(JSON.stringify({ command: { id, room, resent: true, do: action } })).length;
    if (size > FRAME_MAX) {
      return Promise.reject(new Refused({ code: "bad_input", text: "That is too long. Make it shorter." }));
    }
    return new Promise((resolve, reject) => {
      this.#outbox.add(id, room, action, performance.now(), (why) => (why ? reject(new Refused(why)) : resolve()));
      this.#pump();
    });
  }

  /** A new socket: what the old one carried goes again. */
  connected(): void {
    this.#outbox.reconnected(performance.now());
    this.#pump();
  }

  /** Events acknowledge the commands that caused them. */
  events(events: readonly Event[]): void {
    for (const event of events) if (event.command) this.#outbox.acknowledge(event.command);
    this.#pump();
  }

  accepted(id: string): void {
    this.#outbox.acknowledge(id);
    this.#pump();
  }

  refused(id: string, why: Refusal): void {
    this.#outbox.refuse(id, why, performance.now());
    this.#pump();
  }

  unknown(id: string): void {
    this.#outbox.again(id, performance.now());
    this.#pump();
  }

  /** One left the park: nothing is sent any more. */
  clear(why: Refusal): void {
    this.#outbox.clear(why);
    this.#pump();
  }

  #pump(): void {
    const now = performance.now();
    this.#outbox.expire(now);
    if (this.#means.live()) for (const command of this.#outbox.due(now)) this.#means.send({ command });
    const ids = this.#outbox.ids;
    if (ids.length > 0) this.#timer ??= setInterval(() => this.#pump(), PUMP_MS);
    else if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    const slow = this.#outbox.slow(now);
    const told = `${slow} ${ids.join()}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#means.onChange(new Set(ids), slow);
  }
}
