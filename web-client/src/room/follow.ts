//! Follows a room by its numbered events: contiguous or not at all. A hole is reported, never folded over.

import type { Event, Head, RoomState, Snapshot } from "../protocol/generated";
import { fold } from "./fold";

/** What a frame did to the copy. */
export interface Followed {
  /** The events that were new and in order. */
  events: Event[];
  /** Something between was lost: ask for it with `have`. */
  gap: boolean;
}

const NOTHING: Followed = { events: [], gap: false };

export class Follower {
  readonly room: number;
  #head: Head | null = null;
  #state: RoomState | null = null;

  constructor(room: number) {
    this.room = room;
  }

  /** What this copy holds; to be sent along when listening anew. */
  get have(): Head | null {
    return this.#head;
  }

  get state(): RoomState | null {
    return this.#state;
  }

  /** Replaces the copy. An older one than what is here (late on its way) changes nothing; false then. */
  snapshot(snapshot: Snapshot): boolean {
    const head = this.#head;
    if (head && snapshot.term <= head.term && snapshot.seq < head.seq) return false;
    this.#head = { term: snapshot.term, seq: snapshot.seq };
    this.#state = snapshot.state;
    return true;
  }

  /** Folds what follows directly; leaves out what is known already. */
  events(events: readonly Event[]): Followed {
    if (!this.#head || !this.#state) return events.length === 0 ? NOTHING : { events: [], gap: true };
    const taken: Event[] = [];
    for (const event of events) {
      if (event.seq <= this.#head.seq) continue;
      if (event.seq !== this.#head.seq + 1 || event.term < this.#head.term) return { events: taken, gap: true };
      this.#state = fold(this.#state, event);
      this.#head = { term: event.term, seq: event.seq };
      taken.push(event);
    }
    return { events: taken, gap: false };
  }
}
