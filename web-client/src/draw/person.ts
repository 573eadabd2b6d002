//! A figure: 46 units high, big head, dot eyes. Drawn in parts, so that the scene can bake each part once and move it.

import { lit, mix, rgba } from "./colour";
import { build, CLOTH, HAIR, HAIRS, HATS, KINDS, LEGS, type Look, PATTERNS, SKIN } from "./look";
import { PALETTES, type Palette } from "./palette";
import { type Ctx, capsule, circ, ell, poly, rr, shadow, TAU } from "./shapes";

const FUR = { cat: "#C9BFD6", bear: "#A9754F", bunny: "#F4EDE6", fox: "#F0935A", frog: "#8CCB6B" } as const;
const INK = "#2A1C30";

/** The colours of one figure in one light. */
export interface Dye {
  skin: string;
  hair: string;
  top: string;
  second: string;
  legs: string;
  hat: string;
  /** The same colour on the side away from the light. */
  dark: (colour: string) => string;
  in: (colour: string) => string;
  shade: string;
}

export function dye(l: Look, p: Palette): Dye {
  const inLight = (colour: string) => lit(colour, p.people);
  const kind = KINDS[l.kind];
  return {
    skin: inLight(kind === "person" ? SKIN[l.skin] : FUR[kind]),
    hair: inLight(HAIR[l.hairColour]),
    top: inLight(CLOTH[l.top]),
    second: inLight(CLOTH[l.topSecond]),
    legs: inLight(LEGS[l.legs]),
    hat: inLight(CLOTH[l.hatColour]),
    dark: (colour) => mix(colour, p.shade, 0.24),
    in: inLight,
    shade: p.shade,
  };
}

const hairOf = (l: Look): (typeof HAIRS)[number] | "none" => (l.kind === 0 ? HAIRS[l.hair] : "none");

/** How a figure moves at one moment. All in the units of the figure. */
export interface Stance {
  /** Height over the ground. */
  hop: number;
  /** Sideways sway in hundredths of a turn of the body. */
  sway: number;
  /** Scale of the height. */
  squash: number;
  /** How far the head dips. */
  nod: number;
  /** How far the arms are raised, 0 to 2. */
  arms: number;
  /** Swing of the legs. */
  swing: number;
}

/** The stance at a phase of the beat (0 to 1) with an energy of 0 to 1; `walk` is the phase of the step or null. */
export function stance(l: Look, phase: number, energy: number, walk: number | null, dj = false): Stance {
  const b = Math.sin(phase * TAU);
  const bob = energy * (1 - Math.cos(phase * TAU)) * 0.5;
  const dance = l.dance;
  const lift =
    walk != null ? 0.15 : dj ? 0.2 : dance === 0 ? bob * 1.9 : dance === 3 ? 1.9 + b * 0.3 : 0.35 + b * 0.5 * energy;
  return {
    hop: (dance === 3 ? bob * 7 : 0) + (walk != null ? Math.abs(Math.sin(walk * TAU)) * 2.5 : 0),
    sway: dance === 1 ? b * 4 * energy : dance === 2 ? b * 2 * energy : 0,
    squash: 1 - (dance !== 3 ? bob * 0.09 : 0),
    nod: bob * 0.8,
    arms: lift * (energy || 0.12),
    swing: walk != null ? Math.sin(walk * TAU) * 3 : 0,
  };
}

/** Where the parts hang on the figure: shoulders, neck. */
export const SHOULDER = { x: 9.2, y: -25 };
export const NECK_Y = -39;

/** The angle of an arm on the side -1 or 1, raised by `up`. */
export const armAngle = (side: number, up: number): number => side * (0.32 + up * 0.98);

/** One arm hanging straight down from (0, 0), hand at the end. */
export function drawArm(c: Ctx, d: Dye, side: number): void {
  capsule(c, 0, 0, 0, 11.5, 5, side > 0 ? d.dark(d.top) : d.top);
  circ(c, 0, 11.5, 2.9, d.skin);
}

