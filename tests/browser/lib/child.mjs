//! A child process whose output is read line by line, and that the kernel ends should this program be killed.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { toEnd } from "./ends.mjs";
import { eventually, PATIENCE_MS } from "./eventually.mjs";

/** How long a child has to end by itself, in ms: the stack ends nine processes in order. */
const GRACE_MS = 40_000;

export class Child {
  out = [];
  err = [];
  #process;
  #gone;
  #exit = null;

  constructor(command, args, options) {
    // In a group of its own, so that Ctrl-C in the terminal reaches it only through this program.
    this.#process = spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.out.push(line));
    createInterface({ input: this.#process.stderr }).on("line", (line) => this.err.push(line));
    this.#gone = new Promise((gone) => {
      this.#process.once("error", (why) => {
        this.#exit = why.message;
        gone();
      });
      this.#process.once("exit", (code, signal) => {
        this.#exit = `exit ${code ?? signal}`;
        gone();
      });
    });
    this.end = toEnd(() => this.#end());
  }

  /** The rest of the first line on its standard output that begins with `start`. */
  says(start, patienceMs = 2 * PATIENCE_MS) {
    return eventually(
      `"${start}" from the process`,
      () => {
        const line = this.out.find((one) => one.startsWith(start));
        if (!line && this.#exit) throw new Error(`it ended (${this.#exit}):\n${this.err.slice(-30).join("\n")}`);
        return line?.slice(start.length).trim();
      },
      patienceMs,
    );
  }

  /** How it ended by itself; null while it runs. */
  get ended() {
    return this.#exit;
  }

  /** The last words on its standard error. */
  log(lines = 30) {
    return this.err.slice(-lines).join("\n");
  }

  async #end() {
    if (this.#exit) return;
    this.#process.kill("SIGTERM");
    const late = setTimeout(() => process.kill(-this.#process.pid, "SIGKILL"), GRACE_MS);
    await this.#gone;
    clearTimeout(late);
  }
}
