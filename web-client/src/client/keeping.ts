//! What the browser keeps for one: volume and mute for good, the place one stood at for this tab. Works without storage too.

/** Volume from 0 to 1. */
export interface Loudness {
  volume: number;
  muted: boolean;
}

/** Where one was: the room one heard, and the floor one stood on. */
export interface LastPlace {
  room: number;
  floor: number;
}

const VOLUME = "musicpark.volume";
const MUTED = "musicpark.muted";
const PLACE = "musicpark.place";
const VOLUME_FIRST = 0.8;

export function keptLoudness(): Loudness {
  const volume = Number.parseFloat(read("localStorage", VOLUME) ?? "");
  return {
    volume: volume >= 0 && volume <= 1 ? volume : VOLUME_FIRST,
    muted: read("localStorage", MUTED) === "yes",
  };
}

export function keepLoudness({ volume, muted }: Loudness): void {
  write("localStorage", VOLUME, `${volume}`);
  write("localStorage", MUTED, muted ? "yes" : "no");
}

export function keptPlace(): LastPlace | null {
  try {
    const place = JSON.parse(read("sessionStorage", PLACE) ?? "null") as Partial<LastPlace> | null;
    if (typeof place?.room !== "number" || typeof place.floor !== "number") return null;
    return { room: place.room, floor: place.floor };
  } catch {
    return null;
  }
}

/** Null: nowhere. */
export function keepPlace(place: LastPlace | null): void {
  write("sessionStorage", PLACE, place === null ? "null" : JSON.stringify(place));
}

type Kind = "localStorage" | "sessionStorage";

function read(kind: Kind, name: string): string | null {
  try {
    return globalThis[kind]?.getItem(name) ?? null;
  } catch {
    return null; // Storage is switched off in this browser.
  }
}

function write(kind: Kind, name: string, value: string): void {
  try {
    globalThis[kind]?.setItem(name, value);
  } catch {
    // Switched off, or full: the next visit starts anew.
  }
}
