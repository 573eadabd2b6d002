//! Words in the world: name tags, speech bubbles, signs over places. Sizes are in CSS pixels; labels never scale with the zoom.

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

/** `text` cut to `max` pixels with an ellipsis. */
function cutTo(c: Ctx, text: string, max: number): string {
  if (c.measureText(text).width <= max) return text;
  const letters = [...text];
  while (letters.length > 1 && c.measureText(`${letters.join("")}…`).width > max) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

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
      to.textAlign = "center";
      to.textBaseline = "middle";
      to.fillText(text, w / 2, 10);
    },
  };
}

const BUBBLE_WIDTH = 190;

function twoLines(c: Ctx, text: string): string[] {
  if (c.measureText(text).width <= BUBBLE_WIDTH) return [text];
  const words = text.split(" ");
  let first = words.shift() ?? "";
  while (words.length && c.measureText(`${first} ${words[0]}`).width <= BUBBLE_WIDTH) first += ` ${words.shift()}`;
  const rest = words.join(" ");
  return rest ? [cutTo(c, first, BUBBLE_WIDTH), cutTo(c, rest, BUBBLE_WIDTH)] : [cutTo(c, first, BUBBLE_WIDTH)];
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
      lines.forEach((line, i) => {
        to.fillText(line, w / 2, pad + 14.5 + i * 17);
      });
    },
  };
}

/** The sign over a place: name, how many are there, what plays. The tip is at (w / 2, h). */
export function sign(c: Ctx, name: string, track: string, count: number, hue: string, narrow: boolean): Drawing {
  const nameFont = `700 15px ${NAME}`;
  const trackFont = `500 12.5px ${TEXT}`;
  const countFont = `700 13px ${TEXT}`;
  c.font = nameFont;
  const title = cutTo(c, name, narrow ? 130 : 190);
  const titleWidth = c.measureText(title).width;
  c.font = countFont;
  const n = String(count);
  const countWidth = c.measureText(n).width;
  c.font = trackFont;
  const second = narrow ? "" : cutTo(c, track, 230);
  const secondWidth = c.measureText(second).width;
  const pad = 14;
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
