//! A park to test: the one-process one, or the split stack with two web servers and two gateways.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Child } from "./child.mjs";
import { toEnd } from "./ends.mjs";
import { eventually } from "./eventually.mjs";
import { ROOT } from "./places.mjs";

export const DEPLOYMENTS = ["embedded", "split"];

/** Starts a park with new data. */
export async function startPark(deployment) {
  const folder = await mkdtemp(join(tmpdir(), "musicpark-browser."));
  const forget = toEnd(() => rm(folder, { recursive: true, force: true }));
  return deployment === "embedded" ? Embedded.start(folder, forget) : Split.start(folder, forget);
}

/** One process: memory and SQLite. */
class Embedded {
  deployment = "embedded";

  static async start(folder, forget) {
    const { DATABASE_URL, REDIS_URL, ...environment } = process.env;
    const settings = { MUSICPARK_ADDR: "127.0.0.1:0", MUSICPARK_DATA: join(folder, "data") };
    const child = new Child(await binary("musicpark"), [], { env: { ...environment, ...settings } });
    return new Embedded(await child.says("listening"), child, forget);
  }

  constructor(url, child, forget) {
    this.url = url;
    this.child = child;
    this.end = () => child.end().then(forget);
  }

  log() {
    return this.child.log();
  }
}

/** Web servers, gateways, a worker, Redis, Postgres and the proxy: scripts/stack. */
class Split {
  deployment = "split";

  static async start(folder, forget) {
    const logs = join(folder, "logs");
    const options = ["--dev", "--no-build", "--web", "2", "--gateway", "2", "--logs", logs];
    const child = new Child(join(ROOT, "scripts/stack"), options, { cwd: ROOT });
    return new Split(await child.says("ready", 120_000), child, logs, forget);
  }

  constructor(url, child, logs, forget) {
    this.url = url;
    this.child = child;
    this.logs = logs;
    this.end = () => child.end().then(forget);
  }

  /** How many sockets each gateway holds, by its own count. */
  async sockets() {
    const folder = await this.child.says("folder");
    const gateways = this.child.out.filter((line) => line.startsWith("gateway-")).map((line) => line.split(" ")[0]);
    const counts = [...new Set(gateways)].map(async (name) => {
      const said = await readFile(join(folder, `${name}.out`), "utf8");
      const metrics = /^metrics (\S+)$/m.exec(said)?.[1];
      const text = await (await fetch(metrics)).text();
      return Number(/^gateway_sockets (\d+)/m.exec(text)?.[1] ?? 0);
    });
    return Promise.all(counts);
  }

  /** Kills one of its processes, as a power cut would, and waits until the stack has seen its end. */
  async kill(name) {
    const pid = this.#pid(name);
    process.kill(pid, "SIGKILL");
    const ended = `${name} (${pid}) ended`;
    await eventually(ended, () => this.child.err.some((line) => line.includes(ended)));
  }

  /** Starts a killed one anew, and waits until it runs. */
  async startAgain(name) {
    const before = this.#pid(name);
    await writeFile(join(await this.child.says("folder"), "control"), `start ${name}\n`);
    await eventually(`${name} runs again`, () => this.#pid(name) !== before);
  }

  log() {
    return this.child.log();
  }

  #pid(name) {
    const line = this.child.out.findLast((one) => one.startsWith(`${name} `));
    return Number(line.split(" ").at(-1));
  }
}

/** A program of the development build, wherever cargo puts it. */
async function binary(name) {
  const metadata = await promisify(execFile)("cargo", ["metadata", "--no-deps", "--format-version", "1"], {
    cwd: ROOT,
    maxBuffer: 64 << 20,
  });
  return join(JSON.parse(metadata.stdout).target_directory, "debug", name);
}
