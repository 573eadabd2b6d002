//! People against each other, where there is no journal to ask: one number is one event, of one term, for everybody.

use crate::checker::breach::{Range, Who};
use crate::checker::{Breach, Verdict};
use crate::history::{Digest, History, Outcome, Seen, StatePrint};
use protocol::id::{CommandId, RoomId};
use std::collections::BTreeMap;

/// Judges what people saw and were told against each other.
pub fn check(histories: &[History], verdict: &mut Verdict) {
    check_content(histories, verdict);
    check_states(histories, verdict);
    check_terms(histories, verdict);
    check_answers(histories, verdict);
}

/// Whoever saw the same piece saw the same events.
fn check_content(histories: &[History], verdict: &mut Verdict) {
    let mut first_seen: BTreeMap<(RoomId, i64, i64), (Who, i64, Digest)> = BTreeMap::new();
    for (who, room, term, range, digest) in pieces(histories) {
        let key = (room, range.first, range.last);
        let (other, other_term, known) = *first_seen.entry(key).or_insert((who, term, digest));
        // Another term is another breach.
        if known != digest && other_term == term {
            verdict.breach(Breach::Disagree { who, other, room, range });
        }
    }
}

/// Whoever got a room's state at the same event got the same state.
fn check_states(histories: &[History], verdict: &mut Verdict) {
    let mut first_got: BTreeMap<(RoomId, i64, i64), (Who, StatePrint)> = BTreeMap::new();
    for history in histories {
        let who = Who(history.account);
        for seen in &history.seen {
            let Seen::Snapshot { room, head, state } = *seen else { continue };
            let (other, known) = *first_got.entry((room, head.term, head.seq)).or_insert((who, state));
            if known != state {
                verdict.breach(Breach::DisagreeOnState { who, other, room, head });
            }
        }
    }
}

/// A number was written under one term. Walking through each room's pieces by their first number it is enough to know the one that
/// reaches furthest, of each term.
fn check_terms(histories: &[History], verdict: &mut Verdict) {
    let mut rooms: BTreeMap<RoomId, Vec<(Range, i64, Who)>> = BTreeMap::new();
    for (who, room, term, range, _) in pieces(histories) {
        rooms.entry(room).or_default().push((range, term, who));
    }
    for (room, mut pieces) in rooms {
        pieces.sort_by_key(|(range, ..)| range.first);
        let mut furthest: BTreeMap<i64, (i64, Who)> = BTreeMap::new();
        for (range, term, who) in pieces {
            let clash = furthest.iter().find(|(other, (last, _))| **other != term && *last >= range.first);
            if let Some((other_term, (_, other))) = clash {
                let (other_term, other) = (*other_term, *other);
                verdict.breach(Breach::TwoTerms { who, other, room, range, term, other_term });
            }
            let known = furthest.entry(term).or_insert((range.last, who));
            if range.last > known.0 {
                *known = (range.last, who);
            }
        }
    }
}

/// Two commands are not one event.
fn check_answers(histories: &[History], verdict: &mut Verdict) {
    let mut told: BTreeMap<(RoomId, i64), (Who, CommandId)> = BTreeMap::new();
    for history in histories {
        let who = Who(history.account);
        for issued in &history.commands {
            let Outcome::Acknowledged(head) = issued.outcome else { continue };
            let (room, seq) = (issued.room, head.seq);
            let (other, other_command) = *told.entry((room, seq)).or_insert((who, issued.id));
            if other_command != issued.id {
                verdict.breach(Breach::OneNumberForTwo {
                    who,
                    other,
                    command: issued.id,
                    other_command,
                    room,
                    seq,
                });
            }
        }
    }
}

fn pieces(histories: &[History]) -> impl Iterator<Item = (Who, RoomId, i64, Range, Digest)> {
    histories.iter().flat_map(|history| {
        history.seen.iter().filter_map(|seen| match *seen {
            Seen::Events { room, term, first, last, digest } => {
                Some((Who(history.account), room, term, Range { first, last }, digest))
            }
            _ => None,
        })
    })
}
