//! Words in the world: name tags, speech bubbles, signs over places. Sizes are in CSS pixels; labels never scale with the zoom.

import { words } from "../words/en";
import type { Ctx } from "./shapes";

const TEXT = "'Figtree Variable', system-ui, sans-serif";
const NAME = "'Bricolage Grotesque Variable', 'Figtree Variable', system-ui, sans-serif";
/** World labels: their ground is 88 % opaque. */
const LABEL = "rgba(16,25,27,.88)";
const ON_LABEL = "#F6F0E2";

/** Something to bake: its size, and how to draw it into (0, 0) to (w, h). */
export interface Drawing {
  w: number;
  h: number;
  draw: (c: Ctx) => void;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** `text` cut to `max` pixels with an ellipsis, never inside what is read as one letter. */
export function cutTo(c: Pick<Ctx, "measureText">, text: string, max: number): string {
  if (c.measureText(text).width <= max) return text;
  const letters = [...graphemes.segment(text)].map(({ segment }) => segment);
  const cut = (n: number) => `${letters.slice(0, n).join("").trimEnd()}…`;
  let [lo, hi] = [1, letters.length - 1];
  while (lo < hi) {
    const middle = Math.ceil((lo + hi) / 2);
    if (c.measureText(cut(middle)).width <= max) lo = middle;
    else hi = middle - 1;
  }
  return cut(lo);
}

/** Text that begins with a letter written from the right runs from there, its ellipsis too. */
const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
export const directionOf = (text: string): "rtl" | "ltr" => (RIGHT_TO_LEFT.test(text) ? "rtl" : "ltr");

/** A person's name on a pill; one's own is lamp-coloured. */
export function nameTag(c: Ctx, name: string, own: boolean): Drawing {
  const font = `600 12px ${TEXT}`;
  c.font = font;
  const text = cutTo(c, name, 150);
  const w = Math.ceil(c.measureText(text).width) + 16;
  return {
    w,
    h: 19,
    draw: (to) => {
      to.fillStyle = own ? "#FFC25C" : LABEL;
      to.beginPath();
      to.roundRect(0, 0, w, 19, 9.5);
      to.fill();
      to.font = font;
      to.fillStyle = own ? "#2B1B02" : ON_LABEL;
      to.direction = directionOf(text);
      to.textAlign = "center";
      to.textBaseline = "middle";
      to.fillText(text, w / 2, 10);
    },
  };
}

const BUBBLE_WIDTH = 190;

/** Breaks `text` into at most two lines; a word too long for one is broken between letters, as CJK is. */
export function twoLines(c: Pick<Ctx, "measureText">, text: string, max = BUBBLE_WIDTH): string[] {
  const fits = (line: string) => c.measureText(line).width <= max;
  if (fits(text)) return [text];
  const words = text.split(/(?<=\s)/);
  let first = "";
  while (words.length && fits((first + words[0]).trimEnd())) first += words.shift();
  if (!first) {
    const letters = [...graphemes.segment(words.shift() ?? "")].map(({ segment }) => segment);
    while (letters.length && fits(first + letters[0])) first += letters.shift();
    words.unshift(letters.join(""));
  }
  const rest = words.join("").trim();
  return rest ? [first.trimEnd(), cutTo(c, rest, max)] : [first.trimEnd()];
}

/** What somebody just said: at most two lines. The tip is at (w / 2, h). */
export function bubble(c: Ctx, text: string, own: boolean): Drawing {
  const font = `500 13px ${TEXT}`;
  c.font = font;
  const lines = twoLines(c, text);
  const inner = Math.ceil(Math.max(...lines.map((line) => c.measureText(line).width)));
  const pad = 12;
  const w = inner + 24 + pad * 2;
  const box = lines.length * 17 + 11;
  const h = box + 9 + pad;
  return {
    w,
    h,
    draw: (to) => {
      to.save();
      to.shadowColor = "rgba(15,10,35,.35)";
      to.shadowBlur = 10;
      to.shadowOffsetY = 3;
      to.fillStyle = own ? "#FFE6AE" : "#FFFAF0";
      to.beginPath();
      to.roundRect(pad, pad, w - 2 * pad, box, 14);
      to.fill();
      to.restore();
      to.fillStyle = own ? "#FFE6AE" : "#FFFAF0";
      to.beginPath();
      to.moveTo(w / 2 - 6, h - 10);
      to.lineTo(w / 2 + 6, h - 10);
      to.lineTo(w / 2, h - 1);
      to.fill();
      to.font = font;
      to.fillStyle = "#1A2A2B";
      to.textAlign = "center";
      to.textBaseline = "middle";
      to.direction = directionOf(text);
      lines.forEach((line, i) => {
        to.fillText(line, w / 2, pad + 14.5 + i * 17);
      });
    },
  };
}

/** The shadow of a sign takes this much to the sides and above. */
export const SIGN_SHADOW = 14;

/** The sign over a place: name, how many are there, what plays. The tip is at (w / 2, h). */
export function sign(c: Ctx, name: string, track: string, count: number, hue: string, narrow: boolean): Drawing {
  const nameFont = `700 15px ${NAME}`;
  const trackFont = `500 12.5px ${TEXT}`;
  const countFont = `700 13px ${TEXT}`;
  c.font = nameFont;
  const title = cutTo(c, name, narrow ? 130 : 190);
  const titleWidth = c.measureText(title).width;
  c.font = countFont;
  const n = words.many(count);
  const countWidth = c.measureText(n).width;
  c.font = trackFont;
  const second = narrow ? "" : cutTo(c, track, 230);
  const secondWidth = c.measureText(second).width;
  const pad = SIGN_SHADOW;
  const box = narrow ? 32 : 46;
  const w = Math.ceil(Math.max(titleWidth + countWidth + 54, secondWidth + 24)) + pad * 2;
  const h = box + 8 + pad;
  return {
    w,
    h,
    draw: (to) => {
      to.save();
      to.shadowColor = "rgba(15,10,35,.4)";
      to.shadowBlur = 14;
      to.shadowOffsetY = 4;
      to.fillStyle = LABEL;
      to.beginPath();
      to.roundRect(pad, pad, w - 2 * pad, box, 14);
      to.fill();
      to.restore();
      to.fillStyle = LABEL;
      to.beginPath();
      to.moveTo(w / 2 - 7, pad + box);
      to.lineTo(w / 2 + 7, pad + box);
      to.lineTo(w / 2, pad + box + 8);
      to.fill();
      to.textBaseline = "middle";
      to.fillStyle = ON_LABEL;
      to.font = nameFont;
      to.fillText(title, pad + 12, pad + 16);
      to.fillStyle = hue;
      to.font = countFont;
      to.textAlign = "right";
      to.fillText(n, w - pad - 12, pad + 16.5);
      const at = w - pad - 24 - countWidth;
      to.strokeStyle = hue;
      to.lineWidth = 1.7;
      to.lineCap = "round";
      for (const q of [6, 2.6]) {
        to.beginPath();
        to.moveTo(at - q, pad + 21);
        to.bezierCurveTo(at - q, pad + 21 - q * 1.8, at + q, pad + 21 - q * 1.8, at + q, pad + 21);
        to.stroke();
      }
      to.textAlign = "left";
      to.font = trackFont;
      to.fillStyle = "#C9D4CC";
      if (second) to.fillText(second, pad + 12, pad + 33.5);
    },
  };
}

/** Many reactions of one kind: how many. The icon's place is left free on the left, 26 wide. */
export function tally(c: Ctx, count: string): Drawing {
  const font = `700 15px ${TEXT}`;
  c.font = font;
  const w = Math.ceil(c.measureText(count).width) + 44;
  return {
    w,
    h: 30,
    draw: (to) => {
      to.fillStyle = LABEL;
      to.beginPath();
      to.roundRect(0, 0, w, 30, 15);
      to.fill();
      to.font = font;
      to.fillStyle = ON_LABEL;
      to.textBaseline = "middle";
      to.fillText(count, 32, 16);
    },
  };
}
