//! Draws the picture that shared links show: the shell at dusk, a crowd, the name. `npm run og` writes it to public/og.png.

import "../src/style/fonts.css";
import { mix } from "../src/draw/colour";
import { booth, CONES, cone, lantern, speaker } from "../src/draw/furniture";
import { dress, look } from "../src/draw/look";
import { HUES, LAMP, PALETTES } from "../src/draw/palette";
import { figure } from "../src/draw/person";
import { patches, sow, tree, tufts } from "../src/draw/plants";
import { type Ctx, ell, glow, K, paper, rng } from "../src/draw/shapes";
import { ARCHES, archLight, bulbLight, deck, shell, stillSlats } from "../src/draw/stage";

const W = 1200;
const H = 630;
const CX = 820;
const BY = 330;
const p = PALETTES.dusk;
const hue = HUES.coral;

function draw(c: Ctx): void {
  c.fillStyle = p.lawn;
  c.fillRect(0, 0, W, H);
  patches(c, p, 30, { x: 0, y: 0, w: W, h: H }, 3, { x: 0, y: 0, w: W, h: H });
  for (const [q, colour] of [
    [620, p.lawnLo],
    [510, mix(p.lawn, p.lawnLo, 0.4)],
    [400, p.lawn],
    [310, mix(p.lawn, p.lawnHi, 0.6)],
  ] as const)
    paper(c, p, () => ell(c, CX, BY + 18, q, q * K, colour), 0.42, 22, 9);
  tufts(
    c,
    p,
    sow(320, 0, 0, W, H, 11).filter(({ x, y }) => Math.hypot(x - CX, y - BY) > 290),
  );
  paper(c, p, () => ell(c, CX, BY + 22, 262, 262 * K, p.stoneLo), 0.4, 20, 8);
  ell(c, CX, BY + 17, 260, 260 * K, p.stone);
  for (const [dx, dy, seed] of [
    [-330, -90, 5],
    [-400, -40, 8],
    [340, -80, 11],
    [-290, -130, 14],
    [380, -20, 2],
  ])
    tree(c, p, CX + dx, BY + dy, 1.3, seed, undefined, { dx: dx < 0 ? 1 : -1, col: mix(hue, LAMP, 0.4) });
  shell(c, p, CX, BY - 40, 250, hue);
  c.globalCompositeOperation = "lighter";
  c.globalAlpha = 0.5;
  for (let i = 0; i < ARCHES; i++) archLight(c, CX, BY - 40, 250, hue, i);
  bulbLight(c, CX, BY - 40, 250, hue, 1);
  c.globalAlpha = 1;
  c.globalCompositeOperation = "source-over";
  deck(c, p, CX, BY - 16, 228, 62, hue);
  stillSlats(c, CX, BY - 16, 228, 62, hue, 0.6);
  for (const d of [-1, 1]) {
    speaker(c, p, CX + d * 200, BY - 22, 1, hue);
    for (const [height, r] of CONES) {
      c.save();
      c.translate(CX + d * 200 - 1, BY - 22 + height);
      cone(c, r, hue);
      c.restore();
    }
    lantern(c, p, CX + d * 330, BY + 150, 1.2);
  }
  figure(c, { ...p, people: "#FFFFFF" }, look(dress(77)), CX, BY - 22, 1.5, { phase: 0.4, energy: 0.8, dj: true });
  booth(c, p, CX, BY + 2, 1.16, hue);
  const r = rng(9);
  const crowd: [number, number][] = [];
  while (crowd.length < 64) {
    const a = Math.PI * (0.02 + r() * 0.96);
    const q = 100 + r() ** 0.7 * 260;
    const spot: [number, number] = [CX + Math.cos(a) * q, BY + 24 + Math.sin(a) * q * K];
    if (spot[1] > BY + 56 && crowd.every(([x, y]) => Math.hypot(x - spot[0], (y - spot[1]) / K) > 30)) crowd.push(spot);
  }
  crowd.sort((a, b) => a[1] - b[1]);
  crowd.forEach(([x, y], i) => {
    figure(c, p, look(dress(i * 17 + 3)), x, y, 1.1, { phase: r(), energy: 0.8, dir: (CX - x) / 200, back: r() < 0.3 });
  });
  c.globalCompositeOperation = "lighter";
  glow(c, CX, BY - 60, 330, mix(hue, LAMP, 0.4), 0.18);
  for (const d of [-1, 1]) glow(c, CX + d * 330, BY + 96, 110, LAMP, 0.4);
  c.globalCompositeOperation = "source-over";
  const veil = c.createLinearGradient(0, 0, 620, 0);
  veil.addColorStop(0, "rgba(14,18,34,.92)");
  veil.addColorStop(0.6, "rgba(14,18,34,.62)");
  veil.addColorStop(1, "rgba(14,18,34,0)");
  c.fillStyle = veil;
  c.fillRect(0, 0, W, H);
  c.save();
  c.translate(72, 150);
  c.scale(2.6, 2.6);
  for (const [path, colour] of [
    ["M2 35C2 3 38 3 38 35Z", "#7A3F78"],
    ["M7.5 35C7.5 10.5 32.5 10.5 32.5 35Z", "#FF8068"],
    ["M13 35C13 18 27 18 27 35Z", "#FFC66E"],
    ["M17 35C17 25.5 23 25.5 23 35Z", "#FFF0CF"],
  ]) {
    c.fillStyle = colour;
    c.fill(new Path2D(path));
  }
  c.restore();
  c.fillStyle = "#F6F0E2";
  c.font = "700 84px 'Bricolage Grotesque Variable'";
  c.fillText("Music Park", 72, 350);
  c.fillStyle = "#C9D4CC";
  c.font = "500 30px 'Figtree Variable'";
  c.fillText("Everybody hears the same bar", 74, 404);
  c.fillText("at the same moment.", 74, 444);
}

await Promise.all(
  ["700 84px 'Bricolage Grotesque Variable'", "500 30px 'Figtree Variable'"].map((f) => document.fonts.load(f)),
);
const canvas = document.getElementById("og") as HTMLCanvasElement;
const c = canvas.getContext("2d");
if (c) draw(c);
document.documentElement.dataset.drawn = "yes";
