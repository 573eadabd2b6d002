//! The door of a room that holds only so many: who gets in, whose place is kept for a moment, who waits in line.
//!
//! Nobody is ever put out: when fewer fit in than are inside, the door stays shut until enough have gone.

use protocol::id::AccountId;
use protocol::people::Person;
use protocol::socket::LINE_MAX;
use protocol::time::Micros;
use std::collections::{BTreeMap, VecDeque};

/// A place that was left is kept this long for whoever left it, in microseconds: somebody reconnects.
pub const HELD_US: Micros = 10_000_000;

/// Whom a room lets in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admission {
    /// How many fit in; none: as many as come.
    pub capacity: Option<u32>,
    /// Who always gets in: the owner and the DJs.
    pub exempt: Vec<AccountId>,
}

/// The door of one floor.
#[derive(Debug, Clone, Default)]
pub(super) struct Door {
    admission: Admission,
    /// Places that are kept, and until when.
    held: BTreeMap<AccountId, Micros>,
    line: VecDeque<Waiting>,
}

/// Somebody in line, with what the floor has to know once they are let in.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub person: Person,
    pub away: bool,
    pub spot: Option<(u16, u16)>,
}

impl Door {
    /// Others may come in from now on.
    pub fn set(&mut self, admission: Admission) {
        if admission.capacity.is_none() {
            self.held.clear();
        }
        self.admission = admission;
    }

    /// Whether somebody who is not among the `inside` people gets in at once. They take the place that was kept for them.
    pub fn admits(&mut self, account: AccountId, inside: usize) -> bool {
        self.held.remove(&account).is_some()
            || self.is_exempt(account)
            || (self.has_place(inside) && self.line.is_empty())
    }

    /// Whether whoever comes now has to wait.
    pub fn is_full(&self, inside: usize) -> bool {
        !self.has_place(inside) || !self.line.is_empty()
    }

    /// Somebody waits, at the end of the line; whoever waits already keeps their place. Whether they are new in line.
    pub fn wait(&mut self, waiting: Waiting) -> bool {
        let account = waiting.person.account;
        if let Some(known) = self.line.iter_mut().find(|known| known.person.account == account) {
            *known = waiting;
            return false;
        }
        self.line.push_back(waiting);
        true
    }

    /// Somebody waits no longer. Whether they did.
    pub fn leave(&mut self, account: AccountId) -> bool {
        let at = self.line.iter().position(|waiting| waiting.person.account == account);
        at.and_then(|at| self.line.remove(at)).is_some()
    }

    /// Somebody who was inside went: their place is kept for a moment. Whoever gets in anyway needs none.
    pub fn hold(&mut self, account: AccountId, now: Micros) {
        if self.admission.capacity.is_some() && !self.is_exempt(account) {
            self.held.insert(account, now + HELD_US);
        }
    }

    /// Lets go of places that were kept long enough. Whether there were any.
    pub fn release(&mut self, now: Micros) -> bool {
        let before = self.held.len();
        self.held.retain(|_, until| *until > now);
        self.held.len() < before
    }

    /// Takes whoever may come in now out of the line: whoever always may, then the first for whom there is a place.
    pub fn next(&mut self, inside: usize) -> Option<Waiting> {
        if self.line.is_empty() {
            return None;
        }
        let exempt = self.line.iter().position(|waiting| self.is_exempt(waiting.person.account));
        match exempt {
            Some(at) => self.line.remove(at),
            None if self.has_place(inside) => self.line.pop_front(),
            None => None,
        }
    }

    /// Whether nobody waits.
    pub fn is_idle(&self) -> bool {
        self.line.is_empty()
    }

    /// The line as others are told of it.
    pub fn line(&self) -> Vec<AccountId> {
        self.line.iter().take(LINE_MAX).map(|waiting| waiting.person.account).collect()
    }

    fn has_place(&self, inside: usize) -> bool {
        self.admission.capacity.is_none_or(|places| inside + self.held.len() < places as usize)
    }

    fn is_exempt(&self, account: AccountId) -> bool {
        self.admission.exempt.contains(&account)
    }
}
