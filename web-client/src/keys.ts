//! The keyboard map. Letters act only while the scene has focus, so that typing never moves the figure.

import { choices } from "./choices.svelte";
import { REACTION_KINDS } from "./draw/reactions";
import { reacted } from "./hints.svelte";
import type { Park } from "./park.svelte";
import type { Reaction } from "./protocol/generated";

/** What a key asks for. */
export type Wish =
  | { is: "react"; with: Reaction }
  | { is: "volume"; by: number }
  | { is: "scene" | "chat" | "queue" | "rooms" | "mute" | "enter" | "list" | "keys" };

/** Where one is when a key goes down. */
export interface At {
  /** The floor one stands on; 0 is the lawn, null outside. */
  floor: number | null;
  /** One stands at a door. */
  door: boolean;
  /** The scene has focus, or nothing has. */
  onScene: boolean;
  /** The focus is on something that the space bar and Enter press. */
  onButton: boolean;
  /** Something is heard: then one may react to it. */
  hears: boolean;
  /** Single letters, digits and signs act. */
  letters: boolean;
}

const LOUDER = 0.05;

/** What the key `key` (as in `KeyboardEvent.key`) means there; null: it is not ours. */
export function wishOf(key: string, at: At): Wish | null {
  if (key === "Escape") return { is: "scene" };
  if (at.floor === null || !at.onScene) return null;
  if (at.onButton && (key === "Enter" || key === " ")) return null;
  if (key === "Enter") return { is: "chat" };
  if (key === " ") return at.door ? { is: "enter" } : null;
  if (!at.letters || key.length !== 1) return null;
  const number = Number(key);
  if (number >= 1 && number <= REACTION_KINDS.length)
    return at.hears ? { is: "react", with: REACTION_KINDS[number - 1] } : null;
  switch (key.toLowerCase()) {
    case "m":
      return { is: "mute" };
    case "-":
      return { is: "volume", by: -LOUDER };
    case "=":
    case "+":
      return { is: "volume", by: LOUDER };
    case "q":
      return { is: "queue" };
    case "r":
      return { is: "rooms" };
    case "l":
      return { is: "list" };
    case "?":
      return { is: "keys" };
    default:
      return null;
  }
}

/** What the keys need of the screen. */
export interface Desk {
  toChat: () => void;
  toQueue: () => void;
  toRooms: () => void;
}

/** Where the focus is, as the map of keys wants to know it. */
function focus(): { onScene: boolean; onButton: boolean } {
  const at = document.activeElement;
  if (!at || at === document.body) return { onScene: true, onButton: false };
  const onScene = at.closest("#scene") !== null && !at.matches("input, textarea, select");
  return { onScene, onButton: onScene && at.matches("button, a") };
}

/** Listens until the returned function is called. */
export function listenToKeys(park: Park, desk: Desk): () => void {
  const press = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || park.sheet) return;
    const { floor, listening } = park.state;
    const wish = wishOf(e.key, {
      floor,
      door: park.door !== null,
      hears: floor !== 0 || listening !== null,
      letters: choices.letters,
      ...focus(),
    });
    if (!wish) return;
    if (wish.is !== "scene") e.preventDefault();
    grant(park, desk, wish);
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

function grant(park: Park, desk: Desk, wish: Wish): void {
  switch (wish.is) {
    case "react":
      park.client.react(wish.with);
      reacted();
      break;
    case "volume":
      park.client.setVolume(Math.max(0, Math.min(1, park.state.volume + wish.by)));
      break;
    case "scene":
      document.getElementById("scene")?.focus();
      break;
    case "chat":
      desk.toChat();
      break;
    case "queue":
      desk.toQueue();
      break;
    case "rooms":
      desk.toRooms();
      break;
    case "mute":
      park.client.setMuted(!park.state.muted);
      break;
    case "enter":
      if (park.door) void park.stepIn(park.door);
      break;
    case "list":
      park.listMode = !park.listMode;
      break;
    case "keys":
      park.sheet = "keys";
      break;
  }
}
