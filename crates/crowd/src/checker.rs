//! The history checker: whether what everybody sent and saw can have come from one durable, ordered journal. Pure.
//!
//! | module | what it judges |
//! |---|---|
//! | [`breach`] | what can be wrong, each a sentence |
//! | [`kept`] | the journal by itself: numbers, terms, command ids |
//! | [`answers`] | what people were told of their commands, against the journal |
//! | [`view`] | what each person saw of their room, against the journal: holes, repeats, order, content, the end |
//! | [`between`] | people against each other, where there is no journal to ask |
//!
//! What counts: an acknowledged command is in the journal once, where it was said to be; a refused one is not there; a view is
//! without a hole, or begins anew openly (a snapshot) and never further back on one connection; a snapshot is what its journal makes; and once all rest, everybody has seen all that was asked for.

mod answers;
mod between;
pub mod breach;
mod kept;
mod view;

use crate::history::{History, Outcome, Seen};
use crate::journal::Journal;
use crate::replicas::Compared;
pub use breach::Breach;
use kept::Kept;
use protocol::id::RoomId;
use std::collections::BTreeMap;

/// Breaches kept as sentences; the others are only counted.
pub const BREACHES_KEPT: usize = 1_000;

/// What came of the check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What is wrong, the first [`BREACHES_KEPT`] of it.
    pub breaches: Vec<Breach>,
    /// What is wrong beyond those.
    pub more: u64,
    /// Events that came to somebody, each receiver counted.
    pub deliveries: u64,
    /// Events that somebody should have seen and never did, each receiver counted; and acknowledged commands that are not in the journal.
    pub lost: u64,
    /// Events that somebody saw again, and events of commands that were carried out again.
    pub duplicated: u64,
    /// Events that somebody saw after a later one.
    pub misordered: u64,
    /// Events of a room that somebody did not listen to.
    pub misrouted: u64,
    /// Snapshots by which a view went on openly, beyond the first of each person.
    pub resyncs: u64,
    /// Commands whose outcome was compared with the journal.
    pub commands: u64,
    /// Events of the journal that were looked at.
    pub kept: u64,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.breaches.is_empty()
    }

    /// How many things are wrong.
    pub fn breaches_in_all(&self) -> u64 {
        self.breaches.len() as u64 + self.more
    }

    /// Takes in how the copies of rooms compared: two that are not the same are a breach.
    pub fn compared(&mut self, compared: &Compared) {
        for difference in &compared.differences {
            self.breach(Breach::TwoCopies(difference.clone()));
        }
    }

    /// Takes in how many frames made no sense.
    pub fn made_no_sense(&mut self, frames: u64) {
        if frames > 0 {
            self.breach(Breach::NoSense { frames });
        }
    }

    fn breach(&mut self, breach: Breach) {
        if self.breaches.len() < BREACHES_KEPT {
            self.breaches.push(breach);
        } else {
            self.more += 1;
        }
    }
}

/// Judges what everybody sent and saw. Without a journal people are compared with each other, which shows less.
///
/// All of them must have been let come to rest first: nothing asked for any more, and time for what was under way.
pub fn check(histories: &[History], journal: Option<&Journal>) -> Verdict {
    let mut verdict = Verdict::default();
    let kept = journal.map(|journal| Kept::new(journal, &mut verdict));
    let rest = rest(histories, kept.as_ref());
    for history in histories {
        if let Some(kept) = &kept {
            answers::check(history, kept, &mut verdict);
        }
        answers::check_each_other(history, &mut verdict);
        view::check(history, kept.as_ref(), &rest, &mut verdict);
    }
    match &kept {
        Some(kept) => answers::check_senders(histories, kept, &mut verdict),
        None => between::check(histories, &mut verdict),
    }
    verdict
}

/// How far everybody must have seen each room in the end: to the last event that anybody asked for and anybody knows of.
///
/// What a room does by itself (the next track) may come while people leave one after the other, and does not count.
fn rest(histories: &[History], kept: Option<&Kept<'_>>) -> BTreeMap<RoomId, i64> {
    let mut known: BTreeMap<RoomId, i64> = BTreeMap::new();
    let mut know = |room: RoomId, seq: i64| {
        let known = known.entry(room).or_insert(seq);
        *known = (*known).max(seq);
    };
    for history in histories {
        for issued in &history.commands {
            if let Outcome::Acknowledged(head) = issued.outcome {
                know(issued.room, head.seq);
            }
        }
        if let Some(kept) = kept {
            for seen in &history.seen {
                if let Seen::Events { room, last, .. } = seen
                    && let Some(asked) = kept.last_asked_for(*room, *last)
                {
                    know(*room, asked);
                }
            }
        }
    }
    known
}
