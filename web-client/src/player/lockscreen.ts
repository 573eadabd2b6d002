//! What the lock screen and the keyboard's media keys show and do.

import type { Play } from "../protocol/generated";

/** What the media keys ask for. */
export interface MediaKeys {
  play(): void;
  pause(): void;
}

/** Listens to the media keys; answers how to let go of them. */
export function followMediaKeys(keys: MediaKeys): () => void {
  const session = globalThis.navigator?.mediaSession;
  if (!session) return () => {};
  session.setActionHandler("play", () => keys.play());
  session.setActionHandler("pause", () => keys.pause());
  return () => {
    session.setActionHandler("play", null);
    session.setActionHandler("pause", null);
    session.metadata = null;
  };
}

/** Shows what plays, in which room. */
export function showOnLockScreen(play: Play | null, room: string, sounding: boolean): void {
  const session = globalThis.navigator?.mediaSession;
  if (!session || typeof MediaMetadata === "undefined") return;
  session.metadata = play && new MediaMetadata({ title: play.track.title, artist: play.track.artist, album: room });
  session.playbackState = !play ? "none" : sounding ? "playing" : "paused";
}
