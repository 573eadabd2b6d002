//! What the screens show for a moment and then no more: a notice, who is writing, that one is back and what one missed.

import type { Link } from "../net/connection";
import type { ChatLine } from "../protocol/generated";
import { Missed } from "./missed";
import type { ParkState } from "./state";
import type { Holder } from "./telling";

const SAID_FOR_MS = 6_000;
/** Within this of coming back the gateway has said what was missed. */
const ANSWER_MS = 1_500;
const TYPING_FOR_MS = 5_000;

export class Passing {
  readonly #holder: Holder<ParkState>;
  readonly #missed = new Missed();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(holder: Holder<ParkState>) {
    this.#holder = holder;
  }

  notice(notice: ParkState["notice"]): void {
    this.#holder.set({ notice });
    this.#in("notice", SAID_FOR_MS, () => this.#holder.set({ notice: null }));
  }

  typing(by: readonly number[]): void {
    this.#holder.set({ typing: by.filter((account) => account !== this.#me) });
    this.#in("typing", TYPING_FOR_MS, () => this.#holder.set({ typing: [] }));
  }

  /** The chat has these lines now, of which `fresh` were said just now; none when all of it came at once. */
  said(chat: readonly ChatLine[], fresh: readonly ChatLine[], atOnce: boolean): void {
    // Whoever said their line is not writing it any more.
    const { typing } = this.#holder.state;
    const still = typing.filter((account) => !fresh.some((line) => line.by.account === account));
    if (still.length < typing.length) this.#holder.set({ typing: still });
    if (this.#missed.open) this.#tellMissed(atOnce ? chat : fresh);
  }

  /** The connection is another; `seq` is the last event one has read, `parkUs` park time. */
  linked(link: Link, seq: number, parkUs: number): void {
    if (link.is === "lost") {
      this.#missed.lost(link.since, seq);
      if (this.#holder.state.back) this.#holder.set({ back: null });
    } else if (link.is === "idle") this.#missed.forget();
    else if (link.is === "live") {
      this.#missed.live(Date.now(), parkUs);
      if (this.#missed.open) this.#in("missed", ANSWER_MS, () => this.#allMissed());
    }
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  get #me(): number | undefined {
    return this.#holder.state.me?.person.account;
  }

  #tellMissed(lines: readonly ChatLine[]): void {
    const missed = this.#missed.count(lines, this.#me);
    if (missed === null) return;
    this.#holder.set({ back: { missed } });
    this.#in("back", SAID_FOR_MS, () => this.#holder.set({ back: null }));
  }

  /** When the gateway had nothing new to say, nothing was missed; what comes from now on is new. */
  #allMissed(): void {
    if (!this.#missed.open) return; // Lost again meanwhile.
    if (this.#holder.state.back === null) this.#tellMissed([]);
    this.#missed.forget();
  }

  /** Does something later; the same name again replaces it. */
  #in(name: string, ms: number, then: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(then, ms));
  }
}
