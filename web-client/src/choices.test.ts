// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
  document.documentElement.removeAttribute("data-theme");
  document.documentElement.removeAttribute("data-calm");
});

/** The module as the next visit loads it. */
const visit = () => import("./choices.svelte");

describe("what one chooses", () => {
  it("begins with the system's theme, letters as keys and the scene", async () => {
    const { choices } = await visit();
    expect({ ...choices }).toEqual({ theme: "auto", calm: false, letters: true, list: false });
  });

  it("holds at once and at the next visit", async () => {
    const first = await visit();
    first.choose({ theme: "light", letters: false });
    expect(first.choices.theme).toBe("light");
    vi.resetModules();
    const second = await visit();
    expect({ ...second.choices }).toEqual({ theme: "light", calm: false, letters: false, list: false });
  });

  it("is written onto the page, and taken off it again", async () => {
    const { choose } = await visit();
    const { dataset } = document.documentElement;
    choose({ theme: "dark", calm: true });
    expect([dataset.theme, dataset.calm]).toEqual(["dark", ""]);
    choose({ theme: "auto", calm: false });
    expect([dataset.theme, dataset.calm]).toEqual([undefined, undefined]);
  });

  it("holds for this visit where nothing can be kept", async () => {
    const { choose, choices } = await visit();
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    choose({ list: true });
    expect(choices.list).toBe(true);
    vi.restoreAllMocks();
  });
});

describe("what somebody else wrote there", () => {
  it.each([["no JSON"], ["null"], ['{"theme":"blue","calm":"yes","letters":0}'], ["[]"]])(
    "%s is not taken",
    async (text) => {
      const { readChoices } = await visit();
      expect(readChoices(text)).toEqual({ theme: "auto", calm: false, letters: true, list: false });
    },
  );
});

it("is calm when the person or the system asks for it", async () => {
  const { choose, isCalm } = await visit();
  const asked = vi.spyOn(window, "matchMedia");
  asked.mockReturnValue({ matches: false } as MediaQueryList);
  expect(isCalm()).toBe(false);
  choose({ calm: true });
  expect(isCalm()).toBe(true);
  choose({ calm: false });
  asked.mockReturnValue({ matches: true } as MediaQueryList);
  expect(isCalm()).toBe(true);
  vi.restoreAllMocks();
});
