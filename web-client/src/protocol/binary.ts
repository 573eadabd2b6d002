//! The websocket's hot frames, packed by hand, little-endian; the table is in crates/protocol/src/binary.rs.

/** Kind bytes, the first of every binary frame. */
export const PROBE = 0x01;
export const STEP = 0x02;
export const PROBE_ANSWER = 0x81;
export const POSITIONS = 0x82;

/** Bits of a pose beside the heading in its lowest three (eighths of a turn, clockwise from east). */
export const WALKING = 0b0_1000;
export const DANCING = 0b1_0000;

/** Where somebody is, in units, and what they do there. */
export interface Spot {
  x: number;
  y: number;
  pose: number;
}

/** Answer to a clock probe: all in ms; `c0` the browser's clock, `s1` and `s2` park time. */
export interface ProbeAnswer {
  is: "answer";
  c0: number;
  s1: number;
  s2: number;
}

/** Who is where on a floor. */
export interface Positions {
  is: "positions";
  floor: number;
  /** Counts up with each frame of a floor. */
  tick: number;
  /** Whether everybody on the floor is named: whoever is missing is gone. */
  key: boolean;
  /** How many had no room in it. */
  more: number;
  people: (Spot & { account: number })[];
}

/** A clock probe: `c0` in ms, echoed; `rttMs` the median round trip, 0 while unknown. */
export function encodeProbe(c0: number, rttMs: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(11));
  view.setUint8(0, PROBE);
  view.setFloat64(1, c0, true);
  view.setUint16(9, clampU16(rttMs), true);
  return view.buffer;
}

/** Where one stands now. */
export function encodeStep(spot: Spot): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(6));
  view.setUint8(0, STEP);
  view.setUint16(1, clampU16(spot.x), true);
  view.setUint16(3, clampU16(spot.y), true);
  view.setUint8(5, spot.pose & 0xff);
  return view.buffer;
}

/** Reads a frame from the gateway; null when it is of no known kind or does not fit it. */
export function decode(frame: ArrayBuffer): ProbeAnswer | Positions | null {
  if (frame.byteLength === 0) return null;
  const view = new DataView(frame);
  const kind = view.getUint8(0);
  if (kind === PROBE_ANSWER && frame.byteLength === 25) {
    return {
      is: "answer",
      c0: view.getFloat64(1, true),
      s1: view.getFloat64(9, true),
      s2: view.getFloat64(17, true),
    };
  }
  return kind === POSITIONS ? decodePositions(view) : null;
}

const HEAD = 12;
const PERSON = 9;

function decodePositions(view: DataView): Positions | null {
  const body = view.byteLength - HEAD;
  if (body < 0 || body % PERSON !== 0) return null;
  const people = [];
  for (let at = HEAD; at < view.byteLength; at += PERSON) {
    people.push({
      account: view.getUint32(at, true),
      x: view.getUint16(at + 4, true),
      y: view.getUint16(at + 6, true),
      pose: view.getUint8(at + 8),
    });
  }
  return {
    is: "positions",
    floor: view.getUint32(1, true),
    tick: view.getUint32(5, true),
    key: view.getUint8(9) === 1,
    more: view.getUint16(10, true),
    people,
  };
}

function clampU16(value: number): number {
  return Math.max(0, Math.min(0xffff, Math.round(value)));
}
