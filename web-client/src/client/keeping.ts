//! What the browser keeps for one: volume, mute and this device's delay for good, the place one stood at for this tab. Works without storage too.

/** Volume from 0 to 1. */
export interface Loudness {
  volume: number;
  muted: boolean;
}

/** How much later the ear hears than the browser believes, in ms: what the settings offer. */
export const DELAY_MS = { min: -200, max: 500, step: 5 } as const;

/** Where one was: the room one heard, and the floor one stood on. */
export interface LastPlace {
  room: number;
  floor: number;
}

const VOLUME = "musicpark.volume";
const MUTED = "musicpark.muted";
const DELAY = "musicpark.delay";
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

/** Of this device, in ms; 0 unless set. */
export function keptDelay(): number {
  return boundedDelay(Number.parseFloat(read("localStorage", DELAY) ?? ""));
}

export function keepDelay(ms: number): void {
  write("localStorage", DELAY, `${ms}`);
}

/** The nearest delay the settings offer. */
export function boundedDelay(ms: number): number {
  return Number.isFinite(ms) ? Math.max(DELAY_MS.min, Math.min(DELAY_MS.max, Math.round(ms))) : 0;
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
