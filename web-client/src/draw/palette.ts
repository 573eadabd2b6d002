//! The world's colours by light, and the hues a room may own (DESIGN.md, Colour).

import type { Hue } from "../protocol/generated";
import { mix } from "./colour";

/** How the park is lit. */
export type Light = "day" | "dusk" | "night";

/** Every colour of the world in one light; `glow` says how far lamps show, 0 to 1. */
export interface Palette {
  lawn: string;
  lawnHi: string;
  lawnLo: string;
  path: string;
  pathLo: string;
  water: string;
  waterHi: string;
  leafA: string;
  leafB: string;
  leafHi: string;
  leafLo: string;
  pine: string;
  blossom: string;
  wood: string;
  woodLo: string;
  stone: string;
  stoneLo: string;
  shade: string;
  people: string;
  haze: string;
  glow: number;
}

export const PALETTES: Record<Light, Palette> = {
  day: {
    lawn: "#8FCB8B",
    lawnHi: "#A8DB99",
    lawnLo: "#72B580",
    path: "#F6E3BC",
    pathLo: "#D9BD8C",
    water: "#79CBDD",
    waterHi: "#C2EDEE",
    leafA: "#4FA873",
    leafB: "#86C067",
    leafHi: "#B7DD85",
    leafLo: "#2F7D5E",
    pine: "#2F8A70",
    blossom: "#F7A8BC",
    wood: "#B97F55",
    woodLo: "#8A5A42",
    stone: "#EADFCB",
    stoneLo: "#C3B299",
    shade: "#4A5AA0",
    people: "#FFFFFF",
    haze: "#FFF3D0",
    glow: 0.12,
  },
  dusk: {
    lawn: "#4B8076",
    lawnHi: "#679A80",
    lawnLo: "#38666B",
    path: "#D6A48E",
    pathLo: "#966868",
    water: "#5578A6",
    waterHi: "#F7B79A",
    leafA: "#2F6B66",
    leafB: "#5D8560",
    leafHi: "#E0A06E",
    leafLo: "#214D57",
    pine: "#24585F",
    blossom: "#E98C98",
    wood: "#8F5650",
    woodLo: "#623D4B",
    stone: "#D3A795",
    stoneLo: "#96707A",
    shade: "#241F55",
    people: "#FFEADA",
    haze: "#FF9D6E",
    glow: 0.62,
  },
  night: {
    lawn: "#214652",
    lawnHi: "#2C5760",
    lawnLo: "#183743",
    path: "#6C6683",
    pathLo: "#484365",
    water: "#1F3F66",
    waterHi: "#7FA6D8",
    leafA: "#173D49",
    leafB: "#28504F",
    leafHi: "#3F6C64",
    leafLo: "#0F2B37",
    pine: "#12333F",
    blossom: "#8E5C86",
    wood: "#4E3E54",
    woodLo: "#35293F",
    stone: "#6D6481",
    stoneLo: "#463F5E",
    shade: "#0A0A2A",
    people: "#D5D3EE",
    haze: "#3D3F86",
    glow: 1,
  },
};

/** The palette `t` of the way (0 to 1) from one light to another. */
export function blend(from: Palette, to: Palette, t: number): Palette {
  const colours = Object.entries(from).map(([name, a]) => {
    const b = to[name as keyof Palette];
    return [
      name,
      typeof a === "string" && typeof b === "string" ? mix(a, b, t) : Number(a) + (Number(b) - Number(a)) * t,
    ];
  });
  return Object.fromEntries(colours) as Palette;
}

/** How far what only shows after sunset is there (lit edges of trees, fireflies): 0 by day, 1 from dusk on. */
export const evening = (p: Palette): number => Math.min(1, Math.max(0, (p.glow - PALETTES.day.glow) / 0.5));

/** The colour of every lamp, and of one's own ring. */
export const LAMP = "#FFC66E";
/** Round what is lamp-coloured and must be seen before anybody. */
export const LAMP_EDGE = "#2B1B3D";

/** Hues as they shine in the world and on dark surfaces. */
export const HUES: Record<Hue, string> = {
  coral: "#FF8068",
  amber: "#FFB84D",
  lime: "#BEDD62",
  mint: "#5FDDAE",
  sky: "#6CC1FA",
  iris: "#A99CFF",
  orchid: "#EC8ADB",
  rose: "#FF84AB",
};

/** Their order in pickers. */
export const HUE_NAMES = Object.keys(HUES) as Hue[];
