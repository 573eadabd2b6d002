//! How much window there is: which of the three layouts, and what a phone's keyboard leaves of it.

/** Up to 700 px wide, under 1100 px, wider. */
export type Layout = "phone" | "middle" | "wide";

const PHONE = "(max-width: 700px)";
const WIDE = "(min-width: 1100px)";
/** A phone's window lower than this, in CSS px, has a keyboard over it or is zoomed: only what matters most is shown. */
const SHORT = 520;

export class WindowSize {
  layout = $state<Layout>("wide");
  #off: (() => void)[] = [];

  constructor() {
    const [phone, wide] = [matchMedia(PHONE), matchMedia(WIDE)];
    const sized = () => {
      this.layout = phone.matches ? "phone" : wide.matches ? "wide" : "middle";
      measure(this.layout);
    };
    sized();
    const seen = window.visualViewport;
    this.#on(phone, "change", sized);
    this.#on(wide, "change", sized);
    this.#on(window, "resize", sized);
    if (seen) {
      this.#on(seen, "resize", sized);
      this.#on(seen, "scroll", sized);
    }
  }

  #on(target: EventTarget, type: string, then: () => void): void {
    target.addEventListener(type, then);
    this.#off.push(() => target.removeEventListener(type, then));
  }

  close(): void {
    for (const off of this.#off) off();
  }
}

/** Tells the style sheets what is seen of the page: a keyboard may cover its lower part without making the window smaller. */
function measure(layout: Layout): void {
  const root = document.documentElement;
  const seen = window.visualViewport;
  // Pinched larger, the page is meant to be wider than what is seen.
  const high = seen && seen.scale < 1.02 ? seen.height : window.innerHeight;
  const top = seen && seen.scale < 1.02 ? seen.offsetTop : 0;
  root.style.setProperty("--seen-top", `${Math.round(top)}px`);
  root.style.setProperty("--seen-height", `${Math.round(high)}px`);
  root.style.setProperty("--covered", `${Math.max(0, Math.round(window.innerHeight - top - high))}px`);
  root.toggleAttribute("data-short", layout === "phone" && high < SHORT);
}
