//! What people were told of their commands, against the journal.

use crate::checker::breach::Who;
use crate::checker::kept::Kept;
use crate::checker::{Breach, Verdict};
use crate::history::{Contradiction, History, Issued, Outcome};
use protocol::id::{AccountId, CommandId};
use protocol::socket::Head;
use std::collections::{BTreeMap, BTreeSet};

/// Judges one person's commands.
pub fn check(history: &History, kept: &Kept<'_>, verdict: &mut Verdict) {
    let who = Who(history.account);
    for issued in &history.commands {
        verdict.commands += 1;
        let Issued { id, room, outcome, .. } = *issued;
        let mine = || kept.places(id).iter().filter(|place| Some(place.account) == history.account);
        if let Some(place) = mine().find(|place| place.room != room) {
            verdict.breach(Breach::OtherRoom { who, command: id, room, kept_room: place.room });
        }
        match outcome {
            Outcome::Acknowledged(said) => {
                let is_there = mine().any(|place| (place.room, place.head) == (room, said));
                match mine().next() {
                    _ if is_there => {}
                    // A room that was not read says nothing.
                    None if kept.room(room).is_none() => {}
                    None => {
                        verdict.lost += 1;
                        verdict.breach(Breach::AcknowledgedLost { who, command: id, room, said });
                    }
                    Some(place) => {
                        let (kept_room, kept) = (place.room, place.head);
                        verdict.breach(Breach::AcknowledgedElsewhere {
                            who,
                            command: id,
                            room,
                            said,
                            kept_room,
                            kept,
                        });
                    }
                }
            }
            Outcome::Refused(_) => {
                if let Some(place) = mine().next() {
                    let (room, kept): (_, Head) = (place.room, place.head);
                    verdict.breach(Breach::RefusedKept { who, command: id, room, kept });
                }
            }
            Outcome::Unknown => {}
        }
    }
}

/// Judges one person's answers against each other: a command's outcome does not change (promise 2).
pub fn check_each_other(history: &History, verdict: &mut Verdict) {
    let who = Who(history.account);
    for Contradiction { command, first, then } in history.contradictions.iter().copied() {
        verdict.breach(Breach::AnsweredTwice { who, command, first, then });
    }
}

/// Judges whose events are said to be: of the one who sent the command, and of nobody who did not.
pub fn check_senders(histories: &[History], kept: &Kept<'_>, verdict: &mut Verdict) {
    let people: BTreeSet<AccountId> = histories.iter().filter_map(|history| history.account).collect();
    let mut senders: BTreeMap<CommandId, Option<AccountId>> = BTreeMap::new();
    for history in histories {
        senders.extend(history.commands.iter().map(|issued| (issued.id, history.account)));
    }
    for (command, place) in kept.commands() {
        let (room, seq, account) = (place.room, place.head.seq, place.account);
        match senders.get(&command) {
            Some(sender) if *sender == Some(account) => {}
            Some(sender) => {
                let sender = Who(*sender);
                verdict.breach(Breach::OtherAuthor { room, seq, account, command, sender });
            }
            // Others than this crowd may be in the room.
            None if !people.contains(&account) => {}
            None => verdict.breach(Breach::NeverSent { room, seq, account, command }),
        }
    }
}