/** One leg hanging from (0, 0). */
export function drawLeg(c: Ctx, d: Dye, side: number): void {
  capsule(c, 0, 0, 0, 7, 5.6, side > 0 ? d.dark(d.legs) : d.legs);
}

function bodyPath(c: Ctx): void {
  c.beginPath();
  c.moveTo(-8, -29);
  c.quadraticCurveTo(0, -31, 8, -29);
  c.quadraticCurveTo(12, -18, 10.5, -9);
  c.quadraticCurveTo(0, -4.5, -10.5, -9);
  c.quadraticCurveTo(-12, -18, -8, -29);
  c.closePath();
}

/** The body; feet at (0, 0). */
export function drawBody(c: Ctx, l: Look, d: Dye, back: boolean): void {
  if (hairOf(l) === "long" && !back) rr(c, -11, -43, 22, 23, 9, d.dark(d.hair));
  c.fillStyle = d.top;
  bodyPath(c);
  c.fill();
  c.save();
  c.clip();
  switch (PATTERNS[l.pattern]) {
    case "stripe":
      for (let i = 0; i < 3; i++) rr(c, -13, -25 + i * 6.4, 26, 2.8, 0, d.second);
      break;
    case "dots":
      for (let i = 0; i < 12; i++)
        circ(c, -9 + (i % 4) * 6 + ((i / 4) & 1) * 3, -24 + ((i / 4) | 0) * 6.5, 1.5, d.second);
      break;
    case "dungaree":
      rr(c, -7.5, -20, 15, 16, 3, d.second);
      capsule(c, -5, -20, -6, -30, 2.4, d.second);
      capsule(c, 5, -20, 6, -30, 2.4, d.second);
      break;
    case "band":
      rr(c, -13, -20, 26, 6.5, 0, d.second);
      break;
    case "zip":
      rr(c, -1, -30, 2, 26, 0, d.second);
      rr(c, -13, -11, 26, 3, 0, d.second);
      break;
    case "plain":
      break;
  }
  c.fillStyle = rgba(d.shade, 0.16);
  c.beginPath();
  c.moveTo(4, -32);
  c.quadraticCurveTo(8, -16, 3, -3);
  c.lineTo(15, -3);
  c.lineTo(15, -32);
  c.fill();
  c.restore();
}

/** How a head is seen. */
export interface View {
  /** Where the face looks, -1 to 1. */
  dir: number;
  back: boolean;
  /** Wears headphones whatever the look says: stands on stage. */
  dj: boolean;
}

/** The head, centred on (0, 0). */
export function drawHead(c: Ctx, l: Look, d: Dye, v: View): void {
  ears(c, l, d);
  const hair = hairOf(l);
  if (hair === "afro") circ(c, 0, -4.5, 15.5, d.hair);
  if (hair === "buns") {
    circ(c, -10, -10, 5.2, d.hair);
    circ(c, 10, -10, 5.2, d.dark(d.hair));
  }
  if (hair === "bob") rr(c, -12.6, -9, 25.2, 19, 9, d.hair);
  if (hair === "braid") {
    capsule(c, 11, 4, 12, 18, 5, d.hair);
    circ(c, 12, 21, 2.2, d.hat);
  }
  circ(c, 0, 0, 11.2, d.skin);
  c.save();
  c.beginPath();
  c.arc(0, 0, 11.2, 0, TAU);
  c.clip();
  ell(c, 9.5, 2, 6.5, 14, rgba(d.shade, 0.13));
  const kind = KINDS[l.kind];
  if (kind === "fox" && !v.back) ell(c, v.dir * 2, 8, 8, 6, d.in("#FFF0DC"));
  if (kind === "bear" && !v.back) ell(c, v.dir * 2, 4.5, 5, 4, d.in("#E7C7A4"));
  if (v.back && !["bald", "none", "scarf"].includes(hair)) circ(c, 0, -1.5, 12, d.hair);
  else if (["short", "bob", "long", "buns", "braid"].includes(hair)) fringe(c, d, v.dir, hair === "short" ? -2 : 1);
  c.restore();
  hairOver(c, hair, d, v);
  if (!v.back) face(c, kind === "frog", v.dir);
  hat(c, HATS[l.hat], d, v);
}

