//! Adding to the queue, taking off it, moving and voting.

use super::line::Line;
use super::playback::fixed_entry;
use super::refusals;
use super::turn::Turn;
use crate::rights::{Right, may, role};
use protocol::event::{Entry, Happened};
use protocol::id::{AccountId, EntryId};
use protocol::people::Person;
use protocol::refusal::Refusal;
use protocol::room::{QUEUE_MAX, QUEUE_MAX_EACH, QueueMode};
use protocol::track::Track;

impl Turn<'_> {
    /// `queue.add`
    pub fn add(&mut self, by: &Person, track: Option<Track>) -> Result<(), Refusal> {
        let state = self.state();
        if !self.may(by, Right::Add) {
            return Err(refusals::only_djs_add(state));
        }
        let track = track.ok_or_else(refusals::no_such_track)?;
        if state.queue.len() >= QUEUE_MAX {
            return Err(refusals::queue_full());
        }
        if state.queue.iter().filter(|e| e.by.account == by.account).count() >= QUEUE_MAX_EACH {
            return Err(refusals::enough_of_yours());
        }
        let id = EntryId(self.next_seq());
        let entry = Entry { id, track, by: by.clone(), votes: Vec::new(), placed: false };
        let mut line = self.line();
        line.join(id, by.account);
        self.emit(Happened::QueueAdded { entry, order: line.order() });
        Ok(())
    }

    /// `queue.remove`
    pub fn remove(&mut self, by: &Person, id: EntryId) -> Result<(), Refusal> {
        let entry = self.entry(id)?;
        if entry.by.account != by.account && !self.may(by, Right::RemoveAny) {
            return Err(refusals::not_yours_to_remove(self.state(), entry));
        }
        self.not_fixed(entry)?;
        let mut line = self.line();
        line.leave(id);
        self.emit(Happened::QueueRemoved { entry: id, order: line.order() });
        Ok(())
    }

    /// `queue.move`
    pub fn shift(&mut self, by: &Person, id: EntryId, before: Option<EntryId>) -> Result<(), Refusal> {
        let entry = self.entry(id)?;
        let anywhere = self.may(by, Right::MoveAny);
        if entry.by.account != by.account && !anywhere {
            return Err(refusals::not_yours_to_move(self.state(), entry));
        }
        self.not_fixed(entry)?;
        if before == Some(id) {
            return Err(refusals::already_there());
        }
        if let Some(before) = before {
            self.not_fixed(self.entry(before)?)?;
        }
        let mut line = self.line();
        if anywhere {
            line.place(id, before);
        } else if entry.placed {
            return Err(refusals::placed_by_host(self.state(), entry));
        } else {
            line.shift(by.account, id, before)?;
        }
        self.emit(Happened::QueueOrdered { order: line.order(), placed: line.placed() });
        Ok(())
    }

    /// `queue.vote`
    pub fn vote(&mut self, by: &Person, id: EntryId, up: bool) -> Result<(), Refusal> {
        let entry = self.entry(id)?;
        if self.state().settings.mode == QueueMode::Rotation {
            return Err(refusals::nothing_to_vote_on());
        }
        let votes = match (entry.votes.contains(&by.account), up) {
            (true, true) => return Err(refusals::voted_already(entry)),
            (false, false) => return Err(refusals::not_voted(entry)),
            _ => toggled(&entry.votes, by.account),
        };
        let mut line = self.line();
        line.voted(id, votes.len());
        self.emit(Happened::QueueVoted { entry: id, votes, order: line.order() });
        Ok(())
    }

    /// The waiting entries, to work out another order.
    pub fn line(&self) -> Line {
        Line::of(self.state(), self.at())
    }

    /// Whether somebody has a right in this room as it is now.
    pub fn may(&self, by: &Person, right: Right) -> bool {
        let state = self.state();
        may(role(state, by.account), state.settings.mode, right)
    }

    fn entry(&self, id: EntryId) -> Result<&Entry, Refusal> {
        self.state().queue.iter().find(|e| e.id == id).ok_or_else(refusals::no_such_entry)
    }

    fn not_fixed(&self, entry: &Entry) -> Result<(), Refusal> {
        match fixed_entry(self.state(), self.at()) {
            Some(fixed) if fixed == entry.id => Err(refusals::starts_soon(entry)),
            _ => Ok(()),
        }
    }
}

/// The votes without somebody's, or with it.
pub(super) fn toggled(votes: &[AccountId], account: AccountId) -> Vec<AccountId> {
    let mut rest: Vec<AccountId> = votes.iter().copied().filter(|v| *v != account).collect();
    if rest.len() == votes.len() {
        rest.push(account);
    }
    rest
}
