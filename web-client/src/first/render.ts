//! Renders the join screen at build time, with gaps that the server fills: crates/web/src/first.rs reads what this makes.
//!
//! The words stay in the catalogue and the markup in the screens: what the server sends is what the page will draw itself.

import { render } from "svelte/server";
import { firstState } from "../client/state";
import { type Engine, Park } from "../park.svelte";
import { type Boot, type Play, type RoomSummary, SAMPLE_RATE } from "../protocol/generated";
import { words } from "../words/en";
import { ADJECTIVES, ANIMALS } from "../words/names";
import { clock } from "../words/time";
import First from "./First.svelte";

/** The card for each case, and the texts for gaps that are filled by choice. Gaps are `{{name}}`. */
export interface FirstResponse {
  cards: { playing: boolean; who: Who; html: string }[];
  /** `{{listening}}`: with nobody, one, or `{{count}}` there. */
  listening: { none: string; one: string; many: string };
  /** `{{picked}}`: by the park's own mix, or by `{{by}}`. */
  picked: { mix: string; by: string };
  /** `{{mode}}`. */
  mode: Record<RoomSummary["mode"], string>;
  /** `{{host}}` of a room that is the park's own. */
  own: string;
  /** Two words make a newcomer's name. */
  names: { adjectives: readonly string[]; animals: readonly string[] };
}

/** Somebody new, a guest who was here before, or somebody with a login. */
export type Who = "new" | "guest" | "named";

const gap = (name: string) => `{{${name}}}`;

/** Numbers that stand for gaps until the whole is a text; nothing else on the card looks like them. */
const COUNT = 90_001;
const AT_S = 17 * 60 + 17;
const OF_S = 97 * 60 + 37;

export function firstResponse(): FirstResponse {
  const cards = [true, false].flatMap((playing) =>
    (["new", "guest", "named"] as const).map((who) => ({ playing, who, html: card(playing, who) })),
  );
  const { listening } = words.join;
  return {
    cards,
    listening: {
      none: listening(0),
      one: listening(1),
      many: listening(COUNT).replace(words.many(COUNT), gap("count")),
    },
    picked: { mix: words.now.mix, by: words.now.pickedBy(gap("by")) },
    mode: words.top.mode,
    own: words.top.byPark,
    names: { adjectives: ADJECTIVES, animals: ANIMALS },
  };
}

function card(playing: boolean, who: Who): string {
  const room = roomWithGaps(playing);
  const person = { account: 0, name: gap("you"), look: 0 };
  const boot: Boot = {
    ...{ me: who === "new" ? null : { person, login: who === "named" ? gap("you") : null }, room, missing: null },
    ...{ rooms: [room], now_us: AT_S * 1e6, opened_us: 0, software: "", guest: { name: gap("you"), seed: 0 } },
  };
  const state = firstState(boot, { volume: 1, muted: false, delayMs: 0 });
  const still = { state, subscribe: () => () => {}, now: () => boot.now_us, heard: () => null } as unknown as Engine;
  const park = new Park(still);
  const html = render(First, { props: { park, room } }).body;
  park.close();
  return filled(html, playing);
}

function roomWithGaps(playing: boolean): RoomSummary {
  const track = {
    ...{ id: 1, title: gap("title"), artist: gap("artist"), samples: OF_S * SAMPLE_RATE, bpm: null },
    ...{ first_beat_ms: null, key: null, mood: null, gain_db: 0, cover: 1, audio: "" },
  };
  const by = { account: 0, name: gap("by"), look: 0 };
  const now: Play | null = playing ? { entry: null, track, by, start_us: 0 } : null;
  return {
    ...{
      id: 1,
      slug: "first",
      name: gap("room"),
      about: gap("about"),
      place: "shell",
      mode: "open",
      host: gap("host"),
    },
    ...{ hue: gap("hue") as RoomSummary["hue"], listening: COUNT, now },
  };
}

/** Puts gaps where the numbers and the chosen texts stand. What is not found was renamed: then the build says so. */
function filled(html: string, playing: boolean): string {
  const gaps: [text: string, name: string][] = [
    [words.join.listening(COUNT), "listening"],
    [words.top.mode.open, "mode"],
    [words.many(COUNT), "count"],
  ];
  if (playing) {
    gaps.push(
      [words.now.pickedBy(gap("by")), "picked"],
      [clock(AT_S), "at"],
      [clock(OF_S), "of"],
      [AT_S.toFixed(2), "seconds"],
    );
  }
  let text = html.replace(/<!--.*?-->/gs, "");
  for (const [written, name] of gaps) {
    if (!text.includes(written)) throw new Error(`The join card has no "${written}" for the gap ${name}.`);
    text = text.replaceAll(written, gap(name));
  }
  return text;
}
