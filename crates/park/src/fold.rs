//! How an event changes the state of a room. Nothing else does: whoever has the events has the room.

use protocol::event::{Event, Happened, Play};
use protocol::id::EntryId;
use protocol::room::{CHAT_KEPT, HISTORY_KEPT, RoomState};

/// Changes the state as the event says. Knows no rules: an event says everything that changes.
pub fn fold(state: &mut RoomState, event: &Event) {
    match &event.happened {
        Happened::ChatSaid { line } => {
            state.chat.push(line.clone());
            let surplus = state.chat.len().saturating_sub(CHAT_KEPT);
            state.chat.drain(..surplus);
        }
        Happened::QueueAdded { entry, order } => {
            state.queue.push(entry.clone());
            reorder(state, order);
        }
        Happened::QueueRemoved { order, .. } => reorder(state, order),
        Happened::QueueOrdered { order, placed } => {
            reorder(state, order);
            for entry in &mut state.queue {
                entry.placed = placed.contains(&entry.id);
            }
        }
        Happened::QueueVoted { entry, votes, order } => {
            if let Some(entry) = state.queue.iter_mut().find(|e| e.id == *entry) {
                entry.votes.clone_from(votes);
            }
            reorder(state, order);
        }
        Happened::SkipVoted { votes } => state.skip_votes.clone_from(votes),
        Happened::PlayStarted { playback, order, .. } => {
            if playback.now.entry.is_none() {
                state.mix_plays += 1;
            }
            let former = state.playback.replace(playback.clone()).map(|p| p.now);
            remember(state, former);
            reorder(state, order);
        }
        Happened::PlayNext { next } => {
            if let Some(playback) = &mut state.playback {
                playback.next.clone_from(next);
            }
        }
        Happened::PlayEnded {} => {
            let former = state.playback.take().map(|p| p.now);
            remember(state, former);
        }
        Happened::RoleDj { person, dj } => {
            let known = state.djs.iter().position(|d| d.account == person.account);
            match (dj, known) {
                (true, Some(at)) => state.djs[at] = person.clone(),
                (true, None) => state.djs.push(person.clone()),
                (false, Some(at)) => {
                    state.djs.remove(at);
                }
                (false, None) => {}
            }
        }
        Happened::RoomChanged { settings } => state.settings = settings.clone(),
        Happened::PersonChanged { person } => {
            for known in state.owner.iter_mut().chain(&mut state.djs) {
                if known.account == person.account {
                    known.clone_from(person);
                }
            }
        }
    }
}

/// Brings the queue into an order; entries that the order does not name leave it.
fn reorder(state: &mut RoomState, order: &[EntryId]) {
    let rank = |id: EntryId| order.iter().position(|o| *o == id);
    state.queue.retain(|e| rank(e.id).is_some());
    state.queue.sort_by_cached_key(|e| rank(e.id));
}

/// The play that is over joins the history, and the votes against it are void.
fn remember(state: &mut RoomState, former: Option<Play>) {
    state.skip_votes.clear();
    if let Some(play) = former {
        state.history.insert(0, play);
        state.history.truncate(HISTORY_KEPT);
    }
}
