//! The journal by itself: numbers without a gap, terms that never fall, commands carried out once.

use crate::checker::{Breach, Verdict};
use crate::history::{Digest, StatePrint};
use crate::journal::{Entry, Journal};
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::socket::Head;
use std::collections::BTreeMap;

/// A journal whose order was looked at, and where each command is in it.
#[derive(Debug)]
pub struct Kept<'a> {
    journal: &'a Journal,
    commands: BTreeMap<CommandId, Vec<Place>>,
}

/// Where a command is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Whose it is.
    pub account: AccountId,
    /// The room.
    pub room: RoomId,
    /// Its event.
    pub head: Head,
}

impl<'a> Kept<'a> {
    /// Looks at the journal's own order.
    pub fn new(journal: &'a Journal, verdict: &mut Verdict) -> Kept<'a> {
        let mut commands: BTreeMap<CommandId, Vec<Place>> = BTreeMap::new();
        for (room, entries) in &journal.rooms {
            let room = *room;
            verdict.kept += entries.len() as u64;
            // A room's first event is number 1.
            let mut before = Head { term: 0, seq: 0 };
            for Entry { head: entry, .. } in entries {
                let entry = *entry;
                if entry.seq != before.seq + 1 {
                    verdict.breach(Breach::Gap { room, before: before.seq, seq: entry.seq });
                }
                if entry.term < before.term {
                    verdict.breach(Breach::TermFell {
                        room,
                        seq: entry.seq,
                        term: entry.term,
                        before: before.term,
                    });
                }
                before = entry;
            }
            for Entry { head, account, command, .. } in entries {
                if let Some((account, command)) = account.zip(*command) {
                    commands.entry(command).or_default().push(Place { account, room, head: *head });
                }
            }
        }
        for (command, places) in &commands {
            for (at, place) in places.iter().enumerate() {
                let Some(first) = places[..at].iter().find(|first| first.account == place.account) else {
                    continue;
                };
                verdict.duplicated += 1;
                verdict.breach(Breach::CarriedOutAgain {
                    account: place.account,
                    command: *command,
                    first_room: first.room,
                    first: first.head.seq,
                    room: place.room,
                    again: place.head.seq,
                });
            }
        }
        Kept { journal, commands }
    }

    /// Where a command is.
    pub fn places(&self, command: CommandId) -> &[Place] {
        self.commands.get(&command).map_or(&[], Vec::as_slice)
    }

    /// All commands.
    pub fn commands(&self) -> impl Iterator<Item = (CommandId, &Place)> {
        self.commands.iter().flat_map(|(command, places)| places.iter().map(|place| (*command, place)))
    }

    /// A room's entries; none when the room was not read.
    pub fn room(&self, room: RoomId) -> Option<&'a [Entry]> {
        self.journal.rooms.get(&room).map(Vec::as_slice)
    }

    /// The event of a room under a number.
    pub fn event(&self, room: RoomId, seq: i64) -> Option<&'a Entry> {
        let entries = self.room(room)?;
        let at = entries.binary_search_by_key(&seq, |entry| entry.head.seq).ok()?;
        Some(&entries[at])
    }

    /// What a room's state is after an event; none where that was not worked out.
    pub fn state(&self, room: RoomId, seq: i64) -> Option<StatePrint> {
        self.journal.states.get(&(room, seq)).copied()
    }

    /// The term and digest of events of a room; none unless all of them are there under one term.
    pub fn piece(&self, room: RoomId, first: i64, last: i64) -> Option<(i64, Digest)> {
        let entries = self.room(room)?;
        let at = entries.binary_search_by_key(&first, |entry| entry.head.seq).ok()?;
        let many = usize::try_from(last - first + 1).ok()?;
        let piece = entries.get(at..at.checked_add(many)?)?;
        let term = piece.first()?.head.term;
        let same = piece.iter().zip(first..).all(|(entry, seq)| entry.head == Head { term, seq });
        let digest = piece.iter().fold(Digest::default(), |digest, entry| digest.and(entry.print));
        same.then_some((term, digest))
    }

    /// The last event up to a number that a command caused.
    pub fn last_asked_for(&self, room: RoomId, up_to: i64) -> Option<i64> {
        let entries = self.room(room)?;
        let end = entries.partition_point(|entry| entry.head.seq <= up_to);
        entries[..end].iter().rev().find(|entry| entry.command.is_some()).map(|entry| entry.head.seq)
    }
}
