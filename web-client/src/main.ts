//! Starts the page: the boot data, the engine, the screens.

import "./style/fallback.css";
import "./style/tokens.css";
import "./style/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { readBoot } from "./boot";
import { ParkClient } from "./client";

const client = new ParkClient(readBoot());

declare global {
  interface Window {
    /** The engine, for the browser tests and the curious. */
    park: unknown;
  }
}
window.park = client;

const app = document.getElementById("app");
if (!app) throw new Error("The page has no element #app to draw into.");
app.replaceChildren(); // The server drew the same before there was a script.
mount(App, { target: app, props: { client } });
