//! The HTTP API of the park.

import type {
  FloorSeen,
  GuestBody,
  MakeRoomBody,
  Me,
  PasswordBody,
  Problem,
  ProfileBody,
  RoomMade,
  Ticket,
  Track,
  Tracks,
} from "../protocol/generated";
import { Refused } from "./refused";

const PATIENCE_MS = 10_000;

export class Api {
  readonly #origin: string;

  /** `origin` without a slash at its end; empty: the page's own. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  guest(body: GuestBody): Promise<Me> {
    return this.#ask("POST", "/api/guest", body);
  }

  register(body: PasswordBody): Promise<Me> {
    return this.#ask("POST", "/api/register", body);
  }

  logIn(body: PasswordBody): Promise<Me> {
    return this.#ask("POST", "/api/login", body);
  }

  async logOut(): Promise<void> {
    await this.#ask("POST", "/api/logout", {});
  }

  profile(body: ProfileBody): Promise<Me> {
    return this.#ask("PATCH", "/api/me", body);
  }

  /** A ticket for one websocket. */
  async ticket(): Promise<string> {
    return (await this.#ask<Ticket>("POST", "/api/ticket", {})).ticket;
  }

  makeRoom(body: MakeRoomBody): Promise<RoomMade> {
    return this.#ask("POST", "/api/rooms", body);
  }

  /** What one sees of a room before stepping in. */
  floor(slug: string): Promise<FloorSeen> {
    return this.#ask("GET", `/api/rooms/${encodeURIComponent(slug)}/floor`);
  }

  async tracks(search: string): Promise<Track[]> {
    return (await this.#ask<Tracks>("GET", `/api/tracks?search=${encodeURIComponent(search)}`)).tracks;
  }

  /** Rejects with `Refused`, whatever went wrong. */
  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const request: RequestInit = { method, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) };
    if (body !== undefined) {
      request.headers = { "content-type": "application/json" };
      request.body = JSON.stringify(body);
    }
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(this.#origin + path, request);
      text = await answer.text();
    } catch {
      throw new Refused({
        code: "unavailable",
        text: "The park does not answer. Check your connection and try again.",
      });
    }
    if (!answer.ok) throw refusal(answer.status, text);
    try {
      return (text === "" ? undefined : JSON.parse(text)) as T;
    } catch {
      throw new Refused({ code: "unavailable", text: "The park gave an answer that makes no sense. Try again." });
    }
  }
}

/** What an error's body says; a proxy's own page becomes a sentence by its status. */
function refusal(status: number, text: string): Refused {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (problem.code && problem.text) {
      const after = problem.retry_after_ms === undefined ? {} : { retry_after_ms: problem.retry_after_ms };
      return new Refused({ code: problem.code, text: problem.text, ...after });
    }
  } catch {
    // Not the park's own words.
  }
  if (status === 401) return new Refused({ code: "not_signed_in", text: "You are not signed in any more." });
  if (status === 429) return new Refused({ code: "too_many", text: "That was a lot at once. Try again in a moment." });
  return new Refused({ code: "unavailable", text: "The park cannot do this at the moment. Try again." });
}
