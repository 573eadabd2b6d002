//! One life of a websocket: ticket in the first frame, welcome, frames, and why it ended. What comes after is `connection.ts`.

import { decode, type Positions, type ProbeAnswer } from "../protocol/binary";
import { CloseCode, type ToClient, type ToServer, VERSION } from "../protocol/generated";

export interface SocketEvents {
  /** Every text frame, the welcome first. */
  onFrame(frame: ToClient): void;
  onBinary(frame: Positions | ProbeAnswer): void;
  /** Once, whatever ended it. 1006: it broke, or nothing came for too long. */
  onClosed(code: number, reason: string): void;
}

/** Text frames that wait in the browser beyond this mean that the network takes nothing. */
const BUFFERED_MAX = 256 * 1024;
/** Nothing at all for this long: a socket that is dead without knowing it. Probes are answered each 5 s at the least. */
const SILENCE_MS = 15_000;
const WATCH_MS = 2_500;

export class Socket {
  readonly #events: SocketEvents;
  readonly #socket: WebSocket;
  #watch: ReturnType<typeof setInterval> | null;
  #heardAt = performance.now();
  #over = false;

  /** `url` of the gateway; `roomsAgeMs`: how old the list of rooms is by now; `make` opens it (tests give their own). */
  constructor(
    url: string,
    ticket: string,
    roomsAgeMs: () => number,
    events: SocketEvents,
    make: (url: string) => WebSocket,
  ) {
    this.#events = events;
    this.#socket = make(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.send({ hello: { version: VERSION, ticket, rooms_age_ms: roomsAgeMs() } });
    this.#socket.onmessage = (message) => this.#receive(message.data);
    this.#socket.onclose = (close) => this.#end(close.code, close.reason);
    this.#watch = setInterval(() => this.#listen(), WATCH_MS);
  }

  /** False: it did not go. */
  send(frame: ToServer): boolean {
    return this.#put(JSON.stringify(frame));
  }

  sendBinary(frame: ArrayBuffer): boolean {
    return this.#put(frame);
  }

  close(): void {
    this.#end(CloseCode.GoingAway, "");
    this.#socket.close(1000);
  }

  #put(data: string | ArrayBuffer): boolean {
    if (this.#over || this.#socket.readyState !== 1 || this.#socket.bufferedAmount > BUFFERED_MAX) return false;
    this.#socket.send(data);
    return true;
  }

  #receive(data: unknown): void {
    if (this.#over) return;
    this.#heardAt = performance.now();
    if (data instanceof ArrayBuffer) {
      const frame = decode(data);
      if (frame) this.#events.onBinary(frame);
    } else if (typeof data === "string") {
      const frame = parse(data);
      if (frame) this.#events.onFrame(frame);
    }
  }

  #listen(): void {
    if (performance.now() - this.#heardAt < SILENCE_MS) return;
    this.#end(1006, "Nothing came for 15 s.");
    this.#socket.close();
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#events.onClosed(code, reason);
  }
}

function parse(text: string): ToClient | null {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === "object" && frame !== null ? (frame as ToClient) : null;
  } catch {
    return null;
  }
}
