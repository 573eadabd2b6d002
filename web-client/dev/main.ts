//! The screens over a pretended park, for drawing and screenshots; never part of the build.
//! `npm run dev`, then /dev/?view=join|room|park|missing and any of
//!   people=128 (with oneself)  names=plain|long|arabic|cjk  rooms=4  typing=0|1|2  light=day|dusk|night  loud=0..1  still|stand
//!   state=empty|quiet|walking|lost|trying|renewed|back|blocked|loading|unplayable|slow|refused|full-room  library=empty|failed  hints
//!   role=owner|dj|listener  mode=open|rotation  place=shell|bandstand|glasshouse|bench  hue=coral|...  known  login  muted
//!   scene=off for the screens alone.

import "./pretended-hints";
import "../src/style/fallback.css";
import "../src/style/tokens.css";
import "../src/style/base.css";
import { mount } from "svelte";
import App from "../src/App.svelte";
import { PretendedPark } from "./pretended";

const client = new PretendedPark(new URLSearchParams(location.search));
(window as { park?: unknown }).park = client;
history.replaceState(
  null,
  "",
  location.search.includes("view=missing") ? `/r/nowhere${location.search}` : `/${location.search}`,
);
const app = document.getElementById("app");
if (app) mount(App, { target: app, props: { client } });
