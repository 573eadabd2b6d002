//! Long names and sayings, in every script: cut and broken where a reader would.

import { describe, expect, it } from "vitest";
import { cutTo, directionOf, twoLines } from "./labels";

/** Ten pixels a grapheme, as if all were as wide. */
const graphemes = new Intl.Segmenter();
const ruler = { measureText: (text: string) => ({ width: [...graphemes.segment(text)].length * 10 }) as TextMetrics };

describe("a name", () => {
  it("that fits is left alone", () => expect(cutTo(ruler, "Amber Heron", 150)).toBe("Amber Heron"));

  it.each([
    ["forty letters", "Maximiliana Featherstonehaugh-Cholmondeley"],
    [
      "Arabic",
      "\u0645\u062d\u0645\u062f \u0639\u0628\u062f \u0627\u0644\u0631\u062d\u0645\u0646 \u0627\u0644\u0633\u0639\u064a\u062f",
    ],
    ["CJK", "公園の音楽を聴くのが大好きな人たちの集まり"],
    ["families", "👨‍👩‍👧‍👦".repeat(20)],
  ])("of %s ends in an ellipsis between two letters", (_, name) => {
    const cut = cutTo(ruler, name, 150);
    expect(ruler.measureText(cut).width).toBeLessThanOrEqual(150);
    expect(cut.endsWith("…")).toBe(true);
    const kept = [...graphemes.segment(cut.slice(0, -1))].map(({ segment }) => segment);
    expect([...graphemes.segment(name)].slice(0, kept.length).map(({ segment }) => segment)).toEqual(kept);
  });

  it("runs from the right where it is written so", () => {
    expect(directionOf("محمد عبد")).toBe("rtl");
    expect(directionOf("\u201cשלום\u201d")).toBe("rtl");
    expect(directionOf("公園 Amber")).toBe("ltr");
  });
});

describe("a saying", () => {
  it("has at most two lines that fit, whatever is said", () => {
    for (const said of [
      "hello",
      "is this the one with the choir, or am I in the wrong room altogether tonight?",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "公園の音楽を聴くのが大好きな人たちの集まりへようこそ皆さん",
    ]) {
      const lines = twoLines(ruler, said, 190);
      expect(lines.length).toBeLessThanOrEqual(2);
      for (const line of lines) expect(ruler.measureText(line).width).toBeLessThanOrEqual(190);
      expect(said.startsWith(lines[0])).toBe(true);
    }
  });
});
