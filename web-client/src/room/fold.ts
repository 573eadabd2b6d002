//! How an event changes the state of a room: the mirror of crates/park/src/fold.rs. Knows no rules, an event says everything
//! that changes. The state given is left as it is; what an event does not touch keeps its identity.

import { CHAT_KEPT, type Entry, type Event, HISTORY_KEPT, type Person, type RoomState } from "../protocol/generated";

/** The state after an event. One of a kind that this client does not know yet leaves it unchanged. */
export function fold(state: RoomState, event: Event): RoomState {
  const is = event.is;
  if ("chat.said" in is) return { ...state, chat: [...state.chat, is["chat.said"].line].slice(-CHAT_KEPT) };
  if ("queue.added" in is) {
    const { entry, order } = is["queue.added"];
    return { ...state, queue: ordered([...state.queue, entry], order) };
  }
  if ("queue.removed" in is) return { ...state, queue: ordered(state.queue, is["queue.removed"].order) };
  if ("queue.ordered" in is) {
    const { order, placed = [] } = is["queue.ordered"];
    const queue = ordered(state.queue, order).map((entry) => placedOrNot(entry, placed.includes(entry.id)));
    return { ...state, queue };
  }
  if ("queue.voted" in is) {
    const { entry, votes, order } = is["queue.voted"];
    const queue = state.queue.map((one) => (one.id === entry ? { ...one, votes } : one));
    return { ...state, queue: ordered(queue, order) };
  }
  if ("skip.voted" in is) return { ...state, skip_votes: is["skip.voted"].votes };
  if ("play.started" in is) {
    const { playback, order } = is["play.started"];
    return {
      ...remembered(state),
      playback,
      queue: ordered(state.queue, order),
      mix_plays: state.mix_plays + (playback.now.entry === null ? 1 : 0),
    };
  }
  if ("play.next" in is) {
    const { next } = is["play.next"];
    return state.playback ? { ...state, playback: { ...state.playback, next } } : state;
  }
  if ("play.ended" in is) return { ...remembered(state), playback: null };
  if ("role.dj" in is) {
    const { person, dj } = is["role.dj"];
    const known = state.djs.some((one) => one.account === person.account);
    if (!dj) return { ...state, djs: state.djs.filter((one) => one.account !== person.account) };
    return { ...state, djs: known ? renamed(state.djs, person) : [...state.djs, person] };
  }
  if ("room.changed" in is) return { ...state, settings: is["room.changed"].settings };
  if ("person.changed" in is) {
    const { person } = is["person.changed"];
    const owner = state.owner?.account === person.account ? person : state.owner;
    return { ...state, owner, djs: renamed(state.djs, person) };
  }
  return state;
}

/** The queue in an order; entries that the order does not name leave it. */
function ordered(queue: readonly Entry[], order: readonly number[]): Entry[] {
  const rank = new Map(order.map((id, at) => [id, at]));
  return queue.filter((entry) => rank.has(entry.id)).sort((a, b) => rank.get(a.id)! - rank.get(b.id)!);
}

function placedOrNot(entry: Entry, placed: boolean): Entry {
  if ((entry.placed ?? false) === placed) return entry;
  const { placed: _, ...bare } = entry;
  return placed ? { ...bare, placed } : bare;
}

/** The play that is over joins the history, and the votes against it are void. */
function remembered(state: RoomState): RoomState {
  const former = state.playback?.now;
  const history = former ? [former, ...state.history].slice(0, HISTORY_KEPT) : state.history;
  return { ...state, history, skip_votes: [] };
}

function renamed(people: Person[], person: Person): Person[] {
  if (!people.some((one) => one.account === person.account)) return people;
  return people.map((one) => (one.account === person.account ? person : one));
}
