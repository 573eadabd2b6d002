//! stub replaced below
import type { Engine } from "../park.svelte";
import type { RoomSummary } from "../protocol/generated";
export interface Scene { preview(room: RoomSummary | null): void; close(): void }
export interface Wishes { preview: RoomSummary | null; calm: boolean; atDoor: (r: RoomSummary | null) => void; enter: (r: RoomSummary) => void; walked: () => void }
export async function openScene(_h: HTMLElement, _c: Engine, _w: Wishes): Promise<Scene | null> { return null; }
