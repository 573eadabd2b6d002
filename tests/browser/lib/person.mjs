//! Somebody in the park: a browser, and what one does and notices there.

import assert from "node:assert/strict";
import { openBrowser } from "./browser.mjs";
import { eventually } from "./eventually.mjs";
import { openLine } from "./line.mjs";

/** Softer than this is silence: a hundredth of a percent of full scale. */
const SILENCE = 1e-4;
/** How long music has to go on to count as heard, in ms, and how far its speed may be off. */
const HEARD_MS = 2_500;
const SPEED_OFF = 0.01;

export class Person {
  /** Options: `line`: reach the park through a line that can be cut; the others are openBrowser's. */
  static async open(park, called, { line = false, ...options } = {}) {
    const own = line ? await openLine(park.url) : null;
    return new Person(called, own, own?.url ?? park.url, await openBrowser(options));
  }

  constructor(called, line, url, { context, page, faults, close }) {
    Object.assign(this, { called, line, url, context, page, faults, close });
  }

  at(testid) {
    return this.page.getByTestId(testid);
  }

  async goto(path) {
    return this.page.goto(this.url + path);
  }

  /** Opens an address and presses the one button; resolves when sound comes out. */
  async stepIn(path = "/") {
    await this.goto(path);
    await this.at("step-in").click();
    await this.hearsSomething();
  }

  /** Asks the engine: `ask((park) => park.state.room.queue.length)`. What is asked runs in the page. */
  ask(question, argument) {
    return this.page.evaluate(`(${question})(window.park, ${JSON.stringify(argument ?? null)})`);
  }

  /** Waits until the engine answers with something true, and returns that. */
  until(what, question, argument) {
    return eventually(`${this.called}: ${what}`, () => this.ask(question, argument));
  }

  /** What is heard at this moment, and when that is by the clock all browsers of this machine share. */
  look() {
    return this.page.evaluate(() => {
      const heard = window.park.heard();
      const hostMs = performance.timeOrigin + performance.now();
      const { play, samples } = heard ?? {};
      const key = play ? `${play.track.id} ${play.start_us}` : null;
      return { hostMs, play: key, samples: samples ?? null, energy: window.park.energy(), stalls: window.park.stalls };
    });
  }

  async hearsSomething() {
    await eventually(`${this.called} hears something`, async () => {
      const look = await this.look();
      return look.play !== null && look.energy > SILENCE;
    });
  }

  /** Music goes on for a while, without a hole, 48,000 samples a second. */
  async hearsMusic() {
    let first = null;
    await eventually(`${this.called} hears music for a while`, async () => {
      const look = await this.look();
      const goesOn = look.play !== null && look.energy > SILENCE;
      if (!goesOn || first?.play !== look.play || first.stalls !== look.stalls) {
        first = goesOn ? look : null;
        return false;
      }
      const ms = look.hostMs - first.hostMs;
      if (ms < HEARD_MS) return false;
      const speed = (look.samples - first.samples) / ms / 48;
      first = null;
      assert.ok(Math.abs(speed - 1) < SPEED_OFF, `it plays at ${speed} of its speed`);
      return true;
    });
  }

  async hearsNothing() {
    await eventually(`${this.called} hears nothing`, async () => (await this.look()).energy < SILENCE);
  }

  /** Waits until an element says exactly this. */
  async reads(locator, text) {
    await eventually(`${this.called} reads "${text}"`, async () => {
      const said = (await locator.innerText({ timeout: 2_000 })).replaceAll(/\s+/g, " ").trim();
      assert.equal(said, text);
      return true;
    });
  }

  /** Waits until there are exactly so many of it on screen. */
  async counts(locator, number) {
    await eventually(`${this.called} counts ${number} of ${locator}`, async () => {
      assert.equal(await locator.count(), number);
      return true;
    });
  }

  async say(text) {
    await this.at("chat-input").fill(text);
    await this.at("chat-input").press("Enter");
  }

  /** The lines of the chat that say this. */
  lines(text) {
    return this.at("chat-line").filter({ has: this.page.getByText(text, { exact: true }) });
  }

  /** Puts a track on, by the library's sheet; answers its title. */
  async addTrack(search) {
    await this.at("queue-add").first().click();
    await this.at("library-search").fill(search);
    const row = this.at("library-row").filter({ hasText: search });
    await this.counts(row, 1);
    await this.counts(this.at("library-row"), 1);
    await row.click();
    await this.page.getByRole("dialog").waitFor({ state: "detached" });
    return search;
  }

  me() {
    return this.ask((park) => park.state.me.person);
  }
}
