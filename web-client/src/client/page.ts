//! What the page itself tells the engine: hidden or seen, online again, media keys.

import { followMediaKeys, type MediaKeys } from "../player/lockscreen";

export interface PageEvents extends MediaKeys {
  hidden(): void;
  seen(): void;
  online(): void;
}

/** Listens; answers how to stop. Outside a browser there is nothing to listen to. */
export function followPage(events: PageEvents): () => void {
  const page = globalThis.document;
  const seen = () => (page.visibilityState === "hidden" ? events.hidden() : events.seen());
  const online = () => events.online();
  page?.addEventListener("visibilitychange", seen);
  globalThis.window?.addEventListener("online", online);
  const letGo = globalThis.navigator ? followMediaKeys(events) : () => {};
  return () => {
    page?.removeEventListener("visibilitychange", seen);
    globalThis.window?.removeEventListener("online", online);
    letGo();
  };
}
