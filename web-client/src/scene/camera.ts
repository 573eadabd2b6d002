//! Where the camera looks: the stage stays in its frame, and moves only as far as it must to keep oneself in free view.

import { K } from "../draw/shapes";

/** The part of the window that no panel covers, in CSS pixels. */
export interface Free {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What is on screen: scale, and the world pixel at the window's top left. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export type Screen = "join" | "room" | "park";

/** The free part for a window and a screen; the numbers are those of the panels. */
export function freeOf(screen: Screen, w: number, h: number): Free {
  if (w <= 700) {
    if (screen === "join") return { left: 0, top: 60, right: w, bottom: Math.max(260, h * 0.44) };
    const bottom = screen === "room" ? Math.max(190, h * 0.6) : h * 0.54;
    return { left: 0, top: 178, right: w, bottom: Math.max(bottom, 260) };
  }
  if (screen === "join") return { left: w >= 1100 ? 560 : 480, top: 84, right: w, bottom: h };
  if (screen === "park") return { left: w > 1000 ? 340 : 300, top: 84, right: w, bottom: h - 124 };
  return { left: w >= 1100 ? 340 : 0, top: 84, right: w - (w < 900 ? 316 : 352), bottom: h - (w < 1100 ? 190 : 124) };
}

/** How high the button is that steps in at a place, with the air round it, in CSS pixels: a phone's lawn has it over the scene. */
const DOOR = 58;

/** The part of the window where labels are read: on a phone's lawn below the button that steps in. */
export function readable(screen: Screen, w: number, h: number): Free {
  const free = freeOf(screen, w, h);
  return screen === "park" && w <= 700 ? { ...free, top: free.top + DOOR } : free;
}

/** The scale at which a room is seen; `zoom` is the person's own, 0.6 to 1.6. */
export function roomScale(free: Free, w: number, h: number, zoom: number): number {
  if (w <= 700) return 0.62 * zoom;
  return Math.min(1.06, h / 860, Math.max(0.62, (free.right - free.left) / 560)) * zoom;
}

/** The scale at which the lawn is seen: on low windows smaller, so that what stands round the plaza is seen whole. */
export const lawnScale = (w: number, h: number, zoom: number): number =>
  (w <= 700 ? 0.62 : Math.max(0.72, Math.min(1, (h - 208) / 692))) * zoom;

const clamp = (v: number, lo: number, hi: number): number => (lo > hi ? (lo + hi) / 2 : Math.max(lo, Math.min(hi, v)));

/**
 * The view in which the world pixel `home` stands at the screen point `at`, moved only so far that `own` (world pixels, feet)
 * is inside the free part with room for a head above and a tag below.
 */
export function frame(
  scale: number,
  home: { x: number; y: number },
  at: { x: number; y: number },
  own: { x: number; y: number } | null,
  free: Free,
): View {
  const view = { scale, x: home.x - at.x / scale, y: home.y - at.y / scale };
  if (!own) return view;
  const sx = (own.x - view.x) * scale;
  const sy = (own.y - view.y) * scale;
  const wide = free.right - free.left;
  const high = free.bottom - free.top;
  const mx = Math.min(130, wide * 0.22);
  view.x += (sx - clamp(sx, free.left + mx, free.right - mx)) / scale;
  view.y += (sy - clamp(sy, free.top + Math.min(130, high * 0.42), free.bottom - Math.min(70, high * 0.2))) / scale;
  return view;
}

/** Keeps the view inside the drawn world (world pixels). */
export function within(view: View, w: number, h: number, box: { x: number; y: number; w: number; h: number }): View {
  return {
    scale: view.scale,
    x: clamp(view.x, box.x, box.x + box.w - w / view.scale),
    y: clamp(view.y, box.y, box.y + box.h - h / view.scale),
  };
}

/** Floor units to world pixels, and back. */
export const toWorld = (x: number, y: number): { x: number; y: number } => ({ x, y: y * K });
export const toFloor = (view: View, sx: number, sy: number): { x: number; y: number } => ({
  x: view.x + sx / view.scale,
  y: (view.y + sy / view.scale) / K,
});

/** The point of the lawn, in world pixels, that stands in the middle of the free part, four fifths down: the plaza, with the places round it. */
const LAWN_HOME = { x: 2084, y: 944 };

/** The view of the lawn: over its home while one is near, then moving along so that `own` keeps a third of the free part to each side. */
function lawnView(scale: number, own: { x: number; y: number }, free: Free): View {
  const wide = (free.right - free.left) / scale;
  const high = (free.bottom - free.top) / scale;
  const x = clamp(LAWN_HOME.x, own.x - wide * 0.17, own.x + wide * 0.17);
  const y = clamp(LAWN_HOME.y, own.y - high * 0.02, own.y + high * 0.38);
  return { scale, x: x - (free.left + free.right) / 2 / scale, y: y - (free.top + high * scale * 0.82) / scale };
}

/** The view a screen asks for. `stage` is where the music is, `own` where one stands, or null while one stands on stage; both in units. */
export function look(
  screen: Screen,
  w: number,
  h: number,
  zoom: number,
  stage: { x: number; y: number },
  own: { x: number; y: number } | null,
): View {
  const free = freeOf(screen, w, h);
  const middle = (free.left + free.right) / 2;
  if (screen === "park") {
    return lawnView(lawnScale(w, h, zoom), own ? toWorld(own.x, own.y) : LAWN_HOME, free);
  }
  const scale = roomScale(free, w, h, zoom);
  const phone = w <= 700;
  const join = screen === "join";
  const y = phone
    ? join
      ? Math.min(262, free.bottom * 0.72)
      : free.top + (free.bottom - free.top) * 0.46
    : (join ? 430 : 366) * scale;
  const x = join && !phone ? w * 0.64 : middle;
  return frame(scale, toWorld(stage.x, stage.y), { x, y }, own && toWorld(own.x, own.y), free);
}

/** A step of `seconds` from one view towards another. */
export function glide(from: View, to: View, seconds: number): View {
  const u = 1 - Math.exp(-seconds / 0.16);
  const between = (a: number, b: number) => a + (b - a) * u;
  return { scale: between(from.scale, to.scale), x: between(from.x, to.x), y: between(from.y, to.y) };
}

/** Whether a box (world pixels) is in view, or nearly. */
export function inView(
  view: View,
  w: number,
  h: number,
  box: { x: number; y: number; w: number; h: number },
  margin: number,
): boolean {
  return (
    box.x < view.x + w / view.scale + margin &&
    box.x + box.w > view.x - margin &&
    box.y < view.y + h / view.scale + margin &&
    box.y + box.h > view.y - margin
  );
}
