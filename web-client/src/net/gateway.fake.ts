//! A gateway for tests: websockets that end in this process.

import { PROBE } from "../protocol/binary";
import type { ToClient, ToServer } from "../protocol/generated";

/** The browser's end and the gateway's end of one socket. */
export class FakeSocket {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number; reason: string }) => void) | null = null;
  /** Text frames the gateway got. */
  readonly received: ToServer[] = [];
  /** Steps the gateway got. */
  readonly steps: ArrayBuffer[] = [];
  probes = 0;
  /** Called with each text frame the gateway gets. */
  onReceived: (frame: ToServer) => void = () => {};
  /** Park time in ms, for answers to probes; unset: they stay unanswered. */
  parkMs: (() => number) | null = null;

  constructor(refusing: boolean) {
    queueMicrotask(() => {
      if (refusing) this.end(1006);
      else {
        this.readyState = 1;
        this.onopen?.();
      }
    });
  }

  send(data: string | ArrayBuffer): void {
    if (typeof data === "string") {
      const frame = JSON.parse(data) as ToServer;
      this.received.push(frame);
      this.onReceived(frame);
    } else if (new Uint8Array(data)[0] === PROBE) {
      this.probes += 1;
      if (this.parkMs) this.#answer(new DataView(data).getFloat64(1, true), this.parkMs());
    } else this.steps.push(data);
  }

  close(code = 1000): void {
    this.end(code);
  }

  /** The gateway ends it. */
  end(code: number, reason = ""): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  /** The gateway sends. */
  deliver(data: unknown): void {
    if (this.readyState === 1) this.onmessage?.({ data });
  }

  #answer(c0: number, park: number): void {
    const view = new DataView(new ArrayBuffer(25));
    view.setUint8(0, 0x81);
    view.setFloat64(1, c0, true);
    view.setFloat64(9, park, true);
    view.setFloat64(17, park, true);
    this.deliver(view.buffer);
  }
}

/** The gateway's hand on a socket. */
export class FakeEnd {
  readonly socket: FakeSocket;

  constructor(socket: FakeSocket) {
    this.socket = socket;
  }

  get received(): ToServer[] {
    return this.socket.received;
  }

  send(frame: ToClient): void {
    this.socket.deliver(JSON.stringify(frame));
  }

  welcome(): void {
    this.send({ welcome: { version: 1, you: { account: 7, name: "Amber Heron", look: 9 }, software: "test" } });
  }

  end(code: number): void {
    this.socket.end(code);
  }
}

export class FakeGateway {
  readonly sockets: FakeSocket[] = [];
  /** Whether new sockets break at once. */
  refusing = false;
  /** Called with each new socket. */
  onSocket: (socket: FakeSocket) => void = () => {};

  /** What the client opens sockets with. */
  readonly open = (): WebSocket => {
    const socket = new FakeSocket(this.refusing);
    this.sockets.push(socket);
    this.onSocket(socket);
    return socket as unknown as WebSocket;
  };

  get last(): FakeEnd {
    return new FakeEnd(this.sockets.at(-1)!);
  }
}
