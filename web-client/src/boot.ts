//! What the server put into the page: who one is, the room the link leads to, the list of rooms.

import type { Boot } from "./protocol/generated";

const now_us = Date.now() * 1000;

/** A page without it (the development server's) starts empty; the engine then asks the server. */
const NOTHING: Boot = {
  me: null,
  guest: null,
  room: null,
  missing: null,
  rooms: [],
  now_us,
  opened_us: now_us,
  software: "",
};

export function readBoot(): Boot {
  const text = document.getElementById("boot")?.textContent;
  return text ? (JSON.parse(text) as Boot) : NOTHING;
}
