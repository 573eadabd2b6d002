//! Which commands were carried out, so that each is carried out once (promise 2).
//!
//! It remembers what this worker carried out; what it did not see itself is looked up in the journal when a command says it was
//! sent before, and the journal's unique index is the backstop.

use protocol::id::{AccountId, CommandId};
use protocol::socket::Head;
use protocol::time::Micros;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// A command may be sent again for this long after it was made.
pub const WINDOW_US: Micros = 3_600_000_000;
/// A browser's clock may be ahead by this much.
const AHEAD_US: Micros = 600_000_000;
/// Commands remembered at the most; older ones are in the journal.
pub const REMEMBERED: usize = 100_000;

/// Whether a command's id was made at a time that allows to carry it out.
pub fn is_timely(id: CommandId, now: Micros) -> bool {
    id.made_ms().is_some_and(|made| (now - WINDOW_US..=now + AHEAD_US).contains(&(made * 1_000)))
}

/// Commands that were carried out, and their first event.
#[derive(Debug)]
pub struct Ledger {
    remembered: usize,
    done: FxHashMap<(AccountId, CommandId), Head>,
    order: VecDeque<(AccountId, CommandId)>,
}

impl Ledger {
    /// Remembers nothing yet, and at most so many.
    pub fn new(remembered: usize) -> Ledger {
        Ledger { remembered, done: FxHashMap::default(), order: VecDeque::new() }
    }

    /// Remembers a command that was carried out.
    pub fn add(&mut self, account: AccountId, id: CommandId, head: Head) {
        if self.done.insert((account, id), head).is_none() {
            self.order.push_back((account, id));
        }
        while self.order.len() > self.remembered {
            if let Some(oldest) = self.order.pop_front() {
                self.done.remove(&oldest);
            }
        }
    }

    /// Forgets a command: whether it was carried out is not known any more.
    pub fn forget(&mut self, account: AccountId, id: CommandId) {
        self.done.remove(&(account, id));
    }

    /// The first event of a command that was carried out.
    pub fn find(&self, account: AccountId, id: CommandId) -> Option<Head> {
        self.done.get(&(account, id)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::{NoContext, Timestamp, Uuid};

    fn made_at(seconds: u64) -> CommandId {
        CommandId(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0)))
    }

    #[test]
    fn only_commands_of_the_last_hour_are_carried_out() {
        let now = 10_000_000_000;
        assert!(
            is_timely(made_at(10_000), now)
                && is_timely(made_at(6_500), now)
                && is_timely(made_at(10_500), now)
        );
        assert!(!is_timely(made_at(6_300), now) && !is_timely(made_at(10_700), now));
        assert!(!is_timely(CommandId(Uuid::new_v4()), now));
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let mut ledger = Ledger::new(3);
        let ids: Vec<_> = (0..4).map(made_at).collect();
        for id in &ids {
            ledger.add(AccountId(1), *id, Head { term: 1, seq: 1 });
        }
        assert_eq!(ledger.find(AccountId(1), ids[0]), None);
        assert!(ledger.find(AccountId(1), ids[1]).is_some());
        assert_eq!(ledger.find(AccountId(2), ids[1]), None);
    }
}
