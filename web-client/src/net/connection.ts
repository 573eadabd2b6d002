//! Keeps a socket to the park alive: a ticket for each, and another after each end, in the way the end asks for.

import type { Positions, ProbeAnswer } from "../protocol/binary";
import { CloseCode, type ToClient, type ToServer } from "../protocol/generated";
import { Refused } from "./refused";
import { Socket } from "./socket";

/** Where it stands; times in `Date.now()` ms. */
export type Link =
  | { is: "idle" }
  | { is: "connecting" }
  | { is: "live" }
  | { is: "lost"; since: number; nextTry: number; tries: number }
  | { is: "outdated" };

export interface ConnectionEvents {
  onLink(link: Link): void;
  onFrame(frame: ToClient): void;
  onBinary(frame: Positions | ProbeAnswer): void;
  /** The session is over: there is no ticket any more. */
  onSignedOut(): void;
}

export interface ConnectionMeans {
  url: string;
  /** Rejects with `Refused`. */
  ticket(): Promise<string>;
  open(url: string): WebSocket;
  random(): number;
}

const BACKOFF_FIRST_MS = 300;
const BACKOFF_MOST_MS = 15_000;
/** A gateway that drains is left within this, so that not all leave at once. */
const DRAIN_SPREAD_MS = 2_000;
/** After a flood of our own making. */
const FLOOD_REST_MS = 5_000;
/** The oldest a list of rooms is said to be: what the protocol's number holds, 49 days. */
const AGE_MAX_MS = 2 ** 32 - 1;

export class Connection {
  readonly #means: ConnectionMeans;
  readonly #events: ConnectionEvents;
  #link: Link = { is: "idle" };
  #socket: Socket | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lostSince: number | null = null;
  #tries = 0;
  /** The list of rooms was complete then, `Date.now()` ms: it is in the page, and renewed while the gateway is heard. */
  #listedAt = performance.timeOrigin;
  /** Counts the attempts: what belongs to a former one is ignored. */
  #turn = 0;

  constructor(means: ConnectionMeans, events: ConnectionEvents) {
    this.#means = means;
    this.#events = events;
  }

  get live(): boolean {
    return this.#link.is === "live";
  }

  /** Connects, unless it does or is already. */
  start(): void {
    if (this.#link.is === "idle") this.#attempt();
  }

  /** Another socket with another ticket: one became somebody else. */
  restart(): void {
    this.stop();
    this.start();
  }

  /** Now, instead of at the next try. */
  tryNow(): void {
    if (this.#link.is === "lost") this.#attempt();
  }

  stop(): void {
    this.#turn += 1;
    this.#clear();
    this.#lostSince = null;
    this.#tries = 0;
    this.#say({ is: "idle" });
  }

  /** False: not connected, or nothing goes. */
  send(frame: ToServer): boolean {
    return this.live && (this.#socket?.send(frame) ?? false);
  }

  sendBinary(frame: ArrayBuffer): boolean {
    return this.live && (this.#socket?.sendBinary(frame) ?? false);
  }

  #attempt(): void {
    this.#clear();
    this.#turn += 1;
    const turn = this.#turn;
    if (this.#lostSince === null) this.#say({ is: "connecting" });
    else this.#sayLost(Date.now());
    this.#means.ticket().then(
      (ticket) => {
        if (turn === this.#turn) this.#open(ticket, turn);
      },
      (error: unknown) => {
        if (turn === this.#turn) this.#noTicket(error);
      },
    );
  }

  #open(ticket: string, turn: number): void {
    const mine = () => turn === this.#turn;
    this.#socket = new Socket(
      this.#means.url,
      ticket,
      () => Math.min(Math.max(0, Math.round(Date.now() - this.#listedAt)), AGE_MAX_MS),
      {
        onFrame: (frame) => {
          if (mine()) this.#frame(frame);
        },
        onBinary: (frame) => {
          if (!mine()) return;
          this.#heard();
          this.#events.onBinary(frame);
        },
        onClosed: (code) => {
          if (mine()) this.#closed(code);
        },
      },
      this.#means.open,
    );
  }

  #frame(frame: ToClient): void {
    if ("welcome" in frame) {
      this.#lostSince = null;
      this.#tries = 0;
      this.#say({ is: "live" });
    }
    this.#heard();
    if ("draining" in frame) this.#after(this.#means.random() * DRAIN_SPREAD_MS, () => this.#leave());
    this.#events.onFrame(frame);
  }

  /** Of what the gateway said before, nothing is missing. */
  #heard(): void {
    if (this.live) this.#listedAt = Date.now();
  }

  #closed(code: number): void {
    this.#clear();
    if (code === CloseCode.Version) {
      this.#turn += 1;
      this.#say({ is: "outdated" });
      return;
    }
    this.#lostSince ??= Date.now();
    // The first try comes within 0.3 s whatever it was; many were cut off at once, and do not come back in the same instant.
    // A stale ticket and a session that ended need no more than the next ticket: it works, or says that one is signed out.
    this.#retry(Math.max(code === CloseCode.Flood ? FLOOD_REST_MS : 0, this.#backoff()));
  }

  /** Goes over to another gateway, as this one is about to close. */
  #leave(): void {
    this.#lostSince = Date.now();
    this.#attempt();
  }

  #noTicket(error: unknown): void {
    if (error instanceof Refused && error.code === "not_signed_in") {
      this.stop();
      this.#events.onSignedOut();
      return;
    }
    this.#lostSince ??= Date.now();
    const asked = error instanceof Refused ? (error.retry_after_ms ?? 0) : 0;
    this.#retry(Math.max(asked, this.#backoff()));
  }

  /** Full jitter: anything from now to a bound that doubles with each try. */
  #backoff(): number {
    return this.#means.random() * Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** this.#tries);
  }

  #retry(inMs: number): void {
    this.#tries += 1;
    this.#sayLost(Date.now() + inMs);
    this.#after(inMs, () => this.#attempt());
  }

  #after(ms: number, then: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }

  /** Lets go of socket and timer, without a word from them. */
  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      this.#turn += 1;
      socket.close();
    }
  }

  #sayLost(nextTry: number): void {
    this.#say({ is: "lost", since: this.#lostSince ?? Date.now(), nextTry, tries: this.#tries });
  }

  #say(link: Link): void {
    if (link.is === this.#link.is && link.is !== "lost") return;
    this.#link = link;
    this.#events.onLink(link);
  }
}
