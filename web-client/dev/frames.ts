//! What a frame of the real scene costs this machine's processor, with a crowd as large as the budget counts with; never part of
//! the build. /dev/frames.html?people=300&world=2000; scripts/bench-frames.mjs moves it on by `window.crowd` and measures.
//!
//! Counted: everything of ours in a frame of the screen, from its callback to the return of `renderer.render()`: walking, posing,
//! sorting, batching, and the WebGL calls as far as they run here. Not counted: the graphics card's own time (WebGL hands its calls
//! to another process, which by software would take this one's processor: no pixel is filled, all else is done), layout and paint of
//! the page (there is none), and the engine's sockets. The same frames are measured again with the WebGL calls that draw and send
//! data doing nothing: the difference is what handing them over costs.
//!
//! Time is pretended, a sixtieth of a second a frame, or software drawing would leave out frames and the crowd would stand.

import "../src/style/fonts.css";
import type { Part } from "../src/park.svelte";
import { openScene } from "../src/scene/scene";
import { CrowdedPark } from "./crowded";

const FRAME_MS = 1000 / 60;
/** The park says where people are once in so many frames. */
const FRAMES_A_TICK = 6;
const STUBBED = ["drawElements", "drawArrays", "bufferData", "bufferSubData", "texImage2D", "texSubImage2D"] as const;

let clock = performance.now();
performance.now = () => clock;
let asked = new Map<number, FrameRequestCallback>();
let ids = 0;
window.requestAnimationFrame = (call) => {
  asked.set(++ids, call);
  return ids;
};
window.cancelAnimationFrame = (id) => void asked.delete(id);

/** Draws a frame. */
function frame(): void {
  clock += FRAME_MS;
  const calls = asked;
  asked = new Map();
  for (const call of calls.values()) call(clock);
}

/** All WebGL calls and every vertex, no pixel: where software draws them it would take the processor that is measured. */
function withoutPixels(host: HTMLElement): void {
  const gl = host.querySelector("canvas")?.getContext("webgl2");
  gl?.enable(gl.RASTERIZER_DISCARD);
}

/** Lets the browser do what else there is: idle work, promises, the WebGL calls of the frame before. */
const breath = () => new Promise((done) => setTimeout(done));

/** The crowd on screen, for scripts/bench-frames.mjs to move on. */
export interface Frames {
  /** Draws the next frame in a task of its own, so that the browser counts the processor's time of it. */
  next(): Promise<void>;
  /** From now on the WebGL calls that draw and send data do nothing. */
  stub(): void;
}

async function open(): Promise<Frames> {
  const query = new URLSearchParams(location.search);
  const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise);
  const [people, world] = [number("people", 300), number("world", 2000)];
  // Nobody but oneself at first: who is in view is known after the first picture.
  const park = new CrowdedPark(new URLSearchParams("view=park&people=1&still"));
  const host = document.getElementById("scene");
  if (!host) throw new Error("The page has no element #scene to draw into.");
  let view: Part | null = null;
  const opening = openScene(host, park, {
    preview: null,
    calm: false,
    atDoor() {},
    enter() {},
    walked() {},
    looked(part) {
      view = part;
    },
  });
  while (!view) {
    frame();
    await breath();
  }
  if (!(await opening)) throw new Error("There is no WebGL here.");
  park.fill(view, people, world);
  frame();
  withoutPixels(host);
  let drawn = 0;
  return {
    async next() {
      if (drawn++ % FRAMES_A_TICK === 0) park.tick();
      await new Promise<void>((done) =>
        setTimeout(() => {
          frame();
          done();
        }),
      );
    },
    stub() {
      for (const name of STUBBED) WebGL2RenderingContext.prototype[name] = () => {};
    },
  };
}

(window as { crowd?: Promise<Frames> }).crowd = open();
