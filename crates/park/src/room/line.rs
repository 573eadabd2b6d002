//! The order of playing, as arithmetic on the line of waiting entries.
//!
//! In an **open** queue votes order the entries, then age. A vote moves only the entry it is for, past those that it now outranks.
//! What the owner moved is *placed*: it keeps its place from the top, the others are ordered around it.
//! In **rotation** the pickers take turns in the order of the DJs, the owner after them, then whoever else still has an entry, by
//! their oldest; the turn after the picker of what plays is first. Each one's own entries keep the order their picker gave them.
//! In both, an entry that is about to start is *fixed* at the head.

use super::playback::fixed_entry;
use super::refusals;
use protocol::event::Play;
use protocol::id::{AccountId, EntryId};
use protocol::refusal::Refusal;
use protocol::room::{QueueMode, RoomState};
use protocol::time::Micros;
use std::cmp::Reverse;
use std::collections::VecDeque;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    id: EntryId,
    by: AccountId,
    votes: usize,
    placed: bool,
}

impl Slot {
    /// Smaller is earlier.
    fn rank(&self) -> (Reverse<usize>, EntryId) {
        (Reverse(self.votes), self.id)
    }
}

/// The waiting entries of a room, and what their order depends on.
pub(super) struct Line {
    slots: Vec<Slot>,
    mode: QueueMode,
    /// The DJs in their order, then the owner.
    seats: Vec<AccountId>,
    /// Who picked last.
    last: Option<AccountId>,
    /// The entry that is about to start.
    fixed: Option<EntryId>,
}

impl Line {
    /// The line as it stands.
    pub fn of(state: &RoomState, at: Micros) -> Line {
        let slots = state.queue.iter().map(|e| Slot {
            id: e.id,
            by: e.by.account,
            votes: e.votes.len(),
            placed: e.placed,
        });
        let played = state.playback.iter().map(|p| &p.now).chain(&state.history);
        Line {
            slots: slots.collect(),
            mode: state.settings.mode,
            seats: state.djs.iter().chain(&state.owner).map(|p| p.account).collect(),
            last: played.filter_map(|p| p.by.as_ref()).map(|by| by.account).next(),
            fixed: fixed_entry(state, at),
        }
    }

    /// The order of playing.
    pub fn order(&self) -> Vec<EntryId> {
        self.slots.iter().map(|s| s.id).collect()
    }

    /// The entries that the owner placed.
    pub fn placed(&self) -> Vec<EntryId> {
        self.slots.iter().filter(|s| s.placed).map(|s| s.id).collect()
    }

    /// An entry joins.
    pub fn join(&mut self, id: EntryId, by: AccountId) {
        self.slots.push(Slot { id, by, votes: 0, placed: false });
        self.take_turns();
    }

    /// An entry leaves.
    pub fn leave(&mut self, id: EntryId) {
        self.slots.retain(|s| s.id != id);
        self.take_turns();
    }

    /// A play starts: its entry leaves, and its picker was the last to have a turn.
    pub fn start(&mut self, play: &Play) {
        self.fixed = None;
        self.last = play.by.as_ref().map(|by| by.account).or(self.last);
        self.slots.retain(|s| Some(s.id) != play.entry);
        self.take_turns();
    }

    /// An entry has another number of votes: it climbs or sinks past those it has to.
    pub fn voted(&mut self, id: EntryId, votes: usize) {
        if let Some(slot) = self.slots.iter_mut().find(|s| s.id == id) {
            slot.votes = votes;
        }
        let places = self.places(|s| !s.placed);
        let mut free: Vec<Slot> = places.iter().map(|p| self.slots[*p]).collect();
        let Some(mut at) = free.iter().position(|s| s.id == id) else { return };
        while at > 0 && free[at].rank() < free[at - 1].rank() {
            free.swap(at, at - 1);
            at -= 1;
        }
        while at + 1 < free.len() && free[at].rank() > free[at + 1].rank() {
            free.swap(at, at + 1);
            at += 1;
        }
        self.put(&places, &free);
        self.take_turns();
    }

    /// The owner puts an entry before another, or last; it is placed from then on.
    pub fn place(&mut self, id: EntryId, before: Option<EntryId>) {
        let Some(from) = self.slots.iter().position(|s| s.id == id) else { return };
        let slot = Slot { placed: true, ..self.slots.remove(from) };
        let to = self.slots.iter().position(|s| Some(s.id) == before).unwrap_or(self.slots.len());
        self.slots.insert(to, slot);
    }

    /// Somebody puts an entry of theirs before another of theirs, or after all of theirs. Their entries change places among
    /// themselves; in an open queue only those with as many votes do.
    pub fn shift(&mut self, by: AccountId, id: EntryId, before: Option<EntryId>) -> Result<(), Refusal> {
        let places = self.places(|s| s.by == by && !s.placed);
        let was: Vec<Slot> = places.iter().map(|p| self.slots[*p]).collect();
        let mut own = was.clone();
        let from = own.iter().position(|s| s.id == id).ok_or_else(refusals::not_movable)?;
        let slot = own.remove(from);
        let to = match before {
            None => own.len(),
            Some(before) => own.iter().position(|s| s.id == before).ok_or_else(refusals::not_movable)?,
        };
        own.insert(to, slot);
        if own == was {
            return Err(refusals::already_there());
        }
        if self.mode == QueueMode::Open && own.windows(2).any(|w| w[0].votes < w[1].votes) {
            return Err(refusals::votes_decide());
        }
        self.put(&places, &own);
        self.take_turns();
        Ok(())
    }

    /// Orders everything anew, as after a change of the mode: what the owner had placed is not any more.
    pub fn sort(&mut self) {
        self.slots.iter_mut().for_each(|s| s.placed = false);
        let places = self.places(|_| true);
        let mut all: Vec<Slot> = places.iter().map(|p| self.slots[*p]).collect();
        all.sort_by_key(Slot::rank);
        self.put(&places, &all);
        self.take_turns();
    }

    /// In rotation: everybody's entries in turns.
    pub fn take_turns(&mut self) {
        if self.mode != QueueMode::Rotation {
            return;
        }
        let (head, rest): (Vec<Slot>, Vec<Slot>) = self.slots.iter().partition(|s| Some(s.id) == self.fixed);
        let mut ring = self.seats.clone();
        let mut by_age = rest.clone();
        by_age.sort_by_key(|s| s.id);
        for slot in by_age {
            if !ring.contains(&slot.by) {
                ring.push(slot.by);
            }
        }
        let last = head.first().map(|s| s.by).or(self.last);
        if let Some(at) = last.and_then(|last| ring.iter().position(|a| *a == last)) {
            ring.rotate_left(at + 1);
        }
        let mut hands: Vec<VecDeque<Slot>> =
            ring.iter().map(|a| rest.iter().filter(|s| s.by == *a).copied().collect()).collect();
        self.slots = head;
        while hands.iter().any(|h| !h.is_empty()) {
            self.slots.extend(hands.iter_mut().filter_map(VecDeque::pop_front));
        }
    }

    /// Places in the line of those entries that may be moved and are meant.
    fn places(&self, meant: impl Fn(&Slot) -> bool) -> Vec<usize> {
        let movable = |s: &Slot| Some(s.id) != self.fixed && meant(s);
        self.slots.iter().enumerate().filter(|(_, s)| movable(s)).map(|(place, _)| place).collect()
    }

    fn put(&mut self, places: &[usize], slots: &[Slot]) {
        for (place, slot) in places.iter().zip(slots) {
            self.slots[*place] = *slot;
        }
    }
}
