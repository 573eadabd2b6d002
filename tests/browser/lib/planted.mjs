//! Pages with a fault planted in each, to see that the tests notice it.

import { createServer } from "node:http";
import { toEnd } from "./ends.mjs";

/** The script of each page, and what the fault is to be called. */
export const PLANTED = {
  "an error on the console": { script: `console.error("planted error")`, told: /console error: planted error/ },
  "a warning on the console": { script: `console.warn("planted warning")`, told: /console warning: planted warning/ },
  "an error nobody catches": { script: `setTimeout(() => { throw new Error("planted throw"); })`, told: /page error: .*planted throw/ },
  "a rejection nobody handles": { script: `Promise.reject(new Error("planted rejection"))`, told: /page error: .*planted rejection/ },
  "a request that breaks off": { script: `fetch("/broken").catch(() => {})`, told: /request failed: .*\/broken/ },
  "an answer that is an error": { script: `fetch("/failing")`, told: /console error: .*status of 500.*\/failing/ },
  "a violation of the policy": { script: `fetch("http://127.0.0.2:9/").catch(() => {})`, told: /the page's policy was violated: connect-src/ },
};

/** Serves them; the address of each is the server's and `/` and its name. */
export async function servePlanted() {
  const server = createServer((request, answer) => {
    const path = decodeURIComponent(request.url.slice(1));
    if (path === "broken") {
      request.socket.destroy();
      return;
    }
    const [name, script] = path.split("/");
    const found = PLANTED[name];
    answer.writeHead(found ? 200 : path === "favicon.ico" ? 204 : 500, {
      "content-type": script ? "text/javascript" : "text/html",
      "content-security-policy": "default-src 'self'",
    });
    answer.end(found && (script ? found.script : `<!doctype html><title>${name}</title><script src="/${encodeURIComponent(name)}/script"></script>`));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  toEnd(() => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  }));
  return `http://127.0.0.1:${server.address().port}`;
}
