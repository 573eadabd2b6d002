//! The keyboard map. Letters act only while the scene has focus, so that typing never moves the figure, and can be switched off.

import { choices } from "./choices.svelte";
import { REACTION_KINDS } from "./draw/reactions";
import { reacted } from "./hints.svelte";
import type { Park } from "./park.svelte";

/** What the keys need of the screen. */
export interface Desk {
  toChat: () => void;
  toQueue: () => void;
  toRooms: () => void;
}

/** Whether keys belong to the scene: it has focus, or nothing has. */
function onScene(): boolean {
  const at = document.activeElement;
  return !at || at === document.body || at.id === "scene";
}

/** Listens until the returned function is called. */
export function listenToKeys(park: Park, desk: Desk): () => void {
  const press = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || park.sheet) return;
    if (e.key === "Escape") {
      document.getElementById("scene")?.focus();
      return;
    }
    if (park.state.floor === null || !onScene()) return;
    if (!choices.letters && e.key.length === 1 && e.key !== " ") return;
    const number = Number(e.key);
    if (park.state.floor > 0 && number >= 1 && number <= 6) {
      park.client.react(REACTION_KINDS[number - 1]);
      reacted();
      return;
    }
    const volume = (by: number) => park.client.setVolume(Math.max(0, Math.min(1, park.state.volume + by)));
    switch (e.key.length === 1 ? e.key.toLowerCase() : e.key) {
      case "Enter":
        desk.toChat();
        break;
      case "m":
        park.client.setMuted(!park.state.muted);
        break;
      case "-":
        volume(-0.05);
        break;
      case "=":
      case "+":
        volume(0.05);
        break;
      case "q":
        desk.toQueue();
        break;
      case "r":
        desk.toRooms();
        break;
      case " ":
        if (park.door) void park.stepIn(park.door);
        break;
      case "?":
        park.sheet = "keys";
        break;
      default:
        return;
    }
    e.preventDefault();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}
