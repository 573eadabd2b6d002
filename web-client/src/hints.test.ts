import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Hints = typeof import("./hints.svelte");
let hints: Hints;
const kept = new Map<string, string>();
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

/** Another visit in the same browser. */
async function visit(): Promise<void> {
  vi.resetModules();
  hints = await import("./hints.svelte");
}

beforeEach(async () => {
  vi.useFakeTimers();
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  await visit();
});
afterEach(() => {
  hints.quiet();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the first minute", () => {
  it("asks for a heart five seconds after one stepped in, not before", () => {
    hints.stepped();
    pass(4.9);
    expect(hints.hint.now).toBe(null);
    pass(0.2);
    expect(hints.hint.now).toBe("love");
  });

  it("speaks of walking at the tenth second, once one has reacted", () => {
    hints.stepped();
    pass(6);
    hints.reacted();
    expect(hints.hint.now).toBe(null);
    pass(3.9);
    expect(hints.hint.now).toBe(null);
    pass(0.2);
    expect(hints.hint.now).toBe("walk");
  });

  it("says nothing of walking to somebody who walks already", () => {
    hints.stepped();
    hints.walked();
    pass(6);
    hints.reacted();
    pass(20);
    expect(hints.hint.now).toBe(null);
  });

  it("points at adding a track after a minute, in place of what stood there", () => {
    hints.stepped();
    pass(50);
    hints.reacted();
    pass(5);
    expect(hints.hint.now).toBe("walk");
    pass(5.1);
    expect(hints.hint.now).toBe("add");
  });

  it("does not ask for a track where one may not add any", () => {
    hints.stepped((which) => which !== "add");
    pass(61);
    expect(hints.hint.now).toBe(null);
  });

  it("offers to keep the name after the first own act", () => {
    hints.stepped();
    hints.acted();
    pass(2);
    expect(hints.hint.now).toBe("keep");
    pass(20);
    expect(hints.hint.now).not.toBe("add");
  });

  it("takes what is about the room away when one leaves it, and asks again in the next", () => {
    hints.stepped();
    pass(5);
    hints.steppedOut();
    expect(hints.hint.now).toBe(null);
    pass(120);
    expect(hints.hint.now).toBe(null);
    hints.stepped();
    pass(5);
    expect(hints.hint.now).toBe("love");
  });

  it("lets a hint that nobody follows go", () => {
    hints.stepped();
    pass(5);
    expect(hints.hint.now).toBe("love");
    pass(24);
    expect(hints.hint.now).toBe(null);
  });

  it("never says a thing twice in one browser", async () => {
    hints.stepped();
    pass(5);
    hints.done();
    hints.quiet();
    await visit();
    hints.stepped();
    pass(5);
    expect(hints.hint.now).toBe(null);
  });
});
