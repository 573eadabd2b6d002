import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CloseCode, type RefusalCode } from "../protocol/generated";
import { Connection, type Link } from "./connection";
import { FakeGateway } from "./gateway.fake";
import { Refused } from "./refused";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A connection to a gateway that exists only here; `random` is the highest there is, so that waits are longest. */
function scene(tickets: () => Promise<string> = async () => "ticket") {
  const gateway = new FakeGateway();
  const links: Link[] = [];
  let signedOut = 0;
  const connection = new Connection(
    { url: "ws://park/ws", ticket: tickets, open: gateway.open, random: () => 0.999 },
    {
      onLink: (link) => links.push(link),
      onFrame: () => {},
      onBinary: () => {},
      onSignedOut: () => {
        signedOut += 1;
      },
    },
  );
  return { gateway, links, connection, signedOut: () => signedOut, is: () => links.at(-1)?.is };
}

async function live() {
  const it = scene();
  it.connection.start();
  await vi.advanceTimersByTimeAsync(0);
  it.gateway.last.welcome();
  expect(it.is()).toBe("live");
  return it;
}

describe("a connection", () => {
  test("says hello with version and ticket, and is live with the welcome", async () => {
    const { gateway, links } = await live();
    expect(gateway.last.received[0]).toEqual({
      hello: { version: 1, ticket: "ticket", rooms_age_ms: expect.any(Number) },
    });
    expect(links.map((link) => link.is)).toEqual(["connecting", "live"]);
  });

  test("says how old its list of rooms is: the page's at first, then what the last socket told", async () => {
    const { gateway } = await live();
    const age = () => {
      const [hello] = gateway.last.received;
      if (!hello || !("hello" in hello)) throw new Error("it should have said hello");
      return hello.hello.rooms_age_ms ?? -1;
    };
    expect(age()).toBe(Math.round(Date.now() - performance.timeOrigin));
    await vi.advanceTimersByTimeAsync(10_000);
    gateway.last.send({ rooms: { rooms: [] } });
    gateway.last.end(1006);
    gateway.refusing = true;
    await vi.advanceTimersByTimeAsync(7_000);
    gateway.refusing = false;
    const before = gateway.last;
    while (gateway.last === before || gateway.last.received.length === 0) await vi.advanceTimersByTimeAsync(100);
    expect(age()).toBeGreaterThanOrEqual(7_000);
    expect(age()).toBeLessThan(25_000);
  });

  test("that broke comes back by itself, later each time, at most 15 s", async () => {
    const { gateway, links, is } = await live();
    const waits: number[] = [];
    gateway.refusing = true;
    gateway.last.end(1006);
    for (let i = 0; i < 9; i++) {
      const link = links.at(-1);
      if (link?.is !== "lost") throw new Error("it should be lost");
      waits.push(link.nextTry - Date.now());
      await vi.advanceTimersByTimeAsync(link.nextTry - Date.now() + 1);
    }
    expect(waits[0]).toBeLessThanOrEqual(300);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBeGreaterThan(14_000);
    expect(waits.at(-1)).toBeLessThanOrEqual(15_000);
    gateway.refusing = false;
    await vi.advanceTimersByTimeAsync(15_001);
    gateway.last.welcome();
    expect(is()).toBe("live");
  });

  test("tries at once when somebody presses Try now", async () => {
    const { gateway, connection, is } = await live();
    gateway.refusing = true;
    gateway.last.end(1006);
    for (let i = 0; i < 6; i++) await vi.advanceTimersByTimeAsync(2_000);
    gateway.refusing = false;
    const before = gateway.sockets.length;
    connection.tryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(gateway.sockets.length).toBe(before + 1);
    gateway.last.welcome();
    expect(is()).toBe("live");
  });

  test("that fell silent is given up and made anew", async () => {
    const { gateway, links } = await live();
    await vi.advanceTimersByTimeAsync(18_000);
    expect(links.some((link) => link.is === "lost")).toBe(true);
    expect(gateway.sockets.length).toBeGreaterThan(1);
  });

  test("to a server of another version is over: only a reload helps", async () => {
    const { gateway, is } = await live();
    gateway.last.end(CloseCode.Version);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(is()).toBe("outdated");
    expect(gateway.sockets.length).toBe(1);
  });

  test("with a stale ticket fetches another at once", async () => {
    const { gateway, connection, is } = scene();
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    gateway.last.end(CloseCode.StaleTicket);
    await vi.advanceTimersByTimeAsync(300);
    gateway.last.welcome();
    expect(is()).toBe("live");
    expect(gateway.sockets.length).toBe(2);
  });

  test("of a session that ended finds out by the next ticket that one is signed out", async () => {
    let revoked = false;
    const it = scene(async () => {
      if (revoked) throw refused("not_signed_in");
      return "ticket";
    });
    it.connection.start();
    await vi.advanceTimersByTimeAsync(0);
    it.gateway.last.welcome();
    revoked = true;
    it.gateway.last.end(CloseCode.Revoked);
    await vi.advanceTimersByTimeAsync(300);
    expect(it.signedOut()).toBe(1);
    expect(it.is()).toBe("idle");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(it.gateway.sockets.length).toBe(1);
  });

  test("waits as long as a busy park asks for", async () => {
    let asked = 0;
    const it = scene(async () => {
      asked += 1;
      throw refused("too_many", 7_000);
    });
    it.connection.start();
    await vi.advanceTimersByTimeAsync(6_999);
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(asked).toBe(2);
  });

  test("to a gateway that drains goes over to another within two seconds", async () => {
    const { gateway, is } = await live();
    gateway.last.send({ draining: {} });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(gateway.sockets.length).toBe(2);
    gateway.last.welcome();
    expect(is()).toBe("live");
  });

  test("that was stopped stays so, and leaves no timer behind", async () => {
    const { connection, is, gateway } = await live();
    connection.stop();
    expect(is()).toBe("idle");
    expect(vi.getTimerCount()).toBe(0);
    gateway.last.end(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.sockets.length).toBe(1);
  });
});

function refused(code: RefusalCode, after?: number): Refused {
  return new Refused({ code, text: "No.", ...(after === undefined ? {} : { retry_after_ms: after }) });
}
