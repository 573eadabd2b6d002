//! The engine's door: what the screens may know of the web client's network, clock and sound.

import type {
  Action,
  Boot,
  Hue,
  Me,
  Play,
  QueueMode,
  Reaction,
  RoomMade,
  Track,
} from "../protocol/generated";
import type { Positions } from "../protocol/binary";
import type { ParkState } from "./state";

export type { Positions, Spot } from "../protocol/binary";
export type { Connection, Crowd, ParkState, Sound } from "./state";
export type * from "../protocol/generated";

/** Reactions of the last moments on the floor one stands on. */
export interface Reactions {
  by: [number, Reaction][];
  counts: [Reaction, number][];
}

export declare class ParkClient {
  constructor(boot: Boot, options?: { origin?: string });
  readonly state: ParkState;
  subscribe(listener: (s: ParkState) => void): () => void;
  walkInAsGuest(name: string, look: number): Promise<Me>;
  stepIn(room: number): Promise<void>;
  /** Back to where one was before a reload: silently; sound starts if the browser lets it, else `sound.is` is "blocked". False: nowhere to go back to. */
  resume(): Promise<boolean>;
  stepOut(): void;
  stopListening(): void;
  register(login: string, password: string): Promise<Me>;
  logIn(login: string, password: string): Promise<Me>;
  logOut(): Promise<void>;
  changeProfile(name: string, look: number): Promise<Me>;
  makeRoom(name: string, mode: QueueMode, hue: Hue): Promise<RoomMade>;
  tracks(search: string): Promise<Track[]>;
  do(action: Action): Promise<void>;
  react(reaction: Reaction): void;
  typing(): void;
  step(x: number, y: number, pose: number): void;
  tapToListen(): void;
  setVolume(volume: number): void;
  setMuted(muted: boolean): void;
  tryNow(): void;
  dismiss(): void;
  now(): number;
  heard(): { play: Play; samples: number } | null;
  bands(): Float32Array | null;
  energy(): number;
  peaks(audio: string): Promise<Uint8Array>;
  onPositions(listener: (positions: Positions) => void): () => void;
  onReactions(listener: (reactions: Reactions) => void): () => void;
  close(): void;
}
