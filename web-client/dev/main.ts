//! The screens over a pretended park, for drawing and screenshots; never part of the build.
//! `npm run dev`, then /dev/?view=join|room|park|missing&people=118&state=playing|empty|quiet|lost|trying|blocked|full&light=dusk

import "../src/style/fonts.css";
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