function ears(c: Ctx, l: Look, d: Dye): void {
  const inner = d.in("#F2A7B4");
  switch (KINDS[l.kind]) {
    case "cat":
      poly(
        c,
        [
          [-10, -4],
          [-9, -17],
          [-1, -9],
        ],
        d.skin,
      );
      poly(
        c,
        [
          [10, -4],
          [9, -17],
          [1, -9],
        ],
        d.dark(d.skin),
      );
      poly(
        c,
        [
          [-8, -7],
          [-8, -13],
          [-4, -9],
        ],
        inner,
      );
      break;
    case "fox":
      poly(
        c,
        [
          [-11, -3],
          [-10, -18],
          [-1, -9],
        ],
        d.skin,
      );
      poly(
        c,
        [
          [11, -3],
          [10, -18],
          [1, -9],
        ],
        d.dark(d.skin),
      );
      break;
    case "bear":
      circ(c, -8.5, -9, 4.6, d.skin);
      circ(c, 8.5, -9, 4.6, d.dark(d.skin));
      circ(c, -8.5, -9, 2.2, d.in("#E7B98F"));
      break;
    case "bunny":
      ell(c, -5, -18, 3.6, 10, d.skin);
      ell(c, 5, -18, 3.6, 10, d.dark(d.skin));
      ell(c, -5, -18, 1.6, 7, inner);
      break;
    case "frog":
      circ(c, -6.5, -9, 4.6, d.skin);
      circ(c, 6.5, -9, 4.6, d.skin);
      break;
    case "person":
      break;
  }
}

function fringe(c: Ctx, d: Dye, dir: number, h: number): void {
  c.fillStyle = d.hair;
  c.beginPath();
  c.moveTo(-13, h);
  c.quadraticCurveTo(-12, -13, 0, -13);
  c.quadraticCurveTo(12, -13, 13, h);
  c.quadraticCurveTo(4 + dir * 3, h - 7.5, -4 + dir * 3, h - 5);
  c.quadraticCurveTo(-9, h - 3, -13, h);
  c.fill();
}

function hairOver(c: Ctx, hair: string, d: Dye, v: View): void {
  c.fillStyle = d.hair;
  if (hair === "quiff") {
    c.beginPath();
    c.moveTo(-11, -2);
    c.quadraticCurveTo(-13, -15, 0, -15.5);
    c.quadraticCurveTo(13, -17, 11.5, -4);
    c.quadraticCurveTo(6, -9, -11, -2);
    c.fill();
  }
  if (hair === "curl")
    for (let i = 0; i < 7; i++) circ(c, -10.5 + i * 3.5, -7.5 - Math.sin((i / 6) * Math.PI) * 4.4, 4.1, d.hair);
  if (hair === "afro" && !v.back) {
    c.beginPath();
    c.arc(0, -3, 12, Math.PI * 1.06, Math.PI * 1.94);
    c.fill();
  }
  if (hair === "scarf") {
    c.fillStyle = d.second;
    c.beginPath();
    c.arc(0, 0, 12.4, Math.PI * 0.82, Math.PI * 2.18);
    c.quadraticCurveTo(0, -9, -10.2, 6.8);
    c.fill();
    rr(c, -10, 7, 20, 6, 3, d.second);
  }
}

function face(c: Ctx, frog: boolean, dir: number): void {
  const ex = dir * 3;
  const ey = frog ? -8.5 : 0.6;
  circ(c, -4 + ex, ey, 1.55, INK);
  circ(c, 4 + ex, ey, 1.55, INK);
  if (!frog) {
    circ(c, -6.6 + ex, 4, 1.9, rgba("#F0706E", 0.32));
    circ(c, 6.6 + ex, 4, 1.9, rgba("#F0706E", 0.32));
  }
  c.strokeStyle = INK;
  c.lineWidth = 1.1;
  c.lineCap = "round";
  c.beginPath();
  c.arc(ex, 3.4, 2.1, 0.25, Math.PI - 0.25);
  c.stroke();
}

