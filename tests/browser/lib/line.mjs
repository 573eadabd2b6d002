//! A connection that can be cut: a small TCP proxy between one person and the park.

import { connect, createServer } from "node:net";
import { toEnd } from "./ends.mjs";

/** Opens a line to `url`; pages are reached through `line.url`. */
export async function openLine(url) {
  const { hostname, port } = new URL(url);
  const sockets = new Set();
  let cut = false;
  const server = createServer((near) => {
    if (cut) {
      near.destroy();
      return;
    }
    const far = connect({ host: hostname, port: Number(port) });
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.setNoDelay(true);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  toEnd(() => {
    drop();
    return new Promise((closed) => server.close(closed));
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Everything under way breaks, and nothing new gets through. */
    cut() {
      cut = true;
      drop();
    },
    mend() {
      cut = false;
    },
  };
}
