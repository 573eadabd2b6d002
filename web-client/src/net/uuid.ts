//! Ids of commands: uuid v7, so that they carry the time of their making. Own code, as `crypto.randomUUID` is missing over plain http.

/** A uuid v7 made at `unixMs` (whole or broken ms since 1970, park time: the server refuses ids from another hour). */
export function uuid7(unixMs: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Math.floor(unixMs);
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
