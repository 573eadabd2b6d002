//! What every world of the scene offers: the lawn and the rooms' floors.

import type { Container } from "pixi.js";
import type { Box } from "./bake";
import type { Ground } from "./feet";
import type { Pulse } from "./music";
import type { Stage } from "./stage";

/** Whether a box of the world (world pixels) is in view, or not farther from it than `margin`. */
export type LooksAt = (box: Box, margin?: number) => boolean;

/** A world the camera can look at. */
export interface World {
  ground: Container;
  items: Container[];
  lights: Container;
  box: Box;
  walk: Ground;
  /** Where whoever plays stands; none on the lawn. */
  stage: Stage | null;
  /** The x people at rest look towards, in units. */
  lookX: number;
  animate(pulse: Pulse, seconds: number, calm: boolean): void;
  /** The park's light has turned: lamps and tints follow at once. */
  relight(): void;
  /** Draws a piece of what will soon be in view; false when there is none. */
  ahead(): boolean;
  close(): void;
}
