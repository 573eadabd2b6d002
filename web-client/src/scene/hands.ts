//! Walking by arrows, WASD, a tap or a drag; zoom by wheel or pinch. Says which way one wants to go, nothing else.

import { choices } from "../choices.svelte";

/** What the hands want: a direction of length up to 1, or a point to walk to. */
export interface Wish {
  dx: number;
  dy: number;
}

export interface Handlers {
  /** A short press at a point of the window. */
  tap: (x: number, y: number) => void;
  /** The zoom changes by a factor. */
  zoom: (factor: number) => void;
  /** The stick under the thumb: where it began and where it is, or null when let go. */
  stick: (at: { x: number; y: number; tx: number; ty: number } | null) => void;
  /** The space bar was pressed. */
  dance: () => void;
}

const DEAD = 12;
const RADIUS = 56;
const KEYS: Record<string, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  KeyW: [0, -1],
  KeyS: [0, 1],
  KeyA: [-1, 0],
  KeyD: [1, 0],
};

/** Whether keys belong to the scene: it has focus, or nothing has. */
const sceneHasFocus = (): boolean => {
  const at = document.activeElement;
  return !at || at === document.body || at.id === "scene";
};

export class Hands {
  #down = new Set<string>();
  #pointers = new Map<number, { x0: number; y0: number; x: number; y: number; t: number }>();
  #stick: { dx: number; dy: number } | null = null;
  #pinch = 0;
  #off: (() => void)[] = [];
  readonly #host: HTMLElement;
  readonly #do: Handlers;

  constructor(host: HTMLElement, handlers: Handlers) {
    this.#host = host;
    this.#do = handlers;
    this.#on(window, "keydown", (e) => this.#key(e as KeyboardEvent, true));
    this.#on(window, "keyup", (e) => this.#key(e as KeyboardEvent, false));
    this.#on(window, "blur", () => this.#down.clear());
    this.#on(host, "pointerdown", (e) => this.#press(e as PointerEvent));
    this.#on(host, "pointermove", (e) => this.#move(e as PointerEvent));
    this.#on(host, "pointerup", (e) => this.#lift(e as PointerEvent, true));
    this.#on(host, "pointercancel", (e) => this.#lift(e as PointerEvent, false));
    this.#on(host, "wheel", (e) => {
      e.preventDefault();
      this.#do.zoom(Math.exp(-(e as WheelEvent).deltaY * 0.0012));
    });
  }

  #on(target: EventTarget, type: string, act: (e: Event) => void): void {
    target.addEventListener(type, act, { passive: false });
    this.#off.push(() => target.removeEventListener(type, act));
  }

  #key(e: KeyboardEvent, down: boolean): void {
    if (!down) {
      this.#down.delete(e.code);
      return;
    }
    if (!(e.code in KEYS) && e.code !== "Space") return;
    if (!sceneHasFocus() || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    if (e.code.startsWith("Key") && !choices.letters) return;
    e.preventDefault();
    if (e.code !== "Space") this.#down.add(e.code);
    else if (!e.repeat) this.#do.dance();
  }

  #press(e: PointerEvent): void {
    if (e.button > 0) return;
    this.#host.setPointerCapture(e.pointerId);
    this.#host.focus({ preventScroll: true });
    this.#pointers.set(e.pointerId, { x0: e.clientX, y0: e.clientY, x: e.clientX, y: e.clientY, t: e.timeStamp });
    if (this.#pointers.size === 2) {
      this.#pinch = this.#spread();
      this.#letGo();
    }
  }

  #move(e: PointerEvent): void {
    const p = this.#pointers.get(e.pointerId);
    if (!p) return;
    p.x = e.clientX;
    p.y = e.clientY;
    if (this.#pointers.size === 2) {
      const spread = this.#spread();
      if (this.#pinch > 0) this.#do.zoom(spread / this.#pinch);
      this.#pinch = spread;
      return;
    }
    const [dx, dy] = [p.x - p.x0, p.y - p.y0];
    const far = Math.hypot(dx, dy);
    if (far < DEAD && !this.#stick) return;
    const reach = Math.min(1, far / RADIUS);
    this.#stick = far < DEAD ? { dx: 0, dy: 0 } : { dx: (dx / far) * reach, dy: (dy / far) * reach };
    const cut = Math.min(far, RADIUS) / (far || 1);
    this.#do.stick({ x: p.x0, y: p.y0, tx: p.x0 + dx * cut, ty: p.y0 + dy * cut });
  }

  #lift(e: PointerEvent, done: boolean): void {
    const p = this.#pointers.get(e.pointerId);
    this.#pointers.delete(e.pointerId);
    const alone = this.#pointers.size === 0 && this.#pinch === 0;
    if (this.#pointers.size === 0) this.#pinch = 0;
    if (p && done && alone && !this.#stick && e.timeStamp - p.t < 600) this.#do.tap(p.x, p.y);
    this.#letGo();
  }

  #letGo(): void {
    if (this.#stick) this.#do.stick(null);
    this.#stick = null;
  }

  #spread(): number {
    const [a, b] = [...this.#pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  }

  /** The direction wanted now, or null for none. */
  get wish(): Wish | null {
    if (this.#stick) return this.#stick;
    let [dx, dy] = [0, 0];
    for (const code of this.#down) {
      dx += KEYS[code][0];
      dy += KEYS[code][1];
    }
    if (dx === 0 && dy === 0) return null;
    const far = Math.hypot(dx, dy);
    return { dx: dx / far, dy: dy / far };
  }

  close(): void {
    for (const off of this.#off) off();
  }
}
