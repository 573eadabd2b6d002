//! Which commands were carried out, so that each is carried out once (promise 2), and which were refused, so that they stay so.
//!
//! It remembers what this worker carried out; what it did not see itself is looked up in the journal when a command says it was
//! sent before, and the journal's unique index is the backstop. A refusal is nowhere but here: its sender was told that it is final, while
//! another copy of the command may still be on its way through a second gateway.

use protocol::id::{AccountId, CommandId};
use protocol::refusal::{Refusal, RefusalCode};
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

/// Refusals remembered at the most: copies of a command come within seconds of each other.
const REFUSED: usize = 10_000;

/// Whether a command's id was made at a time that allows to carry it out.
pub fn is_timely(id: CommandId, now: Micros) -> bool {
    id.made_ms().is_some_and(|made| (now - WINDOW_US..=now + AHEAD_US).contains(&(made * 1_000)))
}

/// Commands that were carried out, with their first event, and those that were refused, with the reason.
#[derive(Debug)]
pub struct Ledger {
    done: Latest<Head>,
    refused: Latest<Refusal>,
}

impl Ledger {
    /// Remembers nothing yet, and at most so many that were carried out.
    pub fn new(remembered: usize) -> Ledger {
        Ledger { done: Latest::new(remembered), refused: Latest::new(REFUSED) }
    }

    /// Remembers a command that was carried out.
    pub fn add(&mut self, account: AccountId, id: CommandId, head: Head) {
        self.done.add((account, id), head);
    }

    /// Forgets a command: whether it was carried out is not known any more.
    pub fn forget(&mut self, account: AccountId, id: CommandId) {
        self.done.forget((account, id));
    }

    /// The first event of a command that was carried out.
    pub fn find(&self, account: AccountId, id: CommandId) -> Option<Head> {
        self.done.find((account, id)).copied()
    }

    /// Remembers a command that is refused for good: what only says to try again is not remembered.
    pub fn refuse(&mut self, account: AccountId, id: CommandId, why: &Refusal) {
        use RefusalCode::{BadInput, Conflict, Forbidden, NotFound, TooMany};
        if matches!(why.code, BadInput | Conflict | Forbidden | NotFound | TooMany) {
            self.refused.add((account, id), why.clone());
        }
    }

    /// Why a command was refused.
    pub fn refusal(&self, account: AccountId, id: CommandId) -> Option<&Refusal> {
        self.refused.find((account, id))
    }
}

type Key = (AccountId, CommandId);

/// What is known of the latest commands; the oldest goes first.
#[derive(Debug)]
struct Latest<T> {
    most: usize,
    of: FxHashMap<Key, T>,
    order: VecDeque<Key>,
}

impl<T> Latest<T> {
    fn new(most: usize) -> Latest<T> {
        Latest { most, of: FxHashMap::default(), order: VecDeque::new() }
    }

    fn add(&mut self, key: Key, what: T) {
        if self.of.insert(key, what).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.of.remove(&oldest);
            }
        }
    }

    fn forget(&mut self, key: Key) {
        self.of.remove(&key);
    }

    fn find(&self, key: Key) -> Option<&T> {
        self.of.get(&key)
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

    #[test]
    fn a_refusal_stays_unless_it_only_says_to_try_again() {
        let (mut ledger, id) = (Ledger::new(REMEMBERED), made_at(1));
        ledger.refuse(AccountId(1), id, &Refusal::new(RefusalCode::Retry, "again"));
        assert_eq!(ledger.refusal(AccountId(1), id), None);
        let why = Refusal::new(RefusalCode::TooMany, "a lot at once");
        ledger.refuse(AccountId(1), id, &why);
        assert_eq!(ledger.refusal(AccountId(1), id), Some(&why));
        assert_eq!(ledger.refusal(AccountId(2), id), None);
    }
}
