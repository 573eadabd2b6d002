//! The engine's door: what the screens may know of the web client's network, clock and sound.

export { Refused } from "../net/refused";
export type { Positions, Spot } from "../protocol/binary";
export type * from "../protocol/generated";
export { ParkClient, type Reactions } from "./client";
export { DELAY_MS } from "./keeping";
export type { Connection, Crowd, ParkState, Sound } from "./state";
