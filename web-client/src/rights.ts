//! Who may do what, for display only: the worker decides. The table is crates/park/src/rights.rs.

import type { QueueMode, Role, RoomState } from "./protocol/generated";

/** What `account` is in the room. */
export function roleOf(room: RoomState, account: number): Role {
  if (room.owner?.account === account) return "owner";
  return room.djs.some((dj) => dj.account === account) ? "dj" : "listener";
}

export const mayAdd = (role: Role, mode: QueueMode): boolean => mode === "open" || role !== "listener";

/** Whether `role` may skip at once what `picker` put on. */
export const maySkip = (role: Role, mode: QueueMode, own: boolean): boolean =>
  own || role === "owner" || (mode === "rotation" && role === "dj");