function hat(c: Ctx, kind: (typeof HATS)[number], d: Dye, v: View): void {
  c.fillStyle = d.hat;
  if (kind === "cap") {
    c.beginPath();
    c.arc(0, -3, 11.8, Math.PI, TAU);
    c.fill();
    rr(c, v.dir < 0 ? -17 : -3, -5, 20, 4, 2, d.dark(d.hat));
  }
  if (kind === "beanie") {
    c.beginPath();
    c.arc(0, -3.5, 11.8, Math.PI, TAU);
    c.fill();
    rr(c, -12.2, -6, 24.4, 5, 2.5, d.dark(d.hat));
    circ(c, 0, -15.5, 3.2, d.dark(d.hat));
  }
  if (kind === "bucket") {
    c.beginPath();
    c.moveTo(-8.5, -13);
    c.lineTo(8.5, -13);
    c.lineTo(15, -3);
    c.quadraticCurveTo(0, -7, -15, -3);
    c.closePath();
    c.fill();
  }
  if (kind === "flower") {
    for (let i = 0; i < 5; i++)
      circ(c, 7 + Math.cos(i * 1.257) * 2.8, -9 + Math.sin(i * 1.257) * 2.8, 2.2, d.in("#FFF3E0"));
    circ(c, 7, -9, 1.9, d.in("#FFC25C"));
  }
  if (kind === "phones" || v.dj) {
    c.strokeStyle = "#2A2143";
    c.lineWidth = 3;
    c.lineCap = "round";
    c.beginPath();
    c.arc(0, -0.5, 12.6, Math.PI * 1.03, Math.PI * 1.97);
    c.stroke();
    rr(c, -15, -4.5, 5.6, 10.5, 2.8, d.hat);
    rr(c, 9.4, -4.5, 5.6, 10.5, 2.8, d.dark(d.hat));
  }
}

/** How a whole figure is drawn at once: for pages and still pictures. */
export interface Pose {
  phase?: number;
  energy?: number;
  dir?: number;
  back?: boolean;
  dj?: boolean;
}

/** A whole figure with its feet at (x, y). */
export function figure(c: Ctx, p: Palette, l: Look, x: number, y: number, s: number, pose: Pose = {}): void {
  const { phase = 0, energy = 0, dir = 0, back = false, dj = false } = pose;
  const d = dye(l, p);
  const st = stance(l, phase, energy, null, dj);
  const { wide, tall } = build(l);
  c.save();
  shadow(c, p, x, y, 13 * s * wide, 0.34 - st.hop * 0.012);
  c.translate(x, y - st.hop * s);
  c.scale(s * wide, s * tall * st.squash);
  c.rotate(st.sway * 0.012);
  for (const side of [-1, 1]) {
    c.save();
    c.translate(side * 4.4, -9);
    drawLeg(c, d, side);
    c.restore();
  }
  const arms = () => {
    for (const side of [-1, 1]) {
      c.save();
      c.translate(side * SHOULDER.x, SHOULDER.y);
      c.rotate(-armAngle(side, st.arms));
      drawArm(c, d, side);
      c.restore();
    }
  };
  const behind = back || st.arms > 1.2;
  if (behind) arms();
  drawBody(c, l, d, back);
  if (!behind) arms();
  c.translate(dir * 1.4 + st.sway * 0.2, NECK_Y + st.nod);
  drawHead(c, l, d, { dir, back, dj });
  c.restore();
}

/** Head and shoulders in a round frame of radius `20 s`, as chat and lists show people. */
export function portrait(c: Ctx, l: Look, x: number, y: number, s: number): void {
  c.save();
  c.beginPath();
  c.arc(x, y, 20 * s, 0, TAU);
  c.fillStyle = mix(CLOTH[(l.top + 4) % CLOTH.length], "#FFFFFF", 0.15);
  c.fill();
  c.clip();
  figure(c, PALETTES.day, l, x, y + 47 * s, 1.18 * s);
  c.restore();
}
