//! What each simulated person sent and saw, small enough to keep for ten thousand of them: what the checker judges.

use protocol::event::Event;
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::refusal::RefusalCode;
use protocol::room::RoomState;
use protocol::socket::Head;
use rustc_hash::FxHasher;
use std::fmt;
use std::hash::Hasher;

/// What one person sent and saw, whatever sockets it went through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Who; none for somebody who never got in.
    pub account: Option<AccountId>,
    /// Commands, in the order in which they were first sent.
    pub commands: Vec<Issued>,
    /// What was seen of rooms, in the order in which it came.
    pub seen: Vec<Seen>,
    /// Commands that were answered twice, and not the same.
    pub contradictions: Vec<Contradiction>,
}

/// Two final answers to one command that cannot both be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction {
    /// The command.
    pub command: CommandId,
    /// What was said first.
    pub first: Outcome,
    /// What was said then.
    pub then: Outcome,
}

/// A command and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    /// Its id.
    pub id: CommandId,
    /// The room it was for.
    pub room: RoomId,
    /// How often it was sent.
    pub sent: u32,
    /// The last that is known of it.
    pub outcome: Outcome,
}

/// What is known of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No answer, or the gateway knew nothing: it may be in the journal or not.
    Unknown,
    /// Carried out, said the park, by its event or by an answer: this is its first event.
    Acknowledged(Head),
    /// Not carried out, said the park, for good (`retry` is [`Outcome::Unknown`]).
    Refused(RefusalCode),
}

/// A piece of what somebody saw of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// On a new socket, or on the one there is, a room was asked for: from now on only that one is to be heard.
    Listens {
        /// The room.
        room: RoomId,
    },
    /// A snapshot: the view begins anew here, and openly so.
    Snapshot {
        /// The room.
        room: RoomId,
        /// Where it stands.
        head: Head,
        /// Its content.
        state: StatePrint,
    },
    /// Events of one term, one after the other as they came, without a hole between them; of a long row a part, which ends before a
    /// multiple of [`PIECE`].
    Events {
        /// The room.
        room: RoomId,
        /// Their term.
        term: i64,
        /// Number of the first.
        first: i64,
        /// Number of the last.
        last: i64,
        /// [`Digest`] over all of them.
        digest: Digest,
    },
    /// The socket was lost here; the next socket may resume or begin anew.
    Lost,
}

/// People's pieces are cut at the same numbers, so that two who heard a room without losing their line can be compared piece by piece.
pub const PIECE: i64 = 64;

/// A hash over events in their order: two that saw the same events have the same.
///
/// Not against an adversary: it has to tell a mistake from none, cheaply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digest(pub u64);

impl Digest {
    /// The digest of what came before and this event.
    #[must_use]
    pub fn and(self, event: Print) -> Digest {
        let mut hasher = FxHasher::default();
        hasher.write_u64(self.0);
        hasher.write_u64(event.0);
        Digest(hasher.finish())
    }
}

/// A hash of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print(u64);

impl Print {
    /// An event counts by its JSON as this version writes it, so that what a client read and what the journal keeps can be compared.
    pub fn of(event: &Event) -> Print {
        let mut hasher = FxHasher::default();
        // Events are maps with string keys: they always become JSON.
        hasher.write(&serde_json::to_vec(event).expect("an event is JSON"));
        Print(hasher.finish())
    }
}

/// A hash of a room's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatePrint(u64);

impl StatePrint {
    /// A state counts by its JSON as this version writes it, as an event does.
    pub fn of(state: &RoomState) -> StatePrint {
        let mut hasher = FxHasher::default();
        // A room's state has string keys only: it always becomes JSON.
        hasher.write(&serde_json::to_vec(state).expect("a state is JSON"));
        StatePrint(hasher.finish())
    }
}

impl fmt::Display for StatePrint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl History {
    /// Their connection is over, if they had one.
    pub fn lost(&mut self) {
        if self.seen.last().is_some_and(|seen| *seen != Seen::Lost) {
            self.seen.push(Seen::Lost);
        }
    }

    /// Notes an event that came: it lengthens the last piece when it continues it in one [`PIECE`], else it begins a new one, whatever its number.
    pub fn saw(&mut self, room: RoomId, head: Head, print: Print) {
        if let Some(Seen::Events { room: of, term, last, digest, .. }) = self.seen.last_mut()
            && (*of, *term, *last + 1) == (room, head.term, head.seq)
            && head.seq % PIECE != 0
        {
            *last = head.seq;
            *digest = digest.and(print);
            return;
        }
        let digest = Digest::default().and(print);
        self.seen.push(Seen::Events { room, term: head.term, first: head.seq, last: head.seq, digest });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::event::Happened;

    fn event(term: i64, seq: i64) -> Event {
        Event { term, seq, at: 5, command: None, account: None, happened: Happened::PlayEnded {} }
    }

    fn pieces(events: &[(i64, i64)]) -> Vec<(i64, i64, i64)> {
        let mut history = History::default();
        for (term, seq) in events {
            history.saw(RoomId(1), Head { term: *term, seq: *seq }, Print::of(&event(*term, *seq)));
        }
        let piece = |seen: &Seen| match seen {
            Seen::Events { term, first, last, .. } => (*term, *first, *last),
            other => panic!("{other:?}"),
        };
        history.seen.iter().map(piece).collect()
    }

    #[test]
    fn events_in_order_are_one_piece_and_a_hole_a_repeat_or_another_term_begins_the_next() {
        assert_eq!(pieces(&[(1, 4), (1, 5), (1, 6)]), [(1, 4, 6)]);
        assert_eq!(pieces(&[(1, 4), (1, 6)]), [(1, 4, 4), (1, 6, 6)]);
        assert_eq!(pieces(&[(1, 4), (1, 4)]), [(1, 4, 4), (1, 4, 4)]);
        assert_eq!(pieces(&[(1, 4), (2, 5)]), [(1, 4, 4), (2, 5, 5)]);
    }

    #[test]
    fn long_rows_are_cut_at_the_same_numbers_wherever_they_begin() {
        let row = |from: i64| pieces(&(from..140).map(|seq| (1, seq)).collect::<Vec<_>>());
        assert_eq!(row(3), [(1, 3, 63), (1, 64, 127), (1, 128, 139)]);
        assert_eq!(row(60)[1..], row(3)[1..]);
    }

    #[test]
    fn a_connection_that_never_was_is_not_lost_and_one_that_was_is_lost_once() {
        let mut history = History::default();
        history.lost();
        history.seen.push(Seen::Listens { room: RoomId(1) });
        history.lost();
        history.lost();
        assert_eq!(history.seen, [Seen::Listens { room: RoomId(1) }, Seen::Lost]);
    }

    #[test]
    fn a_digest_knows_content_and_order() {
        let (one, two) = (Print::of(&event(1, 1)), Print::of(&event(1, 2)));
        let both = Digest::default().and(one).and(two);
        assert_eq!(both, Digest::default().and(one).and(two));
        assert_ne!(both, Digest::default().and(two).and(one));
        assert_ne!(both, Digest::default().and(one));
    }
}
