//! The people of a floor as a list knows them: where each is, who walks or dances, and what they send. Renewed once a second.

import type { Engine } from "../park.svelte";
import { DANCING, WALKING } from "../protocol/binary";
import type { Reaction } from "../protocol/generated";
import type { Point } from "./spots";

/** What somebody does, as far as their steps tell. */
export type Doing = "dances" | "walks" | "listens";

const RENEW_MS = 1000;
/** So long somebody's reaction stays beside their name. */
const SENT_MS = 4000;

export class Crowd {
  /** What each was last seen to do; who never moved is not in it. */
  doing = $state.raw<ReadonlyMap<number, Doing>>(new Map());
  /** What each sent in the last moments. */
  sent = $state.raw<ReadonlyMap<number, Reaction>>(new Map());
  readonly #spots = new Map<number, Point & { pose: number }>();
  readonly #sent = new Map<number, { reaction: Reaction; until: number }>();
  #stale = false;
  readonly #off: (() => void)[];

  /** `seen` is told of each position, oneself included. */
  constructor(
    engine: Pick<Engine, "onPositions" | "onReactions">,
    floor: number,
    seen: (account: number, x: number, y: number) => void,
  ) {
    const timer = setInterval(() => this.#renew(Date.now()), RENEW_MS);
    this.#off = [
      engine.onPositions((positions) => {
        if (positions.floor !== floor) return;
        for (const { account, x, y, pose } of positions.people) {
          this.#spots.set(account, { x, y, pose });
          seen(account, x, y);
        }
        this.#stale = true;
      }),
      engine.onReactions(({ by }) => {
        for (const [account, reaction] of by) this.#sent.set(account, { reaction, until: Date.now() + SENT_MS });
        this.#stale = true;
        this.#renew(Date.now());
      }),
      () => clearInterval(timer),
    ];
  }

  /** Where somebody was last seen. */
  spot(account: number): Point | null {
    return this.#spots.get(account) ?? null;
  }

  #renew(now: number): void {
    for (const [account, { until }] of this.#sent)
      if (until <= now) {
        this.#sent.delete(account);
        this.#stale = true;
      }
    if (!this.#stale) return;
    this.#stale = false;
    this.doing = new Map(Array.from(this.#spots, ([account, { pose }]) => [account, doingOf(pose)]));
    this.sent = new Map(Array.from(this.#sent, ([account, { reaction }]) => [account, reaction]));
  }

  close(): void {
    for (const off of this.#off) off();
  }
}

const doingOf = (pose: number): Doing => (pose & WALKING ? "walks" : pose & DANCING ? "dances" : "listens");
